"""What a caller says about the work: kinds of work, for whom, how long, and what is not wished."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calls.understanding.numbers import CARDINALS
from calls.understanding.services.fillers import FILLERS, NAMES_NO_WORK
from calls.understanding.services.lexicon import AUDIENCES, OFFSPRING
from calls.understanding.services.people import age_of, are_several, audience
from calls.understanding.services.words import hear, pieces

_CORRECTIONS = (
    ("doch", "lieber"), ("lieber", "doch"), ("ich", "meine"),
    ("ich", "meinte"), ("sondern",), ("nein",), ("nee",),
    ("quatsch",), ("besser", "gesagt"), ("falsch",), ("entschuldigung",), ("vielmehr",), ("stattdessen",),
)  # fmt: skip
_NEGATIONS = frozenset(
    ["nicht", "kein", "keine", "keinen", "keiner", "ohne", "ned", "net", "nich", "ausser", "statt", "anstatt"]
)
_JOINERS = frozenset(
    {"und", "mit", "plus", "sowie", ",", "&", "+", "/", "dazu", "danach", "anschliessend", ";"}
)
_CLAUSE_ENDS = frozenset({",", ".", ";", "aber", "sondern", "und", "nur", "bitte", "oder"})
_TITLES = frozenset({"frau", "herr", "herrn"})
_POSSESSIVES = re.compile(r"^(mein|dein|sein|ihr|unser|ein|eine|die|der|den|einer|eure?)")


@dataclass(frozen=True, slots=True)
class Wish:
    """`audience`: for whom, empty if not said. `doubtful` says why only a question helps.

    `groups` are the kinds of work between joining words; `minutes` the duration said;
    `age` the person's, in years; `alternatives`: two works with "oder" between.
    """

    actions: frozenset[str]
    audience: frozenset[str]
    excluded: frozenset[str] = frozenset()
    groups: tuple[frozenset[str], ...] = ()
    minutes: int | None = None
    age: int | None = None
    unknown: tuple[str, ...] = ()
    plain: str = ""
    doubtful: bool = False
    names_no_work: bool = False
    alternatives: bool = False


def read_wish(text: str, vocabulary: Mapping[str, str]) -> Wish:
    """A wish; after a correction its last part counts, if it says anything."""
    words = _after_correction(_without_people_names(pieces(text)), vocabulary)
    minutes, words = _minutes(words)
    negated = _negated(words, vocabulary)
    kept = [word for i, word in enumerate(words) if i not in negated]
    groups = _groups(kept, vocabulary)
    concepts = frozenset().union(*groups)
    excluded = {c for i in negated for c in hear(words[i], vocabulary).concepts} - AUDIENCES - concepts
    for_whom, doubtful = audience(kept, concepts & AUDIENCES)
    unknown = tuple(w for w in kept if w.isalpha() and not hear(w, vocabulary).known and w not in OFFSPRING)
    return Wish(
        actions=concepts - AUDIENCES,
        audience=for_whom,
        excluded=frozenset(excluded),
        groups=tuple(group - AUDIENCES for group in groups if group - AUDIENCES),
        minutes=minutes,
        age=age_of(kept, concepts & AUDIENCES),
        unknown=unknown,
        plain="".join(w for w in kept if w.isalnum() and (w in vocabulary or w not in FILLERS)),
        doubtful=doubtful or are_several(kept, vocabulary),
        names_no_work=any(word in NAMES_NO_WORK for word in words),
        alternatives="oder" in kept,
    )


def _without_people_names(words: Sequence[str]) -> list[str]:
    """As in "bei Frau Keller": the title is no audience and the name no work."""
    kept: list[str] = []
    i = 0
    while i < len(words):
        before = words[i - 1] if i else ""
        follows = words[i + 1] if i + 1 < len(words) else ""
        if (
            words[i] in _TITLES
            and follows.isalpha()
            and follows not in FILLERS
            and not _POSSESSIVES.match(before)
        ):
            i += 2
            continue
        kept.append(words[i])
        i += 1
    return kept


def _after_correction(words: list[str], vocabulary: Mapping[str, str]) -> list[str]:
    for i in range(len(words) - 1, -1, -1):
        for correction in _CORRECTIONS:
            rest = words[i + len(correction) :]
            if tuple(words[i : i + len(correction)]) == correction and any(
                hear(w, vocabulary).concepts for w in rest
            ):
                before = [w for w in words[:i] if w in OFFSPRING]
                return [*before, *rest]
    return words


def _minutes(words: list[str]) -> tuple[int | None, list[str]]:
    """A duration ("30 Minuten", "halbe Stunde") in minutes, and the words without it."""
    for i, word in enumerate(words[:-1]):
        unit = words[i + 1]
        number = int(word) if word.isdigit() else CARDINALS.get(word)
        if number is not None and (unit in ("min", "minuten", "minute") or unit.startswith("minuetig")):
            return number, words[:i] + words[i + 2 :]
        if unit in ("stunde", "stunden"):
            hours = {
                "halbe": 30,
                "halben": 30,
                "anderthalb": 90,
                "eineinhalb": 90,
                "eine": 60,
                "einer": 60,
                "einen": 60,
            }
            total = hours.get(word, number * 60 if number is not None else None)
            if total is not None:
                return total, words[:i] + words[i + 2 :]
    return None, words


def _negated(words: Sequence[str], vocabulary: Mapping[str, str]) -> set[int]:
    """Positions taken back: "ohne Waschen", "färben nicht"."""
    taken: set[int] = set()
    for i, word in enumerate(words):
        if word not in _NEGATIONS or words[i + 1 : i + 2] == ["nur"]:
            continue
        ends = _CLAUSE_ENDS - {"und"} if word == "ohne" else _CLAUSE_ENDS
        end = i + 1
        while end < len(words) and words[end] not in ends:
            end += 1
        scope = [n for n in range(i + 1, end) if hear(words[n], vocabulary).concepts]
        if not scope:
            start = i
            while start > 0 and words[start - 1] not in _CLAUSE_ENDS:
                start -= 1
            scope = [n for n in range(start, i) if hear(words[n], vocabulary).concepts]
        taken.update(scope)
    return taken


def _groups(words: Sequence[str], vocabulary: Mapping[str, str]) -> list[frozenset[str]]:
    """Concepts between joining words; a beard's cut and care belong to the beard."""
    groups: list[set[str]] = [set()]
    for i, word in enumerate(words):
        if word in _JOINERS:
            groups.append(set())
        concepts = {"cut" if concept == "trim" else concept for concept in hear(word, vocabulary).concepts}
        if "beard" in concepts:
            concepts -= {"cut", "care"}
        elif concepts == {"cut"} and "haar" not in word and _follows_beard(words, i, vocabulary):
            continue
        groups[-1] |= concepts
    every = set().union(*groups)
    if "beard" in every and "cut" not in every and len(groups) > 1 and {"haar", "haare"} & set(words):
        groups.append({"cut"})  # "Haare und Bart" are two works
    return [frozenset(group) for group in groups]


def _follows_beard(words: Sequence[str], i: int, vocabulary: Mapping[str, str]) -> bool:
    """As in "Bart schneiden", "den Bart trimmen lassen": right after the beard."""
    return i > 0 and "beard" in hear(words[i - 1], vocabulary).concepts
