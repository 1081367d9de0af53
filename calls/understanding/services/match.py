"""`match_service`: exact, then synonym, then the one service whose concepts fit; a tie is a question."""

from collections.abc import Sequence

from calls.understanding.results import ServiceMatch, ServiceName
from calls.understanding.services.catalogue import Catalogue, Entry, read_catalogue, wide
from calls.understanding.services.wish import Wish, read_wish
from calls.understanding.services.words import squash
from calls.understanding.tokens import is_placeholder

_NO_WORK_ALONE = frozenset({"whole"})
_KIND_OF = {"tint": "colour", "bridal": "updo"}


def match_service(text: str | None, *, services: Sequence[ServiceName]) -> ServiceMatch:
    """The service a caller means; never a default (B4), never another audience's (B5).

    Work no service does is `not_offered`, also when one word of it fits a service.
    Several services, people or durations that do not fit are asked.
    """
    if text is None or is_placeholder(text):
        return ServiceMatch("ask")
    named = _spelled_like(squash(text), services)
    if named:
        return _one_of(named)
    catalogue = read_catalogue(services)
    wish = read_wish(text, catalogue.vocabulary)
    spelled = _spelled_like(wish.plain, services) if wish.plain and not wish.audience else []
    if len(spelled) == 1 and not wish.doubtful and not wish.excluded:
        return _with_minutes(spelled, wish)
    return _by_concepts(wish, catalogue)


def _spelled_like(spelling: str, services: Sequence[ServiceName]) -> list[ServiceName]:
    """Services of that very name; without one, those with that very synonym (B10)."""
    exact = [service for service in services if squash(service.name) == spelling]
    return exact or [s for s in services if any(squash(synonym) == spelling for synonym in s.synonyms)]


def _one_of(found: Sequence[ServiceName]) -> ServiceMatch:
    if len(found) == 1:
        return ServiceMatch("resolved", found[0].id, found[0].name)
    return ServiceMatch("ask", candidates=_names(found))


def _names(services: Sequence[ServiceName]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(service.name for service in services))


def _by_concepts(wish: Wish, catalogue: Catalogue) -> ServiceMatch:
    entries = [entry for entry in catalogue.entries if not _is_excluded(entry, wish)]
    of_age = [entry for entry in entries if wish.age is None or entry.ages[0] <= wish.age <= entry.ages[1]]
    match = _among(of_age, wish)
    if match.status == "resolved" or len(of_age) == len(entries):
        return match
    too_old = _among(entries, wish)  # a boy of fourteen for "Kinderhaarschnitt bis 12": worth a question
    if too_old.status == "resolved" and too_old.name:
        return ServiceMatch("ask", candidates=(too_old.name,))
    return too_old


def _among(entries: Sequence[Entry], wish: Wish) -> ServiceMatch:
    actions, must_ask = _offered_kind(wish.actions, entries)
    if actions <= _NO_WORK_ALONE:
        return _without_work(wish, entries)
    if wish.doubtful:
        return ServiceMatch(
            "ask", candidates=_names([e.service for e in entries if actions <= wide(e.widest)])
        )
    found = _fitting(actions, wish, entries)
    if found:
        return _decide(found, wish, must_ask=must_ask)
    return _nothing_fits(actions, wish, entries)


def _is_excluded(entry: Entry, wish: Wish) -> bool:
    """As in "Schneiden ohne Waschen" is no package with washing."""
    return bool(wish.excluded & entry.profiles[0].actions)


def _offered_kind(actions: frozenset[str], entries: Sequence[Entry]) -> tuple[frozenset[str], bool]:
    """A tint the salon does not list is some colour: worth a question. A bride's hair is put up."""
    unlisted = {a for a in actions if a in _KIND_OF and not any(a in entry.widest for entry in entries)}
    return (actions - unlisted) | {_KIND_OF[a] for a in unlisted}, "tint" in unlisted


def _without_work(wish: Wish, entries: Sequence[Entry]) -> ServiceMatch:
    """No kind of work was named: a duration or an audience may still point somewhere."""
    if wish.excluded or wish.doubtful:
        return ServiceMatch("ask")
    if wish.minutes is not None:
        lasting = [entry.service for entry in entries if entry.service.minutes == wish.minutes]
        return ServiceMatch("ask", candidates=_names(lasting))
    if wish.audience:
        own = [entry.service for entry in entries if entry.audience & wish.audience]
        if len(own) == 1 and len(wish.audience) == 1 and not wish.names_no_work and not wish.unknown:
            return _one_of(own)
        return ServiceMatch("ask", candidates=_names(own))
    if wish.unknown and not wish.names_no_work:
        return ServiceMatch("not_offered")
    return ServiceMatch("ask")


def _fitting(actions: frozenset[str], wish: Wish, entries: Sequence[Entry]) -> list[Entry]:
    """Entries whose work is just this; failing that, whose work includes it. Audiences never mix (B5)."""
    allowed = [entry for entry in entries if _is_for(entry, wish)]
    same_work = [entry for entry in entries if any(p.actions == actions for p in entry.profiles)]
    for_them = [
        entry
        for entry in same_work
        if any(p.actions == actions and p.audience == wish.audience for p in entry.profiles)
    ]
    exact = for_them or [entry for entry in same_work if entry in allowed]
    if exact or (same_work and wish.audience):
        return exact  # a barber's "Haarschnitt + Bart" is no answer to "Damenhaarschnitt"
    return [entry for entry in allowed if actions <= entry.widest and _keeps_to_one_name(actions, entry)]


def _is_for(entry: Entry, wish: Wish) -> bool:
    return not wish.audience or not entry.audience or bool(entry.audience & wish.audience)


def _keeps_to_one_name(actions: frozenset[str], entry: Entry) -> bool:
    return any(actions <= wide(profile.actions) for profile in entry.profiles)


def _decide(found: Sequence[Entry], wish: Wish, *, must_ask: bool) -> ServiceMatch:
    services = [entry.service for entry in found]
    if must_ask or (len(services) > 1 and wish.minutes is None):
        return ServiceMatch("ask", candidates=_names(services))
    if wish.alternatives and len(wish.groups) > 1:
        return ServiceMatch("ask", candidates=_names(services))
    return _with_minutes(services, wish)


def _with_minutes(services: Sequence[ServiceName], wish: Wish) -> ServiceMatch:
    """A duration said must be the service's (B3)."""
    if wish.minutes is None:
        return _one_of(services)
    lasting = [service for service in services if service.minutes == wish.minutes]
    return (
        _one_of(lasting) if len(lasting) == 1 else ServiceMatch("ask", candidates=_names(lasting or services))
    )


def _nothing_fits(actions: frozenset[str], wish: Wish, entries: Sequence[Entry]) -> ServiceMatch:
    """Several works that are offered one by one are a question; work nobody does is not offered."""
    allowed = [entry for entry in entries if _is_for(entry, wish)]
    if wish.audience and any(p.actions == actions for entry in entries for p in entry.profiles):
        return ServiceMatch("not_offered")  # the work is done, but not for them
    partly = [
        entry.service for entry in allowed if any(p.actions and p.actions <= actions for p in entry.profiles)
    ]
    joined = len(wish.groups) > 1
    near = partly or [entry.service for entry in allowed if actions & entry.profiles[0].actions]
    if all(any(action in wide(entry.widest) for entry in allowed) for action in actions) and near:
        return ServiceMatch("ask", candidates=_names(near))
    if joined and near:
        return ServiceMatch("ask", candidates=_names(near))
    return ServiceMatch("not_offered")
