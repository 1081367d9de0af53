"""Windows of a day: the parts of the day, and the open ends of "ab" and "bis"."""

from collections.abc import Iterable

from calls.understanding.clock import DAY, HALF_DAY, HOUR

_FIXED = {
    "forenoon": (9 * HOUR, 12 * HOUR),
    "midday": (11 * HOUR, 14 * HOUR),
    "afternoon": (12 * HOUR, 17 * HOUR),
}
_MORNING_ENDS = 10 * HOUR
_EVENING_BEGINS = 17 * HOUR
_LONGEST_TURNED = 6 * HOUR

Window = tuple[int, int]


def part_window(name: str, opening: Window) -> Window | None:
    """What is searched for a part of the day; None for the night, when no salon works."""
    opens, closes = opening
    if name == "morning":
        return (opens if opens < _MORNING_ENDS else 0), _MORNING_ENDS
    if name == "evening":
        return _EVENING_BEGINS, (closes if closes > _EVENING_BEGINS else DAY)
    return _FIXED.get(name)


def open_window(start: int | None, end: int | None, parts: Iterable[str], opening: Window) -> Window | None:
    """A window with an open end closed: by the part of the day said with it, or by the salon's hours.

    A start after closing runs to midnight, for nothing is refused here. None: the
    end lies before the beginning ("bis acht" in a salon that opens at nine).
    """
    windows = [window for name in parts if (window := part_window(name, opening))]
    low, high = windows[0] if len(windows) == 1 else opening
    if start is not None and end is not None:
        return closed_window(start, end, opening)
    if start is not None:
        return start, next(limit for limit in (high, opening[1], DAY) if limit > start)
    if end is not None and low < end:
        return low, end
    return None


def closed_window(start: int, end: int, opening: Window) -> Window | None:
    """As in "zwischen sechs und acht": the end lies in the same half of the day as the beginning.

    None where that would make most of a day of it ("zwölf bis zehn"): a slip of the tongue.
    """
    if end <= start < end + HALF_DAY <= start + _LONGEST_TURNED and start < opening[1]:
        end += HALF_DAY
    return (start, end) if start < end else None
