"""The figures, as a table for ``docs/time.md``."""

from collections.abc import Sequence

from tools.nights.living import Lived

HEAD = (
    "| night | hours | calls | booked | holds that ended, after s | longest pause of the sweeper, s "
    "| reminders | report of the night | job of the night | a person's own at 2:30 | wrong |"
)


def table(lived: Sequence[Lived], *, speed: int) -> str:
    lines = [HEAD, "|---|---:|---:|---:|---:|---:|---:|---|---|---|---:|"]
    lines += [row(each) for each in lived]
    hours = sum(each.night.hours for each in lived)
    return "\n".join([*lines, "", f"{hours:.1f} hours in {hours * 60 / speed:.0f} minutes."])


def row(each: Lived) -> str:
    ends = f"{len(each.lives)}: {min(each.lives):.0f} to {max(each.lives):.0f}" if each.lives else "0"
    cells = [
        each.night.name,
        f"{each.night.hours:.1f}",
        each.calls,
        each.booked,
        ends,
        f"{each.silence:.0f}",
        each.reminders,
        each.report,
        each.job,
        each.own,
        len(each.wrong),
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} |"
