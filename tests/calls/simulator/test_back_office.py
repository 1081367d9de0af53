"""What a script lets the salon itself do, and whether it keeps what was promised."""

from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from appointments.models import Appointment
from calls.simulator.promises import Promises
from tests.salons import NOW, Salon, make_salon

SCRIPT = """
title: The counter is quicker
number: "{number}"
calls: {{Mara: "+4930900222"}}
days: {{day: {{weekday: monday, free: []}}}}
steps:
"""
BOOKS = (
    "{does: books, service: Herrenhaarschnitt, staff: Emma Keller, day: $day, time: '10:00', customer: Mara}"
)


@pytest.fixture
def salon(live_server: object) -> Salon:
    with time_machine.travel(NOW):
        return make_salon()


def played(path: Path, salon: Salon, url: object, *steps: str) -> tuple[int, str]:
    """Exit status, and what was said of it."""
    lines = "".join(f"  - {step}\n" for step in steps)
    path.write_text(SCRIPT.format(number=salon.number) + lines, encoding="utf-8")
    out, err = StringIO(), StringIO()
    try:
        with time_machine.travel(NOW, tick=True):
            call_command("simulate_call", path, url=str(url), stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue() + err.getvalue()
    return 0, out.getvalue()


def test_a_counter_a_worker_and_a_look_at_the_whole(
    salon: Salon, live_server: object, tmp_path: Path
) -> None:
    status, said = played(
        tmp_path / "script.yaml",
        salon,
        live_server,
        f"{{counter: {BOOKS}, expect: {{status: done}}}}",
        f"{{counter: {BOOKS}, expect: {{status: refused}}}}",
        "{counter: {does: moves, staff: Emma Keller, day: $day, time: '10:00', to_staff: Jonas Brandt}}",
        "{counter: {does: cancels, staff: Emma Keller, day: $day, time: '10:00'}, expect: {status: refused}}",
        "works: [syncs, sweeps]",
        "integrity: [appointments.overlap, appointments.ledger]",
        "keeps_promises: true",
    )

    assert status == 0, said
    assert Appointment.objects.get().staff == salon.jonas


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("works: [juggles]", "There is no task 'juggles'"),
        ("integrity: [appointments.weather]", "There is no check appointments.weather"),
        ("counter: {does: cancels, staff: Kunigunde, day: $day, time: '10:00', to_staff: x}", ""),
        (f"counter: {BOOKS.replace('Herrenhaarschnitt', 'Zahnreinigung')}", "There is no service"),
        (f"counter: {BOOKS.replace('Emma Keller', 'Kunigunde')}", "Nobody is called 'Kunigunde'"),
    ],
)
def test_what_the_salon_has_not_cannot_be_played(
    salon: Salon, live_server: object, tmp_path: Path, step: str, why: str
) -> None:
    status, said = played(tmp_path / "script.yaml", salon, live_server, step)

    assert (status, why in said) == (2 if why else 0, True)


def test_another_machines_salon_is_left_alone(salon: Salon, tmp_path: Path) -> None:
    """Its database is not ours; refused before anything is asked."""
    status, said = played(tmp_path / "script.yaml", salon, "http://192.0.2.7:8000", "works: [syncs]")

    assert status == 2
    assert "cannot be played at http://192.0.2.7:8000" in said


def test_a_promise_is_kept_if_the_caller_hears_the_same() -> None:
    promises, start = Promises(), "2025-11-24T10:00:00+01:00"
    for pk, status in ((1, "booked"), (2, "rescheduled"), (3, "cancelled"), (4, "unavailable")):
        reply = {"status": status, "appointment_id": pk, "starts_at": start}
        promises.hear("+4930900222", reply if pk < 4 else {"status": status})
    heard = {
        "appointments": [{"appointment_id": 1, "starts_at": start}, {"appointment_id": 3, "starts_at": start}]
    }

    assert promises.broken(lambda _caller: heard) == [
        f"+4930900222 was told {start} of 2, and now hears None",
        "+4930900222 was told None of 3, and now hears 2025-11-24 10:00:00+01:00",
    ]


def test_what_the_salon_decides_is_no_broken_promise() -> None:
    promises = Promises()
    promises.hear(
        "+4930900222", {"status": "booked", "appointment_id": 1, "starts_at": "2025-11-24T10:00:00+01:00"}
    )
    promises.decide({"status": "done", "appointment_id": 1})
    promises.decide({"status": "refused"})

    assert promises.broken(lambda _caller: {"status": "none"}) == []
