"""The caller's own name, freed of what was said around it."""

import re
from collections.abc import Sequence

from appointments.rules.spelling import fold
from calls.understanding import name_words as around
from calls.understanding.items import Feast, Span, Weekday
from calls.understanding.results import Name, StaffName
from calls.understanding.scan import scan, unread_words
from calls.understanding.staff import find_staff
from calls.understanding.tokens import is_placeholder, tokenize

_MOST_WORDS = 5


def understand_name(text: str | None, *, staff: Sequence[StaffName] = ()) -> Name:
    """The name in what was said; a wished stylist (H10), a time (H9) or a placeholder (H7) is none."""
    if text is None or (is_placeholder(text) and fold(text).strip() not in around.PLACEHOLDERS):
        return Name("missing")
    said = _last_correction(text.strip(' \t\n"„“'))
    wish = around.WITH_STAFF.match(said)
    if wish:
        member = find_staff(wish.group(1), staff=staff)
        return Name("staff_wish", staff=member.name if member else None)
    tail = around.STAFF_AFTER.search(said)
    member = find_staff(tail.group(1), staff=staff) if tail else None
    if tail and member:
        said = said[: tail.start()]
    name = _name_in(said)
    return Name("ok" if name else "not_a_name", name, member.name if member else None)


def _last_correction(text: str) -> str:
    parts = [part for part in around.CORRECTION.split(text) if part.strip(" ,.")]
    return parts[-1] if parts else text


def _name_in(said: str) -> str | None:
    titled = around.TITLE.match(said) is not None
    segments = around.SEGMENT_END.split(_without_hints(_without_introduction(said)))
    names = [
        (name, around.FIRST_NAME.match(segment) is not None)
        for segment in segments
        if _is_name(name := _without_introduction(segment), titled=titled)
    ]
    if not names:
        return _spelled_out(said)
    first = names[0][0]
    for other, is_first_name in names[1:]:
        if fold(other).split()[-1] == fold(first) or fold(other).startswith(fold(first)):
            return _cased(other)  # "Probst, Jana Probst", "Anna, also Anna-Lena Vogt"
        if len(first.split()) == len(other.split()) == 1:
            return _cased(f"{other} {first}" if is_first_name else f"{first} {other}")
    return _cased(first)


def _without_introduction(text: str) -> str:
    """Without "Ja, guten Tag, mein Name ist …"; never without the last word."""
    while (match := around.INTRODUCTION.match(text)) and text[match.end() :].strip(" ,.!?"):
        text = text[match.end() :]
    return around.ENDING.sub("", text).strip(' ,;:!?"')


def _without_hints(text: str) -> str:
    """Without "mit dt", "wie der Keller", "P R O B S T"."""
    shorter = around.SPELLING.sub("", text)
    shorter = shorter if shorter.strip() else text
    spelled = around.LETTERS.sub("", shorter)
    return spelled if spelled.strip() else shorter


def _spelled_out(text: str) -> str | None:
    """A name given only letter by letter: "P R O B S T", "P wie Paula, R wie Richard …"."""
    by_example = around.LETTER_BY_LETTER.findall(text)
    if len(by_example) > 2:
        return "".join(by_example).title()
    letters = re.findall(r"[^\W\d_]+", text)
    is_spelled = len(letters) > 2 and all(len(letter) == 1 for letter in letters)
    return "".join(letters).title() if is_spelled else None


def _is_name(text: str, *, titled: bool) -> bool:
    """Whether a segment can be a name; after "Frau" even "Morgen" is one."""
    words = [fold(word).strip(".") for word in around.WORD.findall(text)]
    if not words or len(words) > _MOST_WORDS or any(char.isdigit() for char in text):
        return False
    if around.PLACEHOLDERS.intersection(words) or around.SENTENCE_WORDS.intersection(words):
        return False
    if words[0] in around.POSSESSIVES or around.WORK.search(" ".join(words)):
        return False  # "für meine Mutter, Helga Braun"
    if max(map(len, words)) == 1:
        return False
    return titled or not (around.FILLERS.issuperset(words) or _is_time(text))


def _is_time(text: str) -> bool:
    """Whether every word belongs to a day or a time. A weekday, month or feast alone is a surname too."""
    tokens = tokenize(text, "uhrzeit")
    items = scan(tokens)
    if not items or (len(tokens) == 1 and isinstance(items[0], (Weekday, Span, Feast))):
        return False
    return not unread_words(tokens)


def _cased(name: str) -> str:
    """Recognisers write all small or all capital; anything else is kept as it is."""
    words = [word.strip(",;:!?") for word in name.split()]
    if not (name.islower() or name.isupper()):
        return " ".join(words)
    return " ".join(
        w.lower() if w.lower() in around.PARTICLES and n else _title(w) for n, w in enumerate(words)
    )


def _title(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
