"""What stands when all is at rest: the export, the calendar and the mail server's files."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

from django.utils import timezone

from appointments import export, integrity
from appointments.integrity import sentence_of
from appointments.models import Appointment
from appointments.models.appointment import BLOCKING
from integrations.models import CalendarCase, CalendarHost, Message
from integrations.sandbox.records import DEAD
from integrations.sandbox.routes import BOOKINGS
from tools.chaos.judging import Letter, Place, Row, Standing
from tools.evening.agreement import busy_runs
from tools.stage.wire import Wire

# Check and code of what a person has to decide, because a stranger was faster while the calendar was away.
EXPECTED = {("integrations.case_open", None), ("appointments.overlap", "waiting")}


def exported() -> list[dict[str, Any]]:
    text = "".join(export.FORMATS["json"](export.select(export.Selection())))
    found: list[dict[str, Any]] = json.loads(text)
    return found


def rows_of(records: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The export, with the notes that it leaves out."""
    notes = dict(Appointment.objects.values_list("pk", "notes"))
    return [_row(record, notes[record["id"]]) for record in records]


def _row(record: Mapping[str, Any], notes: str) -> Row:
    calls = {one["call_id"] for one in record["calls"] if one["relationship"] == "original"}
    marks = {word for word in notes.split() if word.startswith("chaos-")}
    return Row(
        id=record["id"],
        status=record["status"],
        blocking=record["status"] in BLOCKING,
        start=datetime.fromisoformat(record["starts_at"]),
        staff=f"{record['company']} {record['staff']}",
        source=record["source"],
        keys=frozenset(calls | marks),
        taken=tuple(
            (datetime.fromisoformat(one["starts_at"]), datetime.fromisoformat(one["ends_at"]))
            for one in record["phases"]
            if one["busy"]
        ),
    )


def wanted_places(now: datetime) -> dict[int, list[Place]]:
    """Worked out from the phases, not asked of the code that is tried."""
    hosts = dict(CalendarHost.objects.values_list("staff", "calcom_user_id"))
    coming = Appointment.objects.blocking().filter(starts_at__gt=now).exclude(branch__calendar="off")
    return {
        row.pk: [Place(hosts[row.staff_id], start, end) for start, end in busy_runs(row)]
        for row in coming.prefetch_related("phases")
    }


def bookings(calendar: Wire, key: str, now: datetime) -> list[Standing]:
    """What is or was to come, as the sandbox itself witnesses it."""
    headers = {"Authorization": f"Bearer {key}", "cal-api-version": BOOKINGS}
    answer = calendar.send("GET", "/sandbox/bookings?all=true", headers=headers)
    rows = [_standing(one) for one in answer.body["data"]]
    return [one for one in rows if one.place.start > now]


def _standing(document: Mapping[str, Any]) -> Standing:
    start, end = datetime.fromisoformat(document["start"]), datetime.fromisoformat(document["end"])
    ours = bool(document["metadata"].get("terminfest_appointment"))
    stands = document["status"] not in DEAD
    return Standing(document["uid"], Place(document["host"], start, end), ours, stands)


def told() -> tuple[set[int], set[str], Counter[str]]:
    """Appointments and uids that staff know of by an open case; the cases by kind."""
    rows = CalendarCase.objects.filter(solved_at=None)
    ids = {pk for row in rows for pk in (row.appointment_id, row.other_id) if pk is not None}
    return ids, {row.uid for row in rows if row.uid}, Counter(row.kind for row in rows)


def letters(folder: Path) -> list[Letter]:
    """Every message of ours, with how often the mail server has it."""
    found: Counter[str] = Counter()
    for path in folder.iterdir():
        found.update(_message_ids(path.read_bytes()))
    return [
        Letter(
            row.pk,
            row.state,
            sum(times for name, times in found.items() if name.startswith(f"<message-{row.pk}.")),
        )
        for row in Message.objects.order_by("pk")
    ]


def _message_ids(raw: bytes) -> Iterator[str]:
    """The file back end ends each message with a line of dashes."""
    for part in raw.split(b"-" * 79 + b"\n"):
        if part.strip():
            yield str(message_from_bytes(part.lstrip())["Message-ID"])


def findings() -> tuple[list[str], Counter[str]]:
    """What ``check_integrity`` finds; and how often it is what is to be expected of such a day."""
    expected: Counter[str] = Counter()
    wrong: dict[str, list[str]] = defaultdict(list)
    for one in integrity.run(now=timezone.now()).findings:
        if {(one.check_id, None), (one.check_id, one.code)} & EXPECTED:
            expected[one.check_id] += 1
        else:
            wrong[one.check_id].append(str(sentence_of(one)))
    return [f"{check}: {sentence}" for check, found in sorted(wrong.items()) for sentence in found], expected
