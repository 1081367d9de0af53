"""``get_alternatives``: what is free near a wish. Nothing is held."""

from typing import Any
from unittest.mock import ANY

import pytest

from appointments.models import Absence, Staff
from calls.models import Offer
from tests.calls.phone import CUT, Phone, nothing_blocks
from tests.salons import MONDAY, Salon, at


def starts(reply: dict[str, Any]) -> list[str]:
    return [each["starts_at"] for each in reply["alternatives"]]


def test_an_alternative_in_full(phone: Phone, salon: Salon) -> None:
    reply = phone.ask("get_alternatives", **CUT, mitarbeiter="Emma")

    assert reply == {"success": True, "status": "found", "message": ANY, "alternatives": [ANY, ANY, ANY]}
    assert reply["alternatives"][0] == {
        "offer_id": Offer.objects.get(position=1).token,
        "starts_at": "2025-11-24T10:00:00+01:00",
        "ends_at": "2025-11-24T10:55:00+01:00",
        "service": "Herrenhaarschnitt",
        "staff": "Emma Keller",
        "spoken": "morgen um 10 Uhr bei Emma",
    }
    assert nothing_blocks()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"datum": "2025-11-24", "uhrzeit": "16:30"}, "2025-11-24T16:30:00+01:00"),
        # A day alone is enough to look around: from its opening.
        ({"datum": "2025-11-26"}, "2025-11-26T08:00:00+01:00"),
        # Nothing at all: as soon as possible.
        ({}, "2025-11-24T08:00:00+01:00"),
        ({"datum": "2025-11-25", "uhrzeit": "nachmittags"}, "2025-11-25T12:00:00+01:00"),
        # A closed day: the nearest open one (incident A13: with its date).
        ({"datum": "2025-11-30", "uhrzeit": "10:00"}, "2025-12-01T10:00:00+01:00"),
    ],
)
def test_the_nearest_comes_first(words: dict[str, str], expected: str, phone: Phone) -> None:
    reply = phone.ask("get_alternatives", dienstleistung="Herrenhaarschnitt", **words)

    assert (reply["status"], starts(reply)[0]) == ("found", expected)
    assert nothing_blocks()


def test_the_same_part_of_the_day_comes_before_what_is_nearer(phone: Phone, salon: Salon) -> None:
    """Incident C15: a morning was offered to someone who asked for one o'clock."""
    for person in (salon.emma, salon.jonas):
        for clock_time in ("12:00", "12:55", "13:50"):
            salon.book(salon.cut, person, MONDAY, clock_time)

    reply = phone.ask("get_alternatives", **{**CUT, "uhrzeit": "12:30"})

    assert [each[11:16] for each in starts(reply)] == ["14:45", "15:15", "15:45"]


def test_there_are_three_at_most_and_no_two_alike(phone: Phone) -> None:
    """Incident C13."""
    reply = phone.ask("get_alternatives", **CUT)

    assert len(set(starts(reply))) == len(starts(reply)) == 3


@pytest.mark.parametrize("alias", ["find_next_available", "get_alternatives_v17"])
def test_its_other_names(alias: str, phone: Phone) -> None:
    assert phone.ask(alias, **CUT)["status"] == "found"


def test_nobody_has_time(phone: Phone, salon: Salon) -> None:
    for person in (salon.emma, salon.jonas):
        Absence.objects.create(
            staff=person, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY.replace(2027), "00:00")
        )

    assert phone.ask("get_alternatives", **CUT) == {
        "success": True,
        "status": "none",
        "message": ANY,
        "alternatives": [],
    }


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ({}, ["dienstleistung"]),
        ({"dienstleistung": "Termin"}, ["dienstleistung"]),
        ({"dienstleistung": "Herrenhaarschnitt", "uhrzeit": "10:00"}, ["datum"]),
    ],
)
def test_what_is_missing_is_asked_for(words: dict[str, str], missing: list[str], phone: Phone) -> None:
    reply = phone.ask("get_alternatives", **words)

    assert (reply["status"], reply["missing"]) == ("needs_clarification", missing)


def test_nobody_of_that_name(phone: Phone) -> None:
    reply = phone.ask("get_alternatives", **CUT, mitarbeiter="Xaver")

    assert (reply["status"], reply["candidates"]) == ("needs_clarification", ["Emma Keller", "Jonas Brandt"])


def test_who_has_left_is_offered_no_more(phone: Phone, salon: Salon) -> None:
    Staff.objects.filter(pk=salon.emma.pk).update(active=False)

    reply = phone.ask("get_alternatives", **CUT)

    assert {each["staff"] for each in reply["alternatives"]} == {"Jonas Brandt"}


def test_a_colleague_is_offered_where_the_wished_has_no_time_at_all(phone: Phone, salon: Salon) -> None:
    Absence.objects.create(
        staff=salon.emma, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY.replace(2027), "00:00")
    )

    reply = phone.ask("get_alternatives", **CUT, mitarbeiter="Emma")

    assert {each["staff"] for each in reply["alternatives"]} == {"Jonas Brandt"}
