"""Which user at Cal.com is which stylist. Decides on what it is given; asks nobody, stores nothing."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from integrations.calcom.types import Member
from integrations.mapping import names


class Verdict(TextChoices):
    KNOWN = "known", _("mapped")
    CERTAIN = "certain", _("same e-mail address")
    PROPOSED = "proposed", _("same name")
    ASKED = "asked", _("please decide")
    TAKEN = "taken", _("somebody else has this calendar")
    CONTRADICTED = "contradicted", _("mapped, but the e-mail address is somebody else's at Cal.com")
    GONE = "gone", _("mapped to a user whom Cal.com does not show")
    NOBODY = "nobody", _("nobody found")


# What may be stored: the first without being asked.
STORABLE = (Verdict.CERTAIN, Verdict.PROPOSED)


@dataclass(frozen=True, slots=True)
class Person:
    """A stylist; ``user_id`` is the host they have so far."""

    pk: int
    name: str
    email: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """``user`` where there is one answer, ``candidates`` where a person has to decide."""

    person: Person
    verdict: Verdict
    user: Member | None = None
    candidates: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """One match for each person, and the users who are nobody's calendar."""

    matches: tuple[Match, ...]
    unmatched: tuple[Member, ...]

    def storable(self, *, accept_names: bool) -> list[Match]:
        wanted = STORABLE if accept_names else STORABLE[:1]
        return [match for match in self.matches if match.verdict in wanted]


def match(people: Sequence[Person], users: Sequence[Member], *, taken: Collection[int] = ()) -> Matching:
    """``taken``: ids that belong to stylists who are not among ``people``, former ones above all.

    An e-mail address shared by two people or two users decides nothing (incident 1: a wrong host is
    worse than none).
    """
    held = {*taken, *(person.user_id for person in people if person.user_id is not None)}
    by_email = [_known_or_by_email(person, people, users, held) for person in people]
    certain = {
        each.user.user_id for each in by_email if each and each.verdict == Verdict.CERTAIN and each.user
    }
    free = [user for user in users if user.user_id not in held | certain]
    open_people = [person for person, found in zip(people, by_email, strict=True) if found is None]
    matches = tuple(
        found or _by_name(person, open_people, free) for person, found in zip(people, by_email, strict=True)
    )
    said = {each.user.user_id for each in matches if each.user} | held
    return Matching(matches, tuple(user for user in users if user.user_id not in said))


def _known_or_by_email(
    person: Person, people: Sequence[Person], users: Sequence[Member], held: Collection[int]
) -> Match | None:
    theirs = [user for user in users if person.email and _email(user) == _email(person)]
    if person.user_id is not None:
        return _known(person, theirs, users)
    sharing = Counter(_email(other) for other in people)[_email(person)]
    if not theirs:
        return None
    if len(theirs) > 1 or sharing > 1:
        return Match(person, Verdict.ASKED, candidates=tuple(theirs))
    (user,) = theirs
    return Match(person, Verdict.TAKEN if user.user_id in held else Verdict.CERTAIN, user)


def _known(person: Person, theirs: Sequence[Member], users: Sequence[Member]) -> Match:
    """What is stored stays; where the e-mail address says otherwise, a person decides."""
    known = next((user for user in users if user.user_id == person.user_id), None)
    if theirs and known not in theirs:
        return Match(person, Verdict.CONTRADICTED, known, tuple(theirs))
    return Match(person, Verdict.KNOWN if known else Verdict.GONE, known)


def _by_name(person: Person, people: Sequence[Person], free: Sequence[Member]) -> Match:
    exact = [user for user in free if names.same(person.name, user.name)]
    namesakes = sum(names.same(person.name, other.name) for other in people)
    if len(exact) == 1 and namesakes == 1:
        return Match(person, Verdict.PROPOSED, exact[0])
    candidates = exact or [user for user in free if names.similar(person.name, user.name)]
    verdict = Verdict.ASKED if candidates else Verdict.NOBODY
    return Match(person, verdict, candidates=tuple(candidates))


def _email(somebody: Person | Member) -> str:
    return somebody.email.strip().casefold()
