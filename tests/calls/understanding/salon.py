"""The salon the phrases are spoken to, and a short notation for what they should mean.

Notation: `2025-11-13 10:00` resolved · `~10:00` approximate · `10:00-12:00` window · `10:00>15:00` ordered
wishes · `ask` with `D=` date kept, `T=` time kept, `W=` window kept, `C=` candidates, `M=` what is missing,
`Q=` question · `past`, `invalid`, `too_far` · several right answers joined by " or ".
"""

import datetime as dt
from zoneinfo import ZoneInfo

from calls.understanding import ServiceName, StaffName, When, understand_when, when_as_json

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_SIX = ((9 * 60, 18 * 60),)
HOURS = {3: ((9 * 60, 20 * 60),), 5: ((9 * 60, 14 * 60),), 6: ()}

STAFF = (
    StaffName(1, "Emma Keller"),
    StaffName(2, "Jonas Brandt", ("Joni",)),
    StaffName(3, "Lena Brandt"),
    StaffName(4, "Mira Sommer"),
)


def hours(day: dt.date) -> tuple[tuple[int, int], ...]:
    """Mon-Fri 9-18, Thu to 20, Sat 9-14, closed on Sunday: the demo salon."""
    return HOURS.get(day.weekday(), NINE_TO_SIX)


def at(moment: str) -> dt.datetime:
    """A moment of Berlin's wall clock."""
    return dt.datetime.fromisoformat(moment).replace(tzinfo=BERLIN)


def hear(
    datum: str | None, uhrzeit: str | None = None, *, now: str = "2025-11-12 10:00", **options: object
) -> When:
    """What is understood; without `now` it is Wednesday, 12 November 2025, 10:00."""
    arguments = {"hours": hours, **options}
    return understand_when(datum=datum, uhrzeit=uhrzeit, now=at(now), **arguments)  # type: ignore[arg-type]


def short(when: When) -> str:
    """A result in the notation above."""
    printed = when_as_json(when)
    if when.status != "resolved":
        kept = {
            "D": printed["date"],
            "T": printed["time"],
            "W": "-".join(printed["window"] or ()),
            "C": ",".join(printed["candidates"]),
            "M": "+".join(printed["missing"]),
            "Q": printed["question"],
        }
        return " ".join([when.status, *(f"{key}={value}" for key, value in kept.items() if value)])
    about = "~" if when.approximate else ""
    spoken = ">".join(printed["preferences"]) or printed["time"] or "-".join(printed["window"])
    return f"{printed['date']} {about}{spoken}"


def means(when: When, expected: str) -> bool:
    """Whether a result is one of the right answers."""
    got = short(when)
    for answer in expected.split(" or "):
        words = answer.split()
        if got == answer.strip() or (when.status == words[0] and set(words) <= set(got.split())):
            return True
    return False


def catalogue(*rows: tuple[str, int, tuple[str, ...]]) -> tuple[ServiceName, ...]:
    """Services from (name, minutes, synonyms)."""
    return tuple(
        ServiceName(n, name, synonyms, minutes) for n, (name, minutes, synonyms) in enumerate(rows, 1)
    )


DEMO = catalogue(
    ("Herrenhaarschnitt", 55, ("Herrenschnitt", "Männerhaarschnitt")),
    ("Damenhaarschnitt", 45, ()),
    ("Kinderhaarschnitt", 30, ()),
    ("Waschen & Föhnen", 30, ()),
    ("Balayage/Ombré", 150, ()),
    ("Ansatzfärbung", 130, ()),
    ("Ansatz + Längenausgleich", 155, ()),
    ("Dauerwelle", 135, ("Dauerwellen", "Perm")),
    ("Komplette Umfärbung (Blondierung)", 165, ()),
)

BARBER = catalogue(
    ("Herrenhaarschnitt", 30, ()),
    ("Maschinenschnitt", 20, ()),
    ("Kinderhaarschnitt bis 12", 25, ()),
    ("Haarschnitt + Bart", 50, ()),
    ("Bartpflege", 25, ()),
    ("Nassrasur", 30, ()),
    ("Beratung 15 Minuten", 15, ()),
    ("Beratung 30 Minuten", 30, ()),
)
NAILS = catalogue(
    ("Maniküre", 40, ()),
    ("Maniküre mit Shellac", 60, ()),
    ("Pediküre", 50, ("Fußpflege",)),
    ("Gelnägel Neumodellage", 120, ()),
    ("Gelnägel Auffüllen", 90, ()),
    ("Wimpernlifting", 60, ()),
    ("Augenbrauen zupfen", 20, ()),
)
GRAND = catalogue(
    ("Herrenhaarschnitt", 40, ()),
    ("Herrenhaarschnitt Premium", 60, ()),
    ("Damenhaarschnitt", 50, ()),
    ("Waschen, Schneiden, Föhnen", 75, ()),
    ("Ansatzfärbung", 90, ()),
    ("Ansatzfärbung, waschen, schneiden, föhnen", 165, ()),
    ("Strähnen Oberkopf", 90, ()),
    ("Strähnen komplett", 140, ()),
    ("Gloss", 45, ()),
    ("Intensivkur", 20, ()),
    ("Hochsteckfrisur", 60, ()),
    ("Beratung", 30, ()),
)
SALONS = {"demo": DEMO, "barber": BARBER, "nails": NAILS, "grand": GRAND}
