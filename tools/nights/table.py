"""The figures, as a table for ``docs/time.md``."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tools.nights.judging import Seen
from tools.nights.plan import BERLIN

HEAD = (
    "| night | minutes | calls | booked | holds that ended, after s | longest pause of the sweeper, s "
    "| reminders | report | job of the night | a person's own, of 2:30 | wrong |"
)


def table(lived: Sequence[tuple[Seen, list[str]]], *, took: timedelta) -> str:
    lines = [HEAD, "|---|---:|---:|---:|---:|---:|---:|---|---|---|---:|"]
    lines += [row(seen, wrong) for seen, wrong in lived]
    hours = sum(seen.night.hours for seen, _wrong in lived)
    slowest = max(seen.slowest for seen, _wrong in lived)
    took_minutes = took.total_seconds() / 60
    return "\n".join(
        [*lines, "", f"{hours:.1f} hours in {took_minutes:.0f} minutes; slowest answer {slowest:.1f} s."]
    )


def row(seen: Seen, wrong: Sequence[str]) -> str:
    ends = f"{len(seen.lives)}: {min(seen.lives):.0f} to {max(seen.lives):.0f}" if seen.lives else "0"
    reminders = sum(one.appointment in seen.due for one in seen.reminders)
    cells = [
        seen.night.name,
        f"{seen.night.hours * 60:.0f}",
        seen.calls,
        seen.booked,
        ends,
        f"{seen.silence[0]:.0f}",
        f"{reminders} of {len(seen.due)}",
        _clocks([one.started for one in seen.reports]),
        _clocks([at for times in seen.jobs.values() for at in times]),
        _clocks(seen.own),
        len(wrong),
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _clocks(moments: Sequence[datetime]) -> str:
    return ", ".join(f"{moment.astimezone(BERLIN):%H:%M}" for moment in moments)
