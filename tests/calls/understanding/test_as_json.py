"""The shapes the `understand` command prints (contract §5)."""

from calls.understanding import (
    email_as_json,
    match_service,
    name_as_json,
    service_as_json,
    understand_email,
    understand_name,
    when_as_json,
)
from tests.calls.understanding.salon import DEMO, STAFF, hear


def test_a_time() -> None:
    assert when_as_json(hear("morgen um neun oder zehn")) == {
        "status": "resolved", "date": "2025-11-13", "time": "09:00", "window": None, "approximate": False,
        "preferences": ["09:00", "10:00"], "candidates": [], "missing": [], "question": None,
    }  # fmt: skip


def test_a_window_and_a_question() -> None:
    assert when_as_json(hear("Freitag ab drei"))["window"] == ["15:00", "18:00"]
    asked = when_as_json(hear("Viertel drei"))
    assert (asked["status"], asked["missing"], asked["date"]) == ("ask", ["datum", "uhrzeit"], None)
    assert when_as_json(hear("zehn Uhr"))["candidates"] == ["2025-11-12", "2025-11-13"]
    assert when_as_json(hear("Freitag um Viertel drei"))["candidates"] == ["14:15"]


def test_the_other_answers() -> None:
    service = service_as_json(match_service("Perm", services=DEMO))
    assert service == {"status": "resolved", "name": "Dauerwelle", "candidates": []}
    name = name_as_json(understand_name("bei Emma", staff=STAFF))
    assert name == {"status": "staff_wish", "name": None, "staff": "Emma Keller"}
    assert email_as_json(understand_email("nein danke")) == {"status": "missing", "email": None}
