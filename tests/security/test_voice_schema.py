"""The phone answers as its table says, whatever it is asked: 200, a known status, a sentence.

For longer, and the REST API with it: ``make fuzz``. That one alone: ``tests/api/test_schema.py``.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from calls.events.processing import process_due
from calls.functions.definitions import DEFINITIONS
from calls.functions.registry import FUNCTIONS
from calls.models import CallEvent
from tests.salons import NOW, Salon
from tools.fuzz.asking import Tally, ask_phone
from tools.fuzz.voice import document

CALLER = "+4930900101"
ALIASES = {alias for function in FUNCTIONS.values() for alias in function.aliases}
FEW = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_no_answer_is_an_accident(mode: GenerationMode, salon: Salon, jana: Any) -> None:
    described = document(number=salon.number, caller=CALLER)
    schema = schemathesis.openapi.from_dict(described)
    tally = Tally()
    for operation in (each.ok() for each in schema.get_all_operations()):
        if operation.path.rstrip("/").rpartition("/")[2] in ALIASES:
            continue

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            ask_phone(case, described, tally)

        ask()
    process_due(now=NOW)
    assert tally.wrong == []
    assert tally.requests >= 5 * len(DEFINITIONS)
    assert set(tally.statuses) <= {"200", "204", "400"}
    assert not {*CallEvent.objects.values_list("error", flat=True)} - {""}
