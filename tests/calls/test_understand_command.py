"""``understand``: one JSON line in, one out, in the shapes of the contract."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.salons import Salon


@pytest.fixture
def understand(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(*lines: Any, **options: Any) -> list[dict[str, Any]]:
        said = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        monkeypatch.setattr("sys.stdin", StringIO(said))
        out = StringIO()
        call_command("understand", stdout=out, stderr=StringIO(), **options)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    return run


def test_a_day_and_a_time(understand: Any) -> None:
    (answer,) = understand(
        {"datum": "nächste Woche Mittwoch", "uhrzeit": "halb drei", "now": "2025-10-15T10:00"}
    )
    assert answer == {
        "when": {
            "status": "resolved",
            "date": "2025-10-22",
            "time": "14:30",
            "window": None,
            "approximate": False,
            "preferences": [],
            "candidates": [],
            "missing": [],
            "question": None,
        }
    }


def test_only_what_was_given_is_answered(understand: Any) -> None:
    assert understand({"name": "Acht Uhr"}, {"email": "jana Punkt probst at beispiel Punkt de"}, {}) == [
        {"name": {"status": "not_a_name", "name": None, "staff": None}},
        {"email": {"status": "ok", "email": "jana.probst@beispiel.de"}},
        {},
    ]


def test_services_and_staff_are_the_companys(understand: Any, salon: Salon) -> None:
    heard = {"dienstleistung": "Dauerwellen", "name": "bei Emma"}
    (answer,) = understand(heard, company=salon.company.slug)
    assert answer["service"] == {"status": "resolved", "name": "Dauerwelle", "candidates": []}
    assert answer["name"] == {"status": "staff_wish", "name": None, "staff": "Emma Keller"}


def test_an_open_window_ends_when_the_salon_closes(understand: Any, salon: Salon) -> None:
    (answer,) = understand(
        {"datum": "morgen", "uhrzeit": "ab 16 Uhr"}, company=salon.company.slug, now="2025-11-23T10:00"
    )
    assert answer["when"]["window"] == ["16:00", "20:00"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("kein JSON", {}),
        ("[]", {}),
        ('{"datum": 17}', {}),
        ('{"datum": "heute", "now": "neulich"}', {}),
        ('{"dienstleistung": "Dauerwelle"}', {}),
        ('{"datum": "heute"}', {"company": "niemand"}),
    ],
)
def test_what_cannot_be_read_ends_with_two(understand: Any, line: str, options: dict[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        understand(line, **options)
    assert ended.value.code == 2
