"""What ``parse_date`` accepts, every function accepts; and every day is said with its own weekday."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from appointments.models import Appointment, Customer
from calls import sentences, speech
from calls.functions.definitions import DEFINITIONS
from calls.functions.registry import FUNCTIONS
from tests.calls.phone import Phone, give
from tests.salons import BERLIN, MONDAY, Salon

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober"),
    *("November", "Dezember"),
)
TENTHS = ("ersten", "zweiten", "dritten", "zehnten", "elften", "zwanzigsten", "einunddreißigsten")
HOURS = ("acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "fünfzehn", "siebzehn", "neunzehn", "10", "16")

weekdays, hours = st.sampled_from(WEEKDAYS), st.sampled_from(HOURS)
days = st.one_of(
    st.sampled_from(["heute", "morgen", "übermorgen", "in vierzehn Tagen", "in drei Wochen", "Silvester"]),
    st.builds("{} {}".format, st.sampled_from(["am", "diese Woche", "nächste Woche", "kommenden"]), weekdays),
    st.builds("{} in {} Wochen".format, weekdays, st.integers(1, 9)),
    st.builds("{}.{}.".format, st.integers(1, 31), st.integers(1, 12)),
    st.builds("am {} {}".format, st.sampled_from(TENTHS), st.sampled_from(MONTHS)),
    st.builds("nein, nicht {}, {}".format, weekdays, weekdays),
    st.dates(date(2025, 11, 24), date(2026, 5, 20)).map(str),
)
times = st.one_of(
    st.builds("{} Uhr".format, hours),
    st.builds("{} {}".format, st.sampled_from(["gegen", "ab", "bis", "vor", "so um", "spätestens"]), hours),
    st.builds("{} vor halb {}".format, st.sampled_from(["fünf", "zehn"]), hours),
    st.builds("zwischen {} und {} Uhr".format, hours, hours),
    st.builds("{} Uhr, sonst {} Uhr".format, hours, hours),
    st.sampled_from(["vormittags", "am Nachmittag", "abends", "früh", "halb drei", "Viertel nach zehn"]),
    st.builds("{:02}:{:02}".format, st.integers(8, 19), st.sampled_from([0, 5, 15, 30, 45])),
)
# Under which names a function is told of a time.
PAIRS = (
    ("datum", "uhrzeit"),
    ("datetime", ""),
    ("neues_datum", "neue_uhrzeit"),
    ("altes_datum", "alte_uhrzeit"),
)
TAKING = [
    (name, pair)
    for name, definition in DEFINITIONS.items()
    for pair in PAIRS
    if pair[0] in definition.arguments and (name, pair) != ("parse_date", PAIRS[0])
]
WISH = {"dienstleistung": "Herrenhaarschnitt", "name": "Jana Probst"}


@pytest.fixture
def ten(salon: Salon, jana: Customer) -> Appointment:
    return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)


def asked_again(reply: dict[str, Any], understood: dict[str, Any]) -> bool:
    """Whether what was understood was asked for once more. Of a window, or of two wishes, a booking may
    ask which minute; which appointment is meant may be asked too.
    """
    is_exact = understood["time"] and not understood["preferences"]
    missing = set(reply.get("missing", []))
    return reply["status"] == "needs_clarification" and (
        "datum" in missing
        or ("uhrzeit" in missing and is_exact)
        or reply["message"] == sentences.not_understood()
    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=days, clock=times, share=st.integers(0, 2))
@example(day="nächste Woche Dienstag", clock="so gegen halb drei", share=0)
@example(day="Mittwoch, nein, Donnerstag", clock="neun Uhr, wenn das nicht geht, fünfzehn Uhr", share=1)
def test_what_is_accepted_once_is_accepted_everywhere(
    day: str, clock: str, share: int, salon: Salon, ten: Appointment
) -> None:
    """Incidents A14, A16, A27: two parsers understood two things. Each phrase goes to a third of them."""
    understood = Phone(salon.number).ask("parse_date", datum=day, uhrzeit=clock)
    if understood["status"] != "found" or not (understood["time"] or understood["window"]):
        return
    for function, (day_name, clock_name) in TAKING[share::3]:
        said = {day_name: day, clock_name: clock} if clock_name else {day_name: f"{day} {clock}"}
        with transaction.atomic(), translation.override("de"):
            reply = Phone(salon.number).ask(function, **WISH, **said)
            transaction.set_rollback(True)
        if (function, day_name) != ("reschedule_appointment", "altes_datum"):
            assert not asked_again(reply, understood), (function, said, reply)
        if function == "check_availability" and reply["status"] == "available" and understood["time"]:
            assert reply["starts_at"].startswith(understood["date"])


# Counted from a day whose weekday is known, without the calendar of the code: 1 January 2027 is a Friday.
THREE_YEARS = [(date(2027, 1, 1) + timedelta(days=n), WEEKDAYS[(4 + n) % 7]) for n in range(365 + 366 + 365)]


def test_every_day_of_three_years_is_spoken_with_its_weekday() -> None:
    """Both years around a leap year, in every form in which a sentence names a day (incident A3)."""
    with translation.override("de"):
        for day, name in THREE_YEARS:
            today, noon = day - timedelta(days=10), datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN)
            spoken = [
                *(speech.on_day(day, today), speech.on_day(day, today - timedelta(days=350))),
                *(speech.on_day_within(day, today), speech.this_day(day), speech.named_day(day)),
                *(speech.weekday_name(day), speech.until(noon, today), speech.on_day_at(noon, today)),
                *(speech.spoken_times([noon], today), sentences.that_is(day, (14, 30))),
                *(sentences.greeting(day, first_name="Jana"), sentences.which_day([day])),
                sentences.spoken_offer(staff="Emma", start=noon, today=today),
            ]
            for sentence in spoken:
                assert [each for each in WEEKDAYS if each in sentence] == [name], (day, sentence)


def test_every_day_of_a_leap_year_is_returned_with_its_weekday(
    salon: Salon, clock: time_machine.Traveller
) -> None:
    """In the field and in the sentence, over both ends of the year too."""
    phone = Phone(salon.number, call_id="")
    for day, name in THREE_YEARS[360 : 365 + 366 + 5]:
        clock.move_to(datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN) - timedelta(days=3))

        written = phone.ask("parse_date", datum=f"{day:%d.%m.}", uhrzeit="zehn Uhr")

        assert (written["date"], written["weekday"]) == (str(day), name)
        assert f"{name}, der {day.day}. {MONTHS[day.month - 1]}" in written["message"]


@pytest.mark.parametrize("month", range(12))
def test_what_is_offered_is_on_the_day_that_is_said(
    month: int, salon: Salon, clock: time_machine.Traveller
) -> None:
    """Incidents A13, A22: the fields of an offer and its words name one day; around the leap day too."""
    start = date(2027, 11, 24) + timedelta(days=month * 14)
    clock.move_to(datetime(start.year, start.month, start.day, 19, tzinfo=BERLIN))

    for ahead in (2, 3, 6):
        day = start + timedelta(days=ahead)
        reply = Phone(salon.number).ask("get_alternatives", **WISH, datum=str(day), uhrzeit="19:30")

        for offer in reply["alternatives"]:
            starts = datetime.fromisoformat(offer["starts_at"])
            name = dict(THREE_YEARS)[starts.date()]
            assert f"{name}, dem {starts.day}. {MONTHS[starts.month - 1]}" in offer["spoken"], json.dumps(
                offer
            )


def test_every_function_that_takes_a_time_is_asked() -> None:
    assert {name for name, _pair in TAKING} == {
        name
        for name, definition in DEFINITIONS.items()
        if {"datum", "neues_datum", "altes_datum", "datetime"} & set(definition.arguments)
    } & set(FUNCTIONS)
