"""Which member of staff a caller wishes."""

import re
from collections.abc import Sequence
from typing import Literal

from rapidfuzz import fuzz

from appointments.rules.spelling import fold, sound
from calls.understanding.results import StaffMatch, StaffName
from calls.understanding.tokens import is_placeholder
from calls.understanding.word_sets import word_set

_WORD = re.compile(r"[^\W\d_]+|\d+|[,;]")
_ANYONE = re.compile(
    r"\b(egal|wurscht|wurst|schnuppe|gleichgueltig|irgend\w*|beliebig\w*|anyone|any|whoever|no preference"
    r"|(wer|der|die) (gerade |halt |dann |als erstes |zuerst )?(frei|zeit|verfuegbar|da|kann|dran)"
    r"|keine praeferenz|(kein|keinen) (besonderen |bestimmten |speziellen )?wunsch|keine[nr]? bestimmte\w*"
    r"|niemand(en)? bestimmte[nrs]?|spielt keine rolle|nicht wichtig|jede[rn]?|alle|hauptsache"
    r"|wen sie (haben|wollen))\b"
)
_SAME_AS = re.compile(
    r"\b(wie (immer|letztes mal|beim letzten mal|sonst)"
    r"|(gleiche|selbe|derselbe|dieselbe|denselben|stamm|uebliche)\w*|wieder|chefin?|meisterin?)\b"
)
_FILLERS = word_set(
    """
    aeh aehm also am an auf ausser bei beim bitte da dann das dem den der die doch dran
    ein eine einen einer einfach er es fraeulein frau frei friseur friseurin fuer ganz
    gehen geht gern gerne gut hab habe haben haette halt hat herr herrn hm ich ist ja
    kein keine kollege kollegin kommen liebe lieben lieber liebsten mal mein meine
    meinem meiner mich mir mit mitarbeiter mitarbeiterin moechte moeglich nee nehmen
    nein nicht noch nochmal notfalls nur oder ohne recht sie so sondern sonst statt
    stylist stylistin super termin toll unbedingt und vielleicht vom von waere weiss
    wenn wieder will wuerde zeit zu zuerst zum zur
    """
)
_CORRECTIONS = re.compile(r"\b(?:nein|nee|quatsch|ich meine|ich meinte|sondern|doch lieber|stattdessen)\b")
_NEGATED = re.compile(
    r"\b(?:nicht|keine?|ausser|ohne|statt)\b"
    r"(?: (?:bei|zu|zur|zum|mit|der|die|den|dem|von|frau|herrn?))* (\w+)"
)
_ALIKE = 82


def match_staff(text: str | None, *, staff: Sequence[StaffName]) -> StaffMatch:
    """The member a caller names. "Egal" is anyone; who is not known is `unknown`, never replaced (B13)."""
    if text is None or is_placeholder(text):
        return StaffMatch("missing")
    folded = fold(text)
    said = _CORRECTIONS.split(folded)[-1] if _find(_CORRECTIONS.split(folded)[-1], staff) else folded
    refused = {id_ for word in _NEGATED.findall(said) for id_ in _ids(_find(word, staff))}
    found = [member for member in _find(said, staff) if member.id not in refused]
    if len(found) == 1:
        return StaffMatch("resolved", found[0].id, found[0].name)
    if found or refused:
        others = found or [member for member in staff if member.id not in refused]
        return StaffMatch("ask", candidates=tuple(member.name for member in others))
    return StaffMatch(_without_name(said))


def _without_name(said: str) -> Literal["ask", "anyone", "unknown", "missing"]:
    if _SAME_AS.search(said):
        return "ask"  # whom the caller had last time is not known here
    if _ANYONE.search(said):
        return "anyone"
    named = any(word not in _FILLERS and word not in ",;" for word in _WORD.findall(said))
    return "unknown" if named else "missing"


def find_staff(text: str, *, staff: Sequence[StaffName]) -> StaffName | None:
    """The one member a phrase names; None if nobody or more than one fits."""
    found = _find(fold(text), staff)
    return found[0] if len(found) == 1 else None


def _ids(members: Sequence[StaffName]) -> set[int]:
    return {member.id for member in members}


def _find(folded: str, staff: Sequence[StaffName]) -> list[StaffName]:
    """Members named; exact words before similar ones, a full name before its parts."""
    words = [word for word in _WORD.findall(folded) if word not in _FILLERS]
    text = " ".join(words)
    full = [member for member in staff if f" {fold(member.name)} " in f" {text} "]
    if full:
        named = {part for member in full for part in fold(member.name).replace("-", " ").split()}
        others = _exact([word for word in words if word not in named], staff)
        return full + [member for member in others if member not in full]
    return _exact(words, staff) or _similar(words, staff)


def _exact(words: Sequence[str], staff: Sequence[StaffName]) -> list[StaffName]:
    """Members one of whose names was said; where several share it, those that fit every word."""
    hits = {member.id: len(_names(member) & set(words)) for member in staff}
    by_word = {word: [member for member in staff if word in _names(member)] for word in words}
    unique = [members[0] for members in by_word.values() if len(members) == 1]
    shared = [member for members in by_word.values() if len(members) > 1 for member in members]
    unsettled = [
        m
        for m in shared
        if not any(u in s for u in unique for s in by_word.values() if m in s and len(s) > 1)
    ]
    chosen = _ids([*unique, *unsettled])
    most = max(hits.values(), default=0)
    if most > 1 and sum(count == most for count in hits.values()) == 1 and not unique:
        return [member for member in staff if hits[member.id] == most]
    return [member for member in staff if member.id in chosen]


def _names(member: StaffName) -> set[str]:
    parts = {
        part for name in (member.name, *member.nicknames) for part in fold(name).replace("-", " ").split()
    }
    return parts | {fold(name) for name in member.nicknames}


def _similar(words: Sequence[str], staff: Sequence[StaffName]) -> list[StaffName]:
    """Members whose name sounds like a word of four letters or more ("Emmer", "Jonass")."""
    scores = {
        member.id: max((_likeness(word, name) for word in words for name in _names(member)), default=0.0)
        for member in staff
    }
    best = max(scores.values(), default=0.0)
    return [member for member in staff if best >= _ALIKE and scores[member.id] > best - 5]


def _likeness(heard: str, name: str) -> float:
    if len(heard) < 4 or len(name) < 4 or heard[0] != name[0]:
        return 0.0
    spelled = fuzz.ratio(heard, name)
    return max(spelled, 90.0) if sound(heard) == sound(name) and spelled >= 60 else spelled
