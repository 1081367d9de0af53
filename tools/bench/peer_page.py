"""The chapter "Beside a peer" of ``docs/benchmarks.md``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PAGE = Path("docs/benchmarks.md")
TITLE = "## Beside a peer"
TEXT = """\
Written by `make bench` on {day}: [django-appointment](https://pypi.org/project/django-appointment/) 3.12.0 in a
virtual environment and a database of its own, on the same PostgreSQL, with the same 10,000 appointments of one
salon; ours, the peer's and the floor's operations in turn, {rounds} rounds, medians, through the whole stack of each
without the network. Above 1, ours is slower.
"""
FAIR = """\
Read them with this in mind. The peer books by two forms of a browser, we by one call of the API, whose answer holds
the appointment. Its calendar for staff is one page that carries every appointment of a stylist, also of years ago (an
eighth of the salon here, asked for once; for an owner it carries all of them, which took more than a minute); ours is
a page and the blocks of a day with all eight. The peer looks whether a slot is free when it shows it, and does not
look again when it is sent: hence the twenty. A service of the peer has one duration; gaps cannot be told to it.

What the peer does that we do not: it takes bookings from strangers on pages of its own, creates accounts for them,
asks for payment or a deposit through a page of the site's, lets services have pictures and descriptions for these
pages, speaks more languages than two, runs on any database of Django's, and is an app that is added to an existing
site. Whoever wants a booking form on a website and no telephone is well served by it.
"""


@dataclass(frozen=True)
class Row:
    """Medians in milliseconds, or ``said``: what came out, ours and theirs."""

    name: str
    ours: float = 0.0
    theirs: float = 0.0
    floor: float = 0.0
    queries: int = 0
    their_queries: int = 0
    said: tuple[str, str] | None = None

    @classmethod
    def of(cls, name: str, ours: object, theirs: object) -> "Row":
        return cls(name, said=(str(ours), str(theirs)))


def chapter(rows: Sequence[Row], *, day: date, rounds: int) -> str:
    lines = [
        "| what | ours ÷ peer | ours ÷ floor | peer ÷ floor | statements of ours | of the peer |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.name} | {row.ours / row.theirs:.2f} | {row.ours / row.floor:.1f} "
        f"| {row.theirs / row.floor:.1f} | {row.queries} | {row.their_queries} |"
        for row in rows
        if row.said is None
    ]
    lines += ["", "| what comes out | ours | the peer |", "|---|---:|---:|"]
    lines += [f"| {row.name} | {row.said[0]} | {row.said[1]} |" for row in rows if row.said is not None]
    return "\n".join([TITLE, "", TEXT.format(day=day.isoformat(), rounds=rounds), *lines, "", FAIR])


def with_chapter(page: str, text: str) -> str:
    """In the place of the last one, or at the end."""
    rest = re.sub(rf"^{TITLE}\n.*?(?=^## |\Z)", "", page, flags=re.DOTALL | re.MULTILINE).rstrip()
    return f"{rest}\n\n{text}"
