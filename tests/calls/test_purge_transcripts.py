"""``purge_transcripts``: what was said is forgotten, that somebody called is not."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command

from appointments.models import Appointment, Company
from calls.models import Call, CallAppointment, CallEvent, FunctionCall, Transcript
from calls.tasks import forget_calls
from tests.calls.messages import analyzed, deliver, ended
from tests.calls.phone import CUT, Phone
from tests.calls.rows import everything
from tests.salons import NOW, Salon, make_salon

OLD = timedelta(days=91)


def run(*args: str) -> tuple[str, int]:
    said = StringIO()
    try:
        call_command("purge_transcripts", *args, stdout=said, stderr=said)
    except SystemExit as end:
        return said.getvalue(), int(end.code or 0)
    return said.getvalue(), 0


@pytest.fixture
def old(phone: Phone, clock: time_machine.Traveller) -> Call:
    phone.ask("list_services")
    deliver(analyzed(phone))
    clock.shift(OLD)
    return Call.objects.get()


def is_there(call: Call) -> bool:
    call.refresh_from_db()
    return bool(call.summary and Transcript.objects.get(call=call).segments)


def test_what_was_said_is_forgotten_and_the_call_stays(old: Call) -> None:
    assert run() == ("1 Mitschriften gelöscht.\n", 0)

    assert not is_there(old)
    assert old.summary == ""
    assert (old.duration_ms, old.sentiment, FunctionCall.objects.count()) == (83_000, "Neutral", 1)
    assert Transcript.objects.get().purged_at is not None


def test_no_later_message_brings_it_back(old: Call, phone: Phone) -> None:
    run()
    CallEvent.objects.all().delete()

    deliver(ended(phone), analyzed(phone))

    old.refresh_from_db()
    assert (old.summary, Transcript.objects.get().segments) == ("", [])


def test_younger_calls_are_left_alone(old: Call) -> None:
    assert run("--days", "100") == ("0 Mitschriften gelöscht.\n", 0)
    assert is_there(old)


def test_a_dry_run_forgets_nothing(old: Call) -> None:
    assert run("--dry-run") == ("1 Mitschriften würden gelöscht.\n", 0)
    assert is_there(old)


def test_repeating_it_finds_nothing(old: Call) -> None:
    run()

    assert run() == ("0 Mitschriften gelöscht.\n", 0)


class TestPerCompany:
    """What the worker does at night: each company's own days, counted on its own calendar."""

    @pytest.fixture
    def other(self, salon: Salon) -> Salon:
        other = make_salon("abendrot")
        Company.objects.filter(pk=salon.company.pk).update(transcript_days=10, call_details_days=20)
        Company.objects.filter(pk=other.company.pk).update(transcript_days=20, call_details_days=10)
        for each in (Phone(salon.number), Phone(other.number)):
            each.ask("start_booking", **CUT, name="Jana Probst", telefon="+4915000000077", notiz="Allergie")
            deliver(analyzed(each))
        return other

    @staticmethod
    def kept(salon: Salon) -> tuple[bool, bool]:
        """Whether the transcript, and whether the details are still there."""
        call = Call.objects.get(company=salon.company)
        asked = FunctionCall.objects.get(call=call)
        talk = {bool(call.summary), bool(Transcript.objects.get(call=call).segments)}
        details = {bool(asked.args), "message" in (asked.reply or {}), asked.forgotten_at is None}
        assert (len(talk), len(details)) == (1, 1)
        return talk.pop(), details.pop()

    @pytest.mark.parametrize(
        ("days", "kept"),
        [
            (10, [(True, True), (True, True)]),
            (11, [(False, True), (True, False)]),
            (20, [(False, True), (True, False)]),
            (21, [(False, False), (False, False)]),
        ],
    )
    def test_each_company_keeps_its_own(
        self, days: int, kept: list[Any], salon: Salon, other: Salon, clock: time_machine.Traveller
    ) -> None:
        """Whole days: of a Sunday's call ten days are over in the night after the Wednesday."""
        clock.move_to(NOW.replace(hour=3, minute=30) + timedelta(days=days))

        forget_calls()

        assert [self.kept(salon), self.kept(other)] == kept

    def test_the_day_is_the_companys(self, salon: Salon, other: Salon, clock: time_machine.Traveller) -> None:
        """At a quarter past midnight in Berlin it is still yesterday in New York."""
        Company.objects.update(transcript_days=10)
        Company.objects.filter(pk=other.company.pk).update(timezone="America/New_York")
        clock.move_to(NOW.replace(hour=0, minute=15) + timedelta(days=11))

        forget_calls()

        assert [self.kept(salon)[0], self.kept(other)[0]] == [False, True]

    def test_nothing_else_is_lost(self, salon: Salon, other: Salon, clock: time_machine.Traveller) -> None:
        before = everything()
        clock.shift(timedelta(days=30))

        forget_calls()

        after = everything()
        assert before.keys() == after.keys()
        lost = {
            (row[0].__name__, name)
            for row, values in before.items()
            for name, value in values.items()
            if after[row][name] != value
        }
        assert lost == {
            *(("Transcript", "segments"), ("Transcript", "purged_at"), ("Call", "summary")),
            *(("FunctionCall", "args"), ("FunctionCall", "reply"), ("FunctionCall", "forgotten_at")),
        }
        reply = FunctionCall.objects.filter(call__company=salon.company).values_list("reply", flat=True).get()
        assert (reply["status"], reply["appointment_id"]) == (
            "booked",
            Appointment.objects.get(company=salon.company).pk,
        )

    def test_what_was_said_stands_nowhere_any_more(
        self, salon: Salon, other: Salon, clock: time_machine.Traveller
    ) -> None:
        clock.shift(timedelta(days=30))
        forget_calls()

        stored = str([*Call.objects.values(), *FunctionCall.objects.values(), *Transcript.objects.values()])
        assert [
            each for each in ("Probst", "15000000077", "Allergie", "Haareschneiden") if each in stored
        ] == []

    def test_a_lost_link_is_still_repaired(
        self, salon: Salon, other: Salon, clock: time_machine.Traveller
    ) -> None:
        """By the id that the answer keeps."""
        links = list(CallAppointment.objects.values_list("call", "appointment", "relationship"))
        CallAppointment.objects.all().delete()
        clock.shift(timedelta(days=30))
        forget_calls()

        call_command("link_calls", stdout=StringIO())

        assert list(CallAppointment.objects.values_list("call", "appointment", "relationship")) == links

    def test_the_command_does_the_same(
        self, salon: Salon, other: Salon, clock: time_machine.Traveller
    ) -> None:
        clock.shift(timedelta(days=15))

        assert run("--dry-run")[0].splitlines() == [
            "1 Mitschriften würden gelöscht.",
            "Einzelheiten aus 1 Funktionsaufrufen würden gelöscht.",
        ]
        assert run()[0].splitlines() == [
            "1 Mitschriften gelöscht.",
            "Einzelheiten aus 1 Funktionsaufrufen gelöscht.",
        ]
        assert (self.kept(salon), self.kept(other)) == ((False, True), (True, False))
        assert run() == ("0 Mitschriften gelöscht.\n", 0)

    @pytest.mark.parametrize("days", [0, -1, 3651])
    def test_a_day_at_least_and_ten_years_at_most(self, days: int, salon: Salon) -> None:
        for field in ("transcript_days", "call_details_days"):
            setattr(salon.company, field, days)
        with pytest.raises(ValidationError) as refused:
            salon.company.full_clean()
        assert refused.value.error_dict.keys() >= {"transcript_days", "call_details_days"}


@pytest.mark.parametrize("days", ["-1", "many", "1.5", "99999999"])
def test_no_number_of_days_is_bad_input(days: str, old: Call) -> None:
    said, code = run(f"--days={days}")

    assert (code, said.count("\n")) == (2, 1)
    assert is_there(old)
