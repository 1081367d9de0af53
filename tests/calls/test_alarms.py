"""What happens on the phone raises alarms, each from its own fact, and is silent without it."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.utils import timezone

from appointments import alarms
from appointments.models import Alarm
from calls.models import Call, CallClaim, CallEvent, FunctionCall
from calls.models.call import TEST_AGENT
from integrations.models import CalendarCase, CaseKind
from tests.calls.phone import CUT, PERM, Phone
from tests.salons import MONDAY, NOW, Salon, at, make_salon

WISH = {**CUT, "mitarbeiter": "Emma", "name": "Anna Sommer"}


def raised(rule: str, *, now: datetime | None = None) -> list[tuple[str, str]]:
    alarms.evaluate(now=now or timezone.now())
    rows = Alarm.objects.raised().unresolved().filter(rule=f"calls.{rule}").select_related("company")
    return [(alarm.company.slug if alarm.company else "", alarms.sentence_of(alarm)) for alarm in rows]


def answered(
    salon: Salon, *statuses: str, number: int = 1, now: datetime | None = None, **facts: Any
) -> None:
    """So many calls, in each of which these were the answers of ``start_booking``."""
    now = now or timezone.now()
    agent = facts.pop("agent_id", "agent_morgenrot")
    for _ in range(number):
        call = Call.objects.create(
            company=salon.company,
            branch=salon.branch,
            call_id=f"call_{Call.objects.count()}",
            agent_id=agent,
            started_at=now,
        )
        for status in statuses:
            FunctionCall.objects.create(
                **{"call": call, "name": "start_booking", "args": {}, "args_digest": "", **facts},
                status=status,
                reply=facts.get("reply", {}),
                created_at=now,
            )


def test_bookings_that_fail(salon: Salon) -> None:
    answered(salon, "booked", number=9)
    answered(salon, "slot_taken")
    answered(salon, "slot_taken", number=9, agent_id=TEST_AGENT)
    answered(salon, "needs_name", number=9)
    answered(make_salon("abendrot"), "refused", number=9)
    assert raised("booking_failures") == []

    answered(salon, "error")

    assert raised("booking_failures") == [
        (
            "morgenrot",
            "Buchungsversuche am Telefon (Zeitraum: 4 Stunden): 11, davon fehlgeschlagen: 18,18 %.",
        )
    ]
    assert raised("booking_failures", now=NOW + timedelta(hours=5)) == []


def test_races_that_are_lost(phone: Phone, salon: Salon, clock: time_machine.Traveller) -> None:
    """Incident 4, as the phone itself records it."""
    answered(salon, "booked", number=8)
    answered(salon, "slot_taken", number=1)
    phone.ask("check_availability", **WISH)
    clock.shift(91)
    salon.book(salon.cut, salon.emma, MONDAY, "10:00", now=at(MONDAY, "00:00"))
    assert raised("race_rate") == []

    phone.ask("start_booking", **WISH)
    answered(salon, "slot_taken", lost_race=True)

    ((slug, sentence),) = raised("race_rate")
    assert (slug, "18,18 %" in sentence) == ("morgenrot", True)


def test_a_day_on_which_everybody_is_turned_away(salon: Salon) -> None:
    """Incident 1: whatever was asked for on 24 November was refused."""
    answered(salon, "unavailable", "refused", number=3, now=NOW - timedelta(days=1))
    answered(salon, "unavailable", "found", number=2)
    other = make_salon("abendrot")
    answered(other, "slot_taken", number=3)
    answered(other, "unavailable", "available")
    assert raised("all_refused") == []

    answered(salon, "slot_taken")

    assert raised("all_refused") == [
        ("morgenrot", "Anrufe mit einem Terminwunsch heute: 3. Kein einziger bekam einen Termin.")
    ]


def test_a_compound_booking_that_takes_too_long(phone: Phone, salon: Salon) -> None:
    cut = {**WISH, "uhrzeit": "15:00"}
    Phone(salon.number, caller="+4915000000003").ask("start_booking", **cut)
    phone.ask("start_booking", **{**PERM, "mitarbeiter": "Emma", "name": "Anna Sommer"})
    asked = FunctionCall.objects.filter(status="booked").order_by("pk")
    assert len(asked) == 2
    asked.filter(pk=asked[0].pk).update(milliseconds=20_000)  # nobody waits long for one entry, but it may be
    asked.filter(pk=asked[1].pk).update(milliseconds=14_900)
    assert raised("slow_compound_booking") == []

    FunctionCall.objects.filter(pk=asked[1].pk).update(milliseconds=15_400)

    ((_slug, sentence),) = raised("slow_compound_booking")
    assert sentence == "Die langsamste solche Buchung (Zeitraum: 1 Stunde) dauerte 15,4 Sekunden."


def test_bookings_that_are_not_what_was_said(phone: Phone, salon: Salon) -> None:
    phone.ask("get_opening_hours")
    call = Call.objects.get()
    Call.objects.update(ended_at=timezone.now(), contradictions=2)
    CallClaim.objects.create(call=call, kind="booked", line=3)
    CallClaim.objects.create(call=call, kind="free", line=4)
    assert raised("wrong_time") == []

    CalendarCase.objects.create(
        company=salon.company, kind=CaseKind.OTHER_BOOKING, uid="x", opened_at=timezone.now()
    )

    ((_slug, sentence),) = raised("wrong_time")
    assert sentence.endswith("2.")
    assert raised("wrong_time", now=NOW + timedelta(hours=2)) == []


def test_callers_who_book_what_they_have(phone: Phone, salon: Salon, jana: Any) -> None:
    """Incident 5."""
    phone.ask("start_booking", **WISH)
    for _ in range(10):
        assert Phone(salon.number).ask("start_booking", **WISH)["status"] == "existing"
    assert raised("duplicates") == []

    Phone(salon.number).ask("start_booking", **WISH)

    ((_slug, sentence),) = raised("duplicates")
    assert sentence.endswith("11.")


def test_a_platform_that_tells_nothing_of_the_calls(salon: Salon, clock: time_machine.Traveller) -> None:
    """Incidents J4, J5: every message refused for days."""
    answered(salon, "booked", number=3)
    heard_of = make_salon("abendrot")
    answered(heard_of, "booked", number=3)
    event = {"event": "call_ended", "received_at": timezone.now(), "outcome": "recorded"}
    CallEvent.objects.create(call_id=Call.objects.filter(company=heard_of.company)[0].call_id, **event)
    assert raised("number_silent") == []  # they may still come

    clock.shift(timedelta(hours=2))
    assert raised("number_silent") == [
        (
            "morgenrot",
            "Mitte: beantwortete Anrufe, zu denen keine einzige Meldung kam (Zeitraum: 24 Stunden): 3.",
        )
    ]


def test_a_number_that_nobody_calls_any_more(salon: Salon, clock: time_machine.Traveller) -> None:
    for day in range(14):
        answered(salon, "booked", now=NOW - timedelta(days=day))
    assert raised("number_quiet", now=NOW + timedelta(hours=47)) == []

    ((_slug, sentence),) = raised("number_quiet", now=NOW + timedelta(hours=49))
    assert "49 Stunden" in sentence
