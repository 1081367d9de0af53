"""The API does what its document says: asked everything that is allowed, and much that is not."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.api.client import Api
from tests.salons import MONDAY, Salon

pytestmark = pytest.mark.django_db

CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]
# The same requests every time, and no hunt for the smallest that fails: the first one says enough.
FEW = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OPERATIONS = [
    "appointments_list",
    "appointments_create",
    "appointments_retrieve",
    "appointments_partial_update",
    "appointments_cancel_create",
    "availability_retrieve",
    "customers_list",
    "customers_create",
    "customers_retrieve",
    "customers_partial_update",
    "services_list",
    "services_retrieve",
    "staff_list",
    "staff_retrieve",
]


@cache
def document() -> Any:
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    schema.app = application
    return schema


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's test client: the test's transaction lives through its requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(salon: Salon) -> dict[str, Any]:
    """What exists, by the names of fields and parameters."""
    customer = salon.company.customers.create(name="Frau Sommer", phone="+49309876543")
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    return {
        "/api/v1/appointments": appointment.pk,
        "/api/v1/customers": customer.pk,
        "/api/v1/services": salon.cut.pk,
        "/api/v1/staff": salon.emma.pk,
        "service": salon.perm.pk,
        "staff": salon.emma.pk,
        "branch": salon.branch.pk,
        "customer": customer.pk,
        "company": "morgenrot",
        "starts_at": "2025-11-24T14:00:00+01:00",
        "from": "2025-11-24",
        "to": "2025-11-25",
    }


def test_every_operation_is_tried() -> None:
    documented = {each.ok().definition.raw["operationId"] for each in document().get_all_operations()}

    assert documented == set(OPERATIONS)


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_no_answer_is_undocumented(name: str, mode: GenerationMode, key: str, known: dict[str, Any]) -> None:
    turn = count()

    @FEW
    @given(case=document().find_operation_by_id(name).as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        # Random ids alone would only ever find nothing.
        if next(turn) % 2:
            speak_of(case, known)
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        assert response.status_code < 500
        case.validate_response(response, checks=CHECKS)

    ask()


def speak_of(case: Any, known: dict[str, Any]) -> None:
    address = case.path.split("/{id}")[0].rstrip("/")
    if case.path_parameters and "id" in case.path_parameters:
        case.path_parameters["id"] = known[address]
    for values in (case.query, case.body):
        if isinstance(values, dict):
            values.update({name: known[name] for name in values if name in known})


def test_the_document_is_english_whoever_reads_it(api: Api) -> None:
    response = api.client.get("/api/schema/?format=json", headers={"accept-language": "de"})

    assert response.status_code == 200
    assert "`booked` - booked" in response.content.decode()
    assert "gebucht" not in response.content.decode()


@pytest.mark.parametrize("address", ["/api/docs/", "/api/docs/?script="])
def test_the_manual_loads_nothing_from_elsewhere(api: Api, address: str) -> None:
    response = api.client.get(address)

    assert response.status_code == 200
    addresses = re.findall(r"""["'](?:https?:)?//[^"']*""", response.content.decode())
    assert not addresses
