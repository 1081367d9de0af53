"""``purge_transcripts``: what was said is forgotten, that somebody called is not."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from calls.models import Call, CallEvent, FunctionCall, Transcript
from tests.calls.messages import analyzed, deliver, ended
from tests.calls.phone import Phone

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


@pytest.mark.parametrize("days", ["-1", "many", "1.5", "99999999"])
def test_no_number_of_days_is_bad_input(days: str, old: Call) -> None:
    said, code = run(f"--days={days}")

    assert (code, said.count("\n")) == (2, 1)
    assert is_there(old)
