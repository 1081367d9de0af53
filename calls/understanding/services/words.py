"""A wish or a catalogue name as concepts: compounds split, speech errors repaired, negations dropped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from appointments.rules.spelling import fold, sound
from calls.understanding.numbers import CARDINALS
from calls.understanding.services.fillers import FILLERS, NAMES_NO_WORK, WITHOUT_CONCEPT
from calls.understanding.services.lexicon import WORDS

_PIECE = re.compile(r"[^\W\d_]+(?:-up)?|\d+|[,;.()&+/]")
_LINKS = ("", "s", "n", "en", "e", "es", "er")
_MODIFIERS = frozenset(("kurz", "lang", "trocken", "nass", "form", "stufen", "volumen", "basis", "standard"))
_MINIMUM_PART = 3
_SHORTEST_REPAIRED = 6
_SURE = 84
"""Similarity (0..100) from which a misheard word is taken for a known one with the same first letter."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One word of a wish: the concepts it carries, or why it carries none."""

    text: str
    concepts: tuple[str, ...] = ()
    known: bool = True


def pieces(text: str) -> list[str]:
    """Folded words, numbers and the punctuation that joins or ends clauses."""
    return _PIECE.findall(fold(text).replace("-up", "up"))


def squash(text: str) -> str:
    """A name without spaces, punctuation and "und": "Waschen & Föhnen" = "waschen und föhnen"."""
    return "".join(piece for piece in pieces(text) if piece.isalnum() and piece not in ("und", "plus"))


def hear(word: str, vocabulary: Mapping[str, str]) -> Heard:
    """What a word means, given the lexicon and the catalogue's own words."""
    if word in vocabulary:
        return Heard(word, (vocabulary[word],))
    if (
        word in FILLERS
        or word in WITHOUT_CONCEPT
        or word in NAMES_NO_WORK
        or word.isdigit()
        or word in CARDINALS
    ):
        return Heard(word)
    parts = split(word, vocabulary)
    if parts is not None:
        return Heard(word, tuple(vocabulary[part] for part in parts if part in vocabulary))
    near = nearest(word, vocabulary)
    if near is not None:
        return hear(near, vocabulary) if near != word else Heard(word, (), known=False)
    return Heard(word, (), known=False)


def split(word: str, vocabulary: Mapping[str, str]) -> list[str] | None:
    """A compound as known parts, longest first: herren|haar|schnitt; None if a rest stays unknown."""
    for end in range(len(word), _MINIMUM_PART - 1, -1):
        head = word[:end]
        is_modifier = head in _MODIFIERS and end < len(word)
        if head not in vocabulary and head not in WITHOUT_CONCEPT and not is_modifier:
            continue
        if end == len(word):
            return [head]
        for link in _LINKS:
            rest = word[end:]
            if rest.startswith(link) and len(rest) > len(link):
                tail = split(rest[len(link) :], vocabulary)
                if tail is not None:
                    return [head, *tail]
    return None


def nearest(word: str, vocabulary: Mapping[str, str]) -> str | None:
    """The one known word a misheard word stands for; None when none or two concepts are near."""
    if len(word) < _SHORTEST_REPAIRED:
        return None
    scored = sorted(
        (
            (similarity(word, known), known)
            for known in _compounds(tuple(vocabulary))
            if abs(len(known) - len(word)) < 4
        ),
        reverse=True,
    )
    good = [(score, known) for score, known in scored if score >= _SURE]
    if not good:
        return None
    best = good[0]
    rivals = [known for score, known in good if score > best[0] - 4]
    meanings = {_meaning(known, vocabulary) for known in rivals}
    return best[1] if len(meanings) == 1 else None


def _meaning(word: str, vocabulary: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(vocabulary[part] for part in split(word, vocabulary) or () if part in vocabulary)


@lru_cache(maxsize=64)
def _compounds(vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """Known words and the compounds callers make of them for cuts."""
    cuts = tuple(
        who + what
        for who in ("herren", "damen", "kinder", "maenner", "frauen")
        for what in ("haarschnitt", "schnitt")
    )
    more = ("ansatzfaerbung", "bartpflege", "barttrimmen")
    return tuple(word for word in (*vocabulary, *cuts, *more) if len(word) >= 5)


def similarity(a: str, b: str) -> float:
    """0..100; equal sound (Cologne phonetics) weighs as much as spelling."""
    if a[:1] != b[:1]:
        return 0.0
    spelled = fuzz.ratio(a, b)
    return max(spelled, 90.0) if spelled >= 70 and sound(a) == sound(b) else spelled


def lexicon_with(words: Sequence[str]) -> dict[str, str]:
    """The lexicon and the catalogue's own words, each unknown one a concept of its own."""
    vocabulary = dict(WORDS)
    for word in words:
        if word in vocabulary or word in FILLERS or word in WITHOUT_CONCEPT or not word.isalpha():
            continue
        if split(word, WORDS) is None:
            vocabulary[word] = f"own:{word}"
    return vocabulary
