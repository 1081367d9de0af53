"""An e-mail address as it is spoken: "jana Punkt probst ät beispiel Punkt de"."""

import re

from calls.understanding.results import Email
from calls.understanding.tokens import is_placeholder

_SIGNS: tuple[tuple[str, str], ...] = (
    (r"klammer\s?affe|affenschwanz|affen\s?ohr|(?:at|ät)[- ]?zeichen|\(at\)|\[at\]", "@"),
    (r"(?<!\S)(?:at|ät|aet|ett|äd|et)(?!\S)", "@"),
    (r"\(dot\)|\[dot\]|(?<!\S)(?:punkt|dot|pkt)(?!\S)", "."),
    (r"(?<!\S)(?:unter\s?strich|underscore|tiefstrich)(?!\S)", "_"),
    (r"(?<!\S)(?:minus|binde\s?strich|mittelstrich|strich|dash|hyphen)(?!\S)", "-"),
    (r"(?<!\S)plus(?!\S)", "+"),
)
"""Spoken signs, in the order they are put in."""
_AROUND = re.compile(
    r"^(?:(?:ja|also|gerne?|äh+m?|ok(?:ay)?|genau|moment|bitte)[\s,]+)*"
    r"(?:(?:das|die|meine?|unsere?|es)\s+)?(?:(?:e-?\s?mail|mail)(?:\s?-?adresse)?|adresse)?\s*"
    r"(?:ist|lautet|wäre|heißt|:)?\s*(?:die\s+)?(?:mailto:)?",
)
_HINTS = re.compile(
    r"[\s,]*\b(?:(?:alles )?(?:klein|zusammen) ?geschrieben|in kleinbuchstaben|alles klein"
    r"|alles zusammen|zusammen"
    r"|bitte|danke)\b[\s,]*"
)
_REFUSAL = re.compile(r"\b(?:nein|nee|nö|kein|keine[nr]?|nicht|nix|ohne|ungern|net|no|danke|verzichte)\b")
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
)
_SPELLED = re.compile(r"(?<!\S)[a-z0-9](?:\s+[a-z0-9](?!\S))+")
_LONGEST, _LONGEST_LOCAL = 254, 64


def understand_email(text: str | None) -> Email:
    """The address, lower case. A refusal is `missing`; what keeps a space before the sign is `invalid`."""
    if text is None or ("@" not in text and is_placeholder(text)):
        return Email("missing")
    spoken = _AROUND.sub("", text.strip().strip("<>\"'").casefold(), count=1)
    spoken = _HINTS.sub(" ", f" {spoken} ").strip(" ,;!?")
    address = _written(spoken)
    if "@" not in address:
        return Email("missing" if _REFUSAL.search(text.casefold()) else "invalid")
    fits = _ADDRESS.fullmatch(address) and len(address) <= _LONGEST and address.index("@") <= _LONGEST_LOCAL
    return Email("ok", address) if fits else Email("invalid")


def _written(spoken: str) -> str:
    spoken = _SPELLED.sub(lambda match: re.sub(r"\s+", "", match.group()), spoken)
    for pattern, sign in _SIGNS:
        spoken = re.sub(rf"\s*(?:{pattern})\s*", sign, spoken)
    spoken = re.sub(r"\s*([@_])\s*", r"\1", spoken)
    return re.sub(r"\s*\.\s*", ".", spoken).rstrip(".")
