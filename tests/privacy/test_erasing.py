"""Whoever is erased stands nowhere any more, and nothing else is lost (issue 8; ``docs/privacy.md``)."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from appointments import booking, privacy
from appointments.booking import Coming
from appointments.models import (
    Allocation,
    Appointment,
    AppointmentPhase,
    Customer,
    CustomerNumber,
    DataRequest,
    WaitlistEntry,
)
from appointments.privacy import parts
from calls.models import Call, Transcript
from integrations.customer_page.opening import tokens
from integrations.incoming import rounds
from integrations.incoming.processing import process_due
from integrations.messaging import telling
from integrations.models import BookingState, CalendarBooking, CalendarEvent, Message, Messaging
from tests.calls.messages import deliver, ended
from tests.calls.phone import Phone
from tests.integrations.calendar import CalendarSalon, converge
from tests.integrations.incoming.letters import SECRET, message, post
from tests.privacy.impersonal import EVERYWHERE, IMPERSONAL, TABLES
from tests.privacy.life import MARKS, NAME, NUMBER, SECOND
from tests.privacy.traces import columns, traces
from tests.salons import NOW

FACTS = ("id", "company", "branch", "staff", "service", "starts_at", "ends_at", "status", "price", "currency")


def erase(customer: Customer, coming: Coming = Coming.KEEP) -> DataRequest:
    return privacy.erase(customer, coming=coming, now=timezone.now())


def run(*arguments: Any) -> tuple[int, str]:
    said = StringIO()
    try:
        call_command(*arguments, stdout=said, stderr=said)
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_not_a_trace_is_left_in_the_whole_database(place: CalendarSalon, customer: Customer) -> None:
    """A table or column that is new has to be lived in (``life``) or be said to hold nobody (``impersonal``)."""
    lived_in = traces(*MARKS)
    holding_somebody = {
        (table, column)
        for table, column in columns()
        if table not in TABLES and column not in {*EVERYWHERE, *IMPERSONAL.get(table, ())}
    }
    assert sorted(lived_in ^ holding_somebody) == []
    kept = list(Appointment.objects.order_by("pk").values(*FACTS))
    counted = (AppointmentPhase.objects.count(), Allocation.objects.count(), Call.objects.count())
    theirs = set(Appointment.objects.filter(customer=customer).values_list("pk", flat=True))

    done = erase(customer)

    assert traces(*MARKS) == set()
    assert list(Appointment.objects.order_by("pk").values(*FACTS)) == kept
    assert counted == (AppointmentPhase.objects.count(), Allocation.objects.count(), Call.objects.count())
    assert {row.pk for row in Appointment.objects.filter(customer=None)} == theirs
    assert done.counts["appointments"] == len(theirs) > 1
    assert not any(place.salon.company.import_set.exclude(file="")), "the uploaded file is gone"


def test_what_is_forgotten_by_one_app_is_found(
    place: CalendarSalon, united: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the search is not blind."""
    Phone(place.salon.number, NUMBER).ask("request_callback", name=NAME, grund="Rückruf")
    kept = {name: each for name, each in parts._parts.items() if name != "calls"}
    monkeypatch.setattr(parts, "_parts", kept)
    erase(united)
    assert {("calls_call", "caller"), ("calls_callback", "name")} <= traces(*MARKS)


def test_afterwards_the_number_is_a_strangers(place: CalendarSalon, customer: Customer) -> None:
    links = [
        tokens.sign(pk) for pk in Appointment.objects.filter(customer=customer).values_list("pk", flat=True)
    ]
    late = Call.objects.filter(caller=NUMBER).order_by("pk")[0]
    phone = Phone(place.salon.number, NUMBER, call_id=late.call_id)
    erase(customer)

    assert not Customer.objects.filter(pk=customer.pk).exists()
    assert (CustomerNumber.objects.count(), WaitlistEntry.objects.count()) == (0, 0)
    for number in (NUMBER, SECOND):
        assert Phone(place.salon.number, number).ask("get_current_context")["status"] == "unknown"
    assert {Client().get(f"/termin/{link}/").status_code for link in links} == {404}
    # The platform tells late, and its list is read again: the call stays nobody's.
    deliver(ended(phone, disconnection_reason="agent_hangup"))
    late.refresh_from_db()
    assert (late.caller, late.customer, late.summary) == (None, None, "")
    assert Transcript.objects.get(call=late).segments == []
    new = Phone(place.salon.number, NUMBER).ask(
        "start_booking", datum="2025-11-25", uhrzeit="10:00", dienstleistung="Herrenhaarschnitt", name=NAME
    )
    assert new["status"] == "booked"
    assert Customer.objects.get(phone=NUMBER).pk > customer.pk


def test_entries_of_the_calendar_stand_anew_without_a_name(
    place: CalendarSalon, customer: Customer, settings: Any
) -> None:
    mine = list(Appointment.objects.filter(customer=customer).order_by("starts_at"))
    before = place.there()
    names = {one.attendee.name for one in place.world.bookings(standing=True)}
    assert {NAME, "Kunigunde Kleinkind"} <= names
    erase(customer)
    outcomes = {converge(each) for each in mine}

    assert outcomes == {"agreed"}
    assert place.there() == before
    standing = place.world.bookings(standing=True)
    assert not any(word in f"{one.attendee}" for one in standing for word in ("Zumpe", "Kunigunde", NUMBER))
    assert {one.attendee.name for one in standing} == {"Kundin oder Kunde", place.customer.name}
    rows = CalendarBooking.objects.filter(appointment__in=mine, state=BookingState.EXISTS)
    assert not rows.filter(outdated=True).exists()
    assert {converge(each) for each in mine} == {"agreed"}, "and only once"
    assert len(place.world.bookings(standing=True)) == len(standing)
    # Cal.com says so itself, with the name, and lists it for ever.
    settings.CALCOM_WEBHOOK_SECRET = SECRET
    gone = CalendarBooking.objects.filter(appointment__in=mine, outdated=True).values_list("uid", flat=True)
    for uid in gone:
        post(json.dumps(message("BOOKING_CANCELLED", uid, name=NAME, phoneNumber=NUMBER)).encode())
    assert CalendarEvent.objects.filter(body__payload__attendees__0__name=NAME).count() == len(gone)
    process_due(now=timezone.now())
    rounds.reconcile_one(place.salon.company.pk, now=timezone.now())
    assert (len(gone), traces(*MARKS)) == (2, set())


def test_whoever_is_expected_is_not_erased_by_accident(place: CalendarSalon, united: Customer) -> None:
    customer = united
    Messaging.objects.create(branch=place.salon.branch)
    before = traces(*MARKS)
    with pytest.raises(booking.StillComing, match="kommende Termine"):
        erase(customer, Coming.REFUSE)
    assert traces(*MARKS) == before
    assert DataRequest.objects.count() == 0
    expected = booking.coming_of(customer, now=timezone.now()).count()
    written = Message.objects.count()

    erase(customer, Coming.CANCEL)

    assert Appointment.objects.filter(customer=None, status="cancelled").count() == expected > 0
    telling.tell_due(now=timezone.now() + 2 * telling._AFTER_FAULT)
    assert Message.objects.count() == written, "nobody is written to"
    assert traces(*MARKS) == set()


def test_the_command_erases_once_and_by_the_number_of_a_record_that_was_united(united: Customer) -> None:
    customer = united
    former = customer.former_records.get().number
    assert run("erase_customer", str(former))[0] == 2, "there are coming appointments"
    status, said = run("erase_customer", str(former), "--coming", "keep", "--dry-run")
    assert (status, Customer.objects.filter(pk=customer.pk).exists()) == (0, True)
    status, said = run("erase_customer", str(former), "--coming", "keep")
    assert (status, f"Nr. {customer.pk}" in said) == (0, True)
    assert traces(*MARKS) == set()
    for again in (customer.pk, former):
        status, said = run("erase_customer", str(again))
        assert (status, said.startswith(f"Kunde Nr. {customer.pk} wurde am")) == (0, True), said
    assert DataRequest.objects.count() == 1
    for nobody in (NUMBER, "999999", "Zumpe"):
        assert run("erase_customer", nobody)[0] == 2
    assert run("erase_customer", NUMBER, "--company", "nowhere")[0] == 2


def test_a_number_that_is_somebody_elses_by_now_leads_to_nobody(place: CalendarSalon) -> None:
    """Mistyped once, corrected, and then its owner came."""
    facts = {"name": NAME, "phone": NUMBER}
    customer = booking.add_customer(place.salon.company, facts, now=timezone.now())
    booking.change_customer(customer, {"phone": "+4930900333"})
    other = booking.change_customer(place.customer, {"phone": NUMBER})
    theirs = Call.objects.create(
        company=other.company,
        branch=place.salon.branch,
        customer=other,
        call_id="c",
        caller=NUMBER,
        started_at=NOW,
    )
    erase(customer)
    theirs.refresh_from_db()
    assert (theirs.caller, theirs.customer) == (NUMBER, other)
    assert Customer.objects.get(pk=other.pk).phone == NUMBER
