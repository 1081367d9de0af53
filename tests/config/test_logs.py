"""Logs say what happened and to which call and appointment, and nothing of a person."""

import ast
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, IntegrityError
from django.test import Client

from appointments import booking, tracing
from appointments.models import Appointment
from calls.models import VoiceAgent
from config.logs import JsonFormatter, begin_task
from integrations.cases import open_case
from integrations.convergence import converging
from integrations.models import CaseKind
from tests.calls.phone import CUT, Phone, send
from tests.integrations.calendar import CalendarSalon, calendar_salon, converge
from tests.salons import NOW, make_salon

NAME, NUMBER, MAIL = "Wilhelmine Zumpe", "+4915112345678", "wilhelmine@zumpe.example"
OTHER = "+4915187654321"
SAID = "Meine Tochter heiratet am Samstag"
PERSONAL = ("15187654321", "Wilhelmine", "Zumpe", "15112345678", MAIL, "Tochter", "heiratet")
QUOTING = f"DETAIL: Key (phone, name)=({NUMBER}, {NAME}) already exists. {MAIL}: {SAID}"
# Whatever a booking call can reach. Each of their log lines has to have been written below.
REACHABLE = (
    "calls/dispatch.py",
    "calls/tenant.py",
    "integrations/convergence/converging.py",
    "integrations/cases.py",
)


class Log(logging.Handler):
    """What standard error would show, and from where it was said."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[dict[str, Any]] = []
        self.said_at: set[tuple[str, int]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))
        self.said_at.add((record.pathname, record.lineno))

    def text(self) -> str:
        return json.dumps(self.lines, ensure_ascii=False)


@pytest.fixture
def log() -> Iterator[Log]:
    """At the level of production."""
    handler, root = Log(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


def statements(file: str) -> set[tuple[str, range]]:
    """Where ``logger.…`` is called."""
    path = Path(settings.BASE_DIR) / file
    return {
        (str(path), range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "logger"
    }


def test_no_line_that_a_booking_call_can_reach_holds_anything_personal(
    calendar: CalendarSalon, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name, a number, an address and what was said are put wherever a caller, a model, the database or the
    calendar could put them.
    """
    number = calendar.salon.number
    phone = Phone(number, caller=NUMBER)
    checked = phone.ask("check_availability", **CUT, notiz=SAID)
    reply = phone.ask(
        "start_booking", reservation_id=checked["reservation_id"], name=NAME, email=MAIL, notiz=SAID
    )
    assert reply["status"] == "booked"
    phone.ask("start_booking", **CUT, **{NAME: NUMBER, "sorte": SAID})
    phone.ask(f"{NAME} {NUMBER}", name=NAME)
    Phone("+4930000000", caller=NUMBER).ask("check_availability", **CUT)
    without_id = Phone(number, caller=NUMBER)
    without_id.call_id = ""
    without_id.ask("start_booking", **CUT, name=NAME)
    other = make_salon("abendstern")
    same_call = Phone(other.number, caller=NUMBER, call_id=phone.call_id)
    assert same_call.ask("check_availability", **CUT)["status"] == "unknown_number"
    VoiceAgent.objects.create(branch=other.branch, agent_id="agent_other")
    Phone(number, caller=NUMBER, agent_id="agent_other").ask("check_availability", **CUT)
    for failure in (ValueError(QUOTING), IntegrityError(QUOTING)):
        with monkeypatch.context() as broken:
            broken.setattr(booking, "hold", _raising(failure))
            assert (
                Phone(number, caller=OTHER).ask("check_availability", **CUT, name=NAME)["status"] == "error"
            )
    with monkeypatch.context() as broken:
        broken.setattr("calls.dispatch.record_call", _raising(DatabaseError(QUOTING)))
        Phone(number, caller=NUMBER).ask("check_availability", **CUT)
    with monkeypatch.context() as broken:
        broken.setattr("calls.limits.admits", lambda *_call, **_now: False)
        Phone(number, caller=NUMBER).ask("check_availability", **CUT, name=NAME)
    appointment = Appointment.objects.get(pk=reply["appointment_id"])
    facts = {"title": NAME, "attendee": {"email": MAIL}, "detail": QUOTING}
    open_case(
        CaseKind.OVERLAP, company=appointment.company, appointment=appointment, uid="u", facts=facts, now=NOW
    )
    with monkeypatch.context() as broken:
        broken.setattr(converging, "_bring_about", _raising(RuntimeError(QUOTING)))
        cut = calendar.cut("15:00")
        converge(cut)
    assert [word for word in PERSONAL if word in log.text()] == []
    unsaid = {
        (path, lines.start)
        for file in REACHABLE
        for path, lines in statements(file)
        if not any((path, line) in log.said_at for line in lines)
    }
    assert unsaid == set()


def _raising(error: Exception) -> Any:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    return fail


def test_each_line_of_a_call_says_which_and_which_appointment(calendar: CalendarSalon, log: Log) -> None:
    phone = Phone(calendar.salon.number)
    checked = phone.ask("check_availability", **CUT)
    reply = phone.ask("start_booking", reservation_id=checked["reservation_id"], name=NAME)
    (line,) = [each for each in log.lines if each["message"] == "Function start_booking: booked"]
    assert (line["call"], line["appointment"]) == (phone.call_id, reply["appointment_id"])
    assert line["milliseconds"] >= 0
    assert len(line["request"]) == 16


@pytest.mark.django_db
def test_a_request_keeps_the_name_that_the_proxy_gave_it_and_takes_no_other(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"})["X-Request-ID"] == "abc-12345"
    for given in ("short", "with spaces in it", "x" * 65, NAME):
        assert client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] != given


def test_an_error_is_its_kind_and_its_way_through_the_code() -> None:
    log = Log()
    try:
        try:
            raise ValueError(QUOTING)  # noqa: TRY301 - the one that the other came of
        except ValueError as error:
            raise IntegrityError(QUOTING) from error
    except IntegrityError:
        logger = logging.getLogger("tests.quiet")
        logger.propagate = False
        logger.addHandler(log)
        with tracing.about(call="c"), tracing.about(appointment=7):
            logger.exception("Failed")
    (line,) = log.lines
    assert (line["call"], line["appointment"], line["message"]) == ("c", 7, "Failed")
    assert line["traceback"][1] == "builtins.ValueError"
    assert line["traceback"][-1] == "django.db.utils.IntegrityError"
    assert "test_an_error_is_its_kind" in line["traceback"][0]
    assert not [word for word in PERSONAL if word in log.text()]


def test_what_a_task_logs_is_about_that_task() -> None:
    with tracing.about(request="of another"):
        begin_task({"name": "four-green-birds"})
        assert tracing.current() == {"task": "four-green-birds"}


def test_an_unreadable_message_is_not_quoted(log: Log, db: None) -> None:
    send({"name": NAME, "args": SAID, "call": NUMBER})
    send([NAME, NUMBER])
    assert [word for word in PERSONAL if word in log.text()] == []
