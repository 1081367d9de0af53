"""How alike two German names sound: a hint for people, never proof of identity (H5)."""

from rapidfuzz import fuzz

from appointments.rules.spelling import fold, sound

_ONE_PART = 0.9


def same_name(a: str, b: str) -> float:
    """Likeness of two names, 0..1, whatever the order of their parts ("Schmitt", "Schmidt": above 0.9)."""
    left, right = sorted(fold(a).replace("-", " ").split()), sorted(fold(b).replace("-", " ").split())
    if not left or not right:
        return 0.0
    if len(left) != len(right) and 1 in (len(left), len(right)):
        one, many = (left, right) if len(left) == 1 else (right, left)
        return _ONE_PART * max(_alike(one[0], part) for part in many)
    return _alike(" ".join(left), " ".join(right))


def _alike(a: str, b: str) -> float:
    spelled = fuzz.ratio(a, b) / 100
    heard_a, heard_b = sound(a), sound(b)
    if not heard_a or not heard_b:
        return spelled
    return spelled if spelled == 1 else min(0.99, 0.4 * spelled + 0.6 * fuzz.ratio(heard_a, heard_b) / 100)
