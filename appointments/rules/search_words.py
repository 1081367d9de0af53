"""What a search finds a person by, and what is asked for: one rule for both sides.

Both are written in PostgreSQL's text search, whose index finds a word by its beginning. A name is kept
as its words and as their sounds (``~``); a number as it is dialled from abroad and at home (``#``) and
from its end (``%``), because people remember the last digits; an e-mail address as it is (``@``).
"""

import re
from collections.abc import Iterable

from appointments.phones import normalize_phone
from appointments.rules.spelling import fold, sound

LONGEST = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[\d\s()+/.\-–]+")
_MOST_WORDS = 8
_FEWEST_LETTERS = 2
_FEWEST_SOUNDING = 3
_FEWEST_DIGITS = 4
_HOME, _ABROAD = "+49", ("+", "00")


def words_of(
    *, names: Iterable[str] = (), phones: Iterable[str | None] = (), emails: Iterable[str | None] = ()
) -> str | None:
    """A ``tsvector``; None if there is nothing to be found by. ``phones`` are E.164."""
    kept: set[str] = set()
    for word in (word for name in names for word in _words(name)):
        kept |= {word, f"~{sound(word)}"}
    for phone in filter(None, phones):
        digits = phone.removeprefix("+")
        kept |= {f"#{digits}", f"%{digits[::-1]}"}
        if phone.startswith(_HOME):
            kept.add(f"#0{phone.removeprefix(_HOME)}")
    kept |= {f"@{email.casefold()}" for email in emails if email}
    return " ".join(_quoted(each) for each in sorted(kept - {"~"})) or None


def tidy(text: str | None) -> str:
    """What was typed without what no key types; empty if it is too long to be meant."""
    cleaned = _CONTROL.sub(" ", text or "").strip()
    return cleaned if len(cleaned) <= LONGEST else ""


def query_of(text: str, *, sounding: bool = True) -> str | None:
    """A ``tsquery`` for a number in any spelling, an e-mail address or words of a name.

    Every word must be the beginning of one of the name's, or with ``sounding`` sound like it. None if
    ``text`` says too little: one letter, three digits, only signs.
    """
    text = tidy(text)
    if _NUMBER.fullmatch(text):
        return _number_query(text)
    if "@" in text and text.strip("@"):
        return f"{_quoted('@' + text.casefold())}:*"
    words = _words(text)[:_MOST_WORDS]
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return None
    return " & ".join(_word_query(word, sounding=sounding) for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _word_query(word: str, *, sounding: bool) -> str:
    beginning = f"{_quoted(word)}:*"
    heard = sound(word) if sounding and len(word) >= _FEWEST_SOUNDING else ""
    return f"({beginning} | {_quoted('~' + heard)})" if heard else beginning


def _number_query(text: str) -> str | None:
    digits = re.sub(r"\D", "", text)
    if len(digits) < _FEWEST_DIGITS:
        return None
    begins = text.lstrip(" (")
    ways = {f"#{digits.removeprefix('00')}" if begins.startswith(_ABROAD) else f"#{digits}"}
    if not begins.startswith(_ABROAD):
        ways.add(f"%{digits[::-1]}")
    number = normalize_phone(text)
    if number:
        ways.add(f"#{number.removeprefix('+')}")
    return " | ".join(f"{_quoted(way)}:*" for way in sorted(ways))


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
