"""Takes a sentence apart: which of its words say the day, the time, with whom, and what for.

The words themselves are not understood here; they are handed over as they were typed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from appointments.rules.spelling import fold
from calls.understanding.numbers import CARDINALS, ORDINALS
from calls.understanding.word_sets import word_set

_OTHERWISE = re.compile(r"\b(?:und )?wenn (?:das|es) nicht (?:geht|klappt|passt)\b", re.IGNORECASE)
_SAME_DAY = re.compile(r"\b(?:gleiche[rnm]?|(?:den|dem|am |an )?selben) tag\b", re.IGNORECASE)
_TOKEN = re.compile(r"\d+[.:]\d+\.?(?:\d{2,4})?|\d+\.?|[^\W\d_]+(?:-[^\W\d_]+)*")
_DAY_PARTS = ("frueh", "morgen", "vormittag", "mittag", "nachmittag", "abend", "nacht")
_WEEKDAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag")
_DAY = word_set(
    """
    heute morgen uebermorgen woche wochen tage tagen monat wochenende
    januar februar maerz april mai juni juli august september oktober november dezember
    weihnachten silvester ostern pfingsten
    """
)
_TIME = word_set("uhr halb viertel dreiviertel stunde stunden")
_TIME |= {part + ending for part in _DAY_PARTS[1:] for ending in ("", "s")} - {"morgen"} | {"frueh"}
_BEFORE_DAY = word_set(
    "am den dem der naechste naechsten naechster naechstes kommende kommenden diese diesen"
)
_BEFORE_DAY |= word_set("dieser uebernaechste uebernaechsten in anfang mitte ende")
_BEFORE_TIME = word_set("um gegen ab bis vor nach zwischen von so circa ca ungefaehr spaetestens fruehestens")
_FILLERS = word_set(
    """
    ich wir hallo guten tag bitte danke ja nein nee doch lieber gern gerne haette haetten moechte
    moechten will wollen brauche brauchen einen eine ein nen ne termin termine buchen machen vereinbaren
    ausmachen fuer mich uns da noch was frei haben sie es ist das geht ginge kann koennte mal einmal den
    die der dem zum zur und oder aber auch dann also aeh aehm hm ok okay von ihnen etwas bei mit zu an
    am im in auf neuen neuer bald moeglichst schnell naechstmoeglich naechstmoeglichen wie moeglich so
    gut passt mir waere wann egal kommen lassen muss soll sollte jemand anders andere anderen
    zusaetzlich verschieben absagen stornieren meinen mein leider jetzt gerade bestehenden sondern
    stattdessen nicht keine keinen brauch kannst du koennen schieben n wuerde habe hab dir euch ihr
    uhrzeit zeit sonst notfalls denn eigentlich halt ach moment schon nochmal
    kostet kosten preis preise dauert lange bieten angebot viel
    """
)
# Between two of a kind they belong to both.
_JOINS = word_set("und oder sonst notfalls")
_WITH = re.compile(r"\b(?:bei|mit|zu)\s+((?:(?:frau|herrn?)\s+)?[A-ZÄÖÜ][\w-]+)", re.IGNORECASE)
_NOBODY = word_set("mir ihnen dir uns einem einer der dem den meiner meinem waschen schneiden foehnen")


@dataclass(frozen=True, slots=True)
class Parts:
    """Each empty where nothing of the kind was said."""

    day: str = ""
    time: str = ""
    staff: str = ""
    service: str = ""

    @property
    def says_when(self) -> bool:
        return bool(self.day or self.time)


def take_apart(sentence: str) -> Parts:
    staff = _staff(sentence)
    rest = sentence.replace(staff, " ") if staff else sentence
    rest = _OTHERWISE.sub(" sonst ", _SAME_DAY.sub(" ", rest))
    kinds = _kinds(_TOKEN.findall(rest))
    return Parts(
        day=_joined(kinds, "day"), time=_joined(kinds, "time"), staff=staff, service=_joined(kinds, "other")
    )


def _staff(sentence: str) -> str:
    for match in _WITH.finditer(sentence):
        name = match[1]
        if fold(name) not in _NOBODY and name[:1].isupper():
            return name
    return ""


def _joined(kinds: Iterable[tuple[str, str]], wanted: str) -> str:
    return " ".join(word for word, kind in kinds if kind == wanted)


def _kinds(tokens: list[str]) -> list[tuple[str, str]]:
    """Every word with what it is about. Small words belong to what follows them."""
    own = [_own_kind(tokens, place) for place in range(len(tokens))]
    kinds = []
    for place, (token, kind) in enumerate(zip(tokens, own, strict=True)):
        after = own[place + 1] if place + 1 < len(own) else ""
        later = own[place + 2] if place + 2 < len(own) else ""
        word = fold(token)
        if kind == "glue":
            kind = after if after in ("day", "time") else later if after == "glue" else ""  # noqa: PLW2901
        elif kind == "other" and word in _FILLERS:
            following = later if after == "glue" else after
            joins = word in _JOINS and place and own[place - 1] == following
            kind = following if joins and following in ("time", "other") else ""  # noqa: PLW2901
        kinds.append((token, kind))
    return kinds


def _own_kind(tokens: list[str], place: int) -> str:
    word = fold(tokens[place])
    following = fold(tokens[place + 1]) if place + 1 < len(tokens) else ""
    is_day = word in _DAY or word.startswith(_WEEKDAYS) or (word in ORDINALS and word not in CARDINALS)
    if word in _TIME or (word in ("ein", "eins") and following == "uhr"):
        return "time"
    if is_day or _is_date(tokens[place]):
        return "day"
    if word in CARDINALS or word.isdecimal() or ":" in word:
        return "day" if following.startswith(("tag", "woche")) else "time"
    return "glue" if word in _BEFORE_DAY or word in _BEFORE_TIME else "other"


def _is_date(token: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}\.(?:\d{1,2}\.?(?:\d{2,4})?)?", token))
