"""For whom a wish is: relatives, children by their age, and more than one person."""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from calls.understanding.numbers import CARDINALS
from calls.understanding.services.fillers import COUNTS, SEVERAL_OF
from calls.understanding.services.lexicon import AUDIENCES, CHILD, MEN, OFFSPRING, WOMEN
from calls.understanding.services.words import hear

_ADULT_FROM = 16
_ADULT_WORDS = re.compile(r"herren|maenner|damen|frauen")
_YEARS_OLD = re.compile(r"(\w+?)jaehrig\w*")
_YEARS = frozenset({"jahre", "jahr", "jahren", "j"})
_BEFORE_TIMES = frozenset({"um", "gegen", "ab", "halb", "viertel", "dreiviertel", "vor", "nach", "am"})
_AFTER_COUNTS = SEVERAL_OF | {"uhr", ":"}


def audience(words: Sequence[str], said: frozenset[str]) -> tuple[frozenset[str], bool]:
    """For whom, and whether only a question helps. `said` are the audiences the words name.

    A son or niece is a child below sixteen, and a question without an age.
    """
    offspring = [OFFSPRING[word] for word in words if word in OFFSPRING]
    age = age_of(words, said)
    if age is not None and age >= _ADULT_FROM and (offspring or CHILD in said):
        return frozenset(), True
    if offspring:
        return _of_offspring(offspring, age, said)
    if age is not None and age < _ADULT_FROM and said <= {MEN, WOMEN}:
        return frozenset({CHILD}), any(_ADULT_WORDS.search(word) for word in words)
    return said, len(said) > 1


def _of_offspring(
    offspring: Sequence[str], age: int | None, said: frozenset[str]
) -> tuple[frozenset[str], bool]:
    of_any_age = {CHILD, *offspring} if all(offspring) else {CHILD, MEN, WOMEN}
    possible = {CHILD} if age is not None else of_any_age
    if said and not said & possible:
        return frozenset(), True
    return frozenset(said & possible or possible), False


def age_of(words: Sequence[str], said: frozenset[str]) -> int | None:
    """How old the person is, in years, where the caller says it."""
    return _age(words, of_child=CHILD in said or any(word in OFFSPRING for word in words))


def _age(words: Sequence[str], *, of_child: bool) -> int | None:
    """An age in years: "acht Jahre", "achtjährig", and of a child any bare number."""
    for i, word in enumerate(words):
        compound = _YEARS_OLD.fullmatch(word)
        if compound and compound.group(1) in CARDINALS:
            return CARDINALS[compound.group(1)]
        number = int(word) if word.isdigit() and len(word) < 3 else CARDINALS.get(word)
        before = words[i - 1] if i else ""
        follows = words[i + 1] if i + 1 < len(words) else ""
        is_age = follows in _YEARS or follows.startswith("jaehrig")
        if number is not None and (
            is_age or (of_child and follows not in _AFTER_COUNTS and before not in _BEFORE_TIMES)
        ):
            return number
    return None


def are_several(words: Sequence[str], vocabulary: Mapping[str, str]) -> bool:
    """Whether two people are served: two services in one wish (german.md, services)."""
    counted = any(
        (word in COUNTS or word in ("2", "3")) and SEVERAL_OF & set(words[i + 1 : i + 3])
        for i, word in enumerate(words)
    )
    if counted or "beide" in words or "beiden" in words:
        return True
    joins = [i for i, word in enumerate(words) if word in ("und", "plus", "sowie", ",")]
    people = [(i, whom) for i, word in enumerate(words) if (whom := _whom(word, vocabulary))]
    return any(
        a_whom != b_whom and any(a < join < b for join in joins)
        for (a, a_whom), (b, b_whom) in combinations(people, 2)
    )


def _whom(word: str, vocabulary: Mapping[str, str]) -> str:
    """A person's key: the speaker, this very son, or an audience."""
    if word in ("mich", "mir", "uns"):
        return "speaker"
    if word in OFFSPRING:
        return word
    return "+".join(sorted(AUDIENCES.intersection(hear(word, vocabulary).concepts)))
