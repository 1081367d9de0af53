"""What stands after a night: in the database, in the calendar, at the mail server, in the log."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import sql

from appointments.models import Company, IntegrityReport
from appointments.models.integrity import Trigger
from integrations.models import Message, MessageKind
from tools.chaos import judging as answers
from tools.chaos import snapshot
from tools.chaos.journal import Act
from tools.nights.clock import Clock
from tools.nights.judging import Reminder, Report, Seen
from tools.nights.living import Living
from tools.nights.plan import BERLIN, OWN, Night
from tools.nights.watching import NIGHTLY, Watch
from tools.stage.environment import MAILS
from tools.stage.wire import Wire

INSTALLATION = "the installation"
LOUD = {"ERROR", "CRITICAL"}


def seen(living: Living, watch: Watch, *, wrong: Sequence[str]) -> Seen:
    """``wrong``: what was found beside it."""
    night, tally, made = living.night, living.callers.tally, living.made
    companies = {company.name for company in Company.objects.filter(active=True)}
    return Seen(
        night=night,
        speed=living.clock.speed,
        calls=tally.calls,
        booked=len(tally.booked),
        slowest=tally.slowest,
        lives=watch.lives,
        sweeps=watch.sweeps,
        ended=watch.ended,
        due={int(pk): datetime.fromisoformat(due) for pk, due in made["reminded"].items()},
        quiet=made["quiet"],
        reminders=_reminders(),
        companies=frozenset({INSTALLATION, *companies}),
        reports=_reports(night),
        jobs={name: _ran(watch, name, night) for name in NIGHTLY},
        own=_ran(watch, OWN, night),
        wrong=[*tally.wrong, *wrong],
    )


def _reminders() -> list[Reminder]:
    rows = Message.objects.filter(kind=MessageKind.REMINDER).order_by("pk")
    return [Reminder(row.appointment_id or 0, row.created_at, row.state) for row in rows]


def _reports(night: Night) -> list[Report]:
    rows = IntegrityReport.objects.filter(trigger=Trigger.DAILY, day=night.day).select_related("company")
    return [
        Report(row.company.name if row.company else INSTALLATION, row.started_at, row.finished_at is not None)
        for row in rows.order_by("pk")
    ]


def _ran(watch: Watch, function: str, night: Night) -> list[datetime]:
    """On that local day."""
    starts = [at for name, at in watch.ran.values() if name == function]
    return sorted(at for at in starts if at.astimezone(BERLIN).date() == night.day)


def untrue(acts: Sequence[Act], clock: Clock, calendar: dict[str, str]) -> list[str]:
    """What was said, of this night and of those before, against what stands here, there and has left."""
    wire, key = Wire(calendar["CALCOM_API_URL"], patience=30), calendar["CALCOM_API_KEY"]
    now = clock.now()
    there = snapshot.bookings(wire, key, now)
    wanted = snapshot.wanted_places(now)
    return [
        *answers.judge(acts, snapshot.rows_of(snapshot.exported())),
        *answers.compare_calendar(wanted, there, told=(), told_uids=()),
        *answers.compare_mail(snapshot.letters(settings.VAR_DIR / MAILS)),
    ]


def findings(clock: Clock) -> list[str]:
    """What the integrity checks find, of everybody."""
    command = [sys.executable, "manage.py", "check_integrity", "--format", "json"]
    done = subprocess.run(clock.wrapped(command), stdout=subprocess.PIPE, text=True, check=False)
    told = json.loads(done.stdout)
    return [f"{each['check']}: {each['message']}" for each in told["findings"]]


COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' ORDER BY 1, 2
"""
WRITTEN = sql.SQL("SELECT count(*) FROM {table} WHERE {column} BETWEEN %s AND %s")


def by_the_servers_clock(begun: datetime, ended: datetime) -> list[str]:
    """PostgreSQL's clock is the machine's own, months away: whatever lies in the time of this run was
    written by that clock, which nobody may ask.
    """
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            count = WRITTEN.format(table=sql.Identifier(table), column=sql.Identifier(column))
            cursor.execute(count, [begun, ended])
            if rows := cursor.fetchone()[0]:
                found.append(f"{table}.{column} has the machine's own time in {rows} rows")
    return found


def loud(log: Path, since: int) -> Iterator[str]:
    """Errors in the log from this byte on: nothing went wrong that night, so nobody may complain."""
    with log.open("rb") as file:
        file.seek(since)
        for line in file.read().decode(errors="replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                if line.startswith("Traceback"):
                    yield "the log has a traceback"
                continue
            if isinstance(entry, dict) and entry.get("level") in LOUD:
                yield f"the log says: {entry['logger']}: {entry['message']}"
