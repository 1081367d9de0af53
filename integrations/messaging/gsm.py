"""How long an SMS is: GSM 03.38's seven-bit alphabet, or UCS-2 as soon as one character is outside it.

3GPP TS 23.038 §6.2.1: 160 characters of seven bits, or 70 of sixteen. A longer text goes in parts, each with
a header that leaves room for 153 or 67; no part ends within an escape sequence or a surrogate pair.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes two places: an escape and itself.
_EXTENDED = frozenset("\f^{}\\[~]|€")
# What people type, or a word processor makes of it, as the alphabet has it.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("„“”«»‟", '"'),
        **dict.fromkeys("‚‘’‹›", "'"),
        **dict.fromkeys("–—−‐‑", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
        "…": "...",
        "•": "-",
    }
)


@dataclass(frozen=True, slots=True)
class Length:
    """``used`` places of ``room``, which is that of all ``parts``. ``strange``: what makes it UCS-2."""

    used: int
    parts: int
    room: int
    strange: str = ""

    @property
    def is_seven_bit(self) -> bool:
        return not self.strange


def plain(text: str) -> str:
    """The same with typographic signs as plain ones, which cost nobody a second part."""
    return text.replace("\r\n", "\n").translate(_PLAIN)


def length_of(text: str) -> Length:
    strange = "".join(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _EXTENDED))
    if strange:
        sizes, alone, chained = [2 if ord(sign) > 0xFFFF else 1 for sign in text], 70, 67
    else:
        sizes, alone, chained = [2 if sign in _EXTENDED else 1 for sign in text], 160, 153
    used = sum(sizes)
    if used <= alone:
        return Length(used, 1 if used else 0, alone, strange)
    parts = _parts(sizes, chained)
    return Length(used, parts, parts * chained, strange)


def _parts(sizes: list[int], room: int) -> int:
    parts, left = 1, room
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts
