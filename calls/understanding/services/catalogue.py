"""A salon's services as concepts, so that nothing here is fitted to one salon."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calls.understanding.results import ServiceName
from calls.understanding.services.ages import Ages, ages_of
from calls.understanding.services.fillers import FILLERS
from calls.understanding.services.lexicon import AUDIENCES, CHILD, IMPLIES
from calls.understanding.services.words import hear, lexicon_with, pieces, squash

_PARENTHESIS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Profile:
    """One name of a service as concepts."""

    audience: frozenset[str]
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A service with a profile for each of its names, and the ages they set."""

    service: ServiceName
    profiles: tuple[Profile, ...]
    spellings: frozenset[str]
    ages: Ages

    @property
    def widest(self) -> frozenset[str]:
        """Every kind of work the service is or implies."""
        return wide(frozenset().union(*(profile.actions for profile in self.profiles)))

    @property
    def audience(self) -> frozenset[str]:
        return self.profiles[0].audience


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Entries, and the vocabulary their names were read with."""

    entries: tuple[Entry, ...]
    vocabulary: dict[str, str]


def wide(actions: frozenset[str]) -> frozenset[str]:
    """Actions and what they imply: a Balayage is also a colour."""
    return actions.union(*(IMPLIES.get(action, frozenset()) for action in actions))


def read_catalogue(services: Sequence[ServiceName]) -> Catalogue:
    """Concepts of every name and synonym."""
    names = [name for service in services for name in (service.name, *service.synonyms)]
    vocabulary = lexicon_with([word for name in names for word in pieces(name)])
    return Catalogue(tuple(_entry(service, vocabulary) for service in services), vocabulary)


def _entry(service: ServiceName, vocabulary: dict[str, str]) -> Entry:
    names = _readings(service.name) + list(service.synonyms)
    profiles = tuple(dict.fromkeys(_profile(name, vocabulary) for name in names))
    ages = ages_of((service.name, *service.synonyms), for_children=CHILD in profiles[0].audience)
    return Entry(service, profiles, frozenset(squash(name) for name in names), ages)


def _readings(name: str) -> list[str]:
    """The name, without its parenthesis, and each side of a slash."""
    plain = _PARENTHESIS.sub(" ", name).strip()
    sides = [side.strip() for side in plain.split("/")] if "/" in plain else []
    return list(dict.fromkeys([name, plain, *sides]))


def _profile(name: str, vocabulary: dict[str, str]) -> Profile:
    concepts = {
        c
        for word in pieces(name)
        if word not in FILLERS or word in vocabulary
        for c in hear(word, vocabulary).concepts
    }
    return Profile(frozenset(concepts & AUDIENCES), frozenset(concepts - AUDIENCES))
