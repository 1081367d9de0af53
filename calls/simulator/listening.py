"""Understands a caller by simple rules, where the voice platform has a model.

Only what leads where is decided here; what the words mean, the server says.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.rules.spelling import fold
from calls import sentences
from calls.flow import spoken
from calls.flow import variables as v
from calls.flow.surnames import SURNAMES
from calls.simulator.following import State
from calls.simulator.words import Parts, take_apart
from calls.understanding import understand_yes

_MOVES = re.compile(r"verschieb|verleg|umbuch|schieben|aendern")
_CANCELS = re.compile(r"absag|stornier|abbestell")
_ASKS_OWN = re.compile(r"(wann|welche[nr]?|was).{0,25}mein|meine termine|weiss.{0,20}nicht mehr")
_ASKS_HOURS = re.compile(r"geoeffnet|oeffnungszeit|habt ihr.{0,9} auf\b|haben sie.{0,20} auf\b|offen")
_ASKS_SERVICES = re.compile(
    r"was (bieten|kostet|machen)|preis|kosten|dienstleistung|angebot|wie lange dauert"
)
_ASKS_TODAY = re.compile(r"welcher (wochen)?tag|welches datum|sind sie sicher|bist du sicher")
_WANTS_HUMAN = re.compile(r"mensch|mitarbeiter|rueckruf|zurueckruf|chefin|\bchef\b")
_FAREWELL = re.compile(r"tschuess|auf wiederhoeren|wiedersehen|das war.?s|nichts mehr|das ist alles|bis dann")
_WANTS_TIME = re.compile(r"termin|buchen|frei\b|kommen")
_GREETS = re.compile(r"\b(hallo|guten (tag|morgen|abend)|gruess|moin|servus)")
_SOON = re.compile(r"bald|naechstmoeglich|schnell|wann.{0,20}frei|egal")
_MORE = re.compile(r"\bander[es]|sonst|passt.{0,9}nicht|kein.{0,12} passt|weitere|noch was|spaeter|frueher")
_PLACE = re.compile(r"\b(erste|zweite|dritte|vierte|fuenfte|letzte)[nrs]?\b")
_PLACES = {"erste": "1", "zweite": "2", "dritte": "3", "vierte": "4", "fuenfte": "5", "letzte": "3"}
_OTHER_PERSON = re.compile(r"fuer (mein|unser|jemand|eine freund)")
_WHICH = re.compile(r"\b(den|der|mein termin)\b.{0,12}\b(am|um|vom|von)\b")
_NUMBER = re.compile(r"\+?\d[\d /-]{5,}\d")
_LETTERS = re.compile(r"(?:\b[A-ZÄÖÜa-zäöüß]\b[\s.,-]*){3,}")
_WISH = (v.WISH_SERVICE, v.WISH_DAY, v.WISH_TIME, v.WISH_STAFF, v.FOR_OTHER)

Leads = Callable[["Heard"], bool]


class Heard:
    """One utterance, from all sides."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.folded = fold(words)
        self.parts: Parts = take_apart(words)
        self.yes = understand_yes(words)

    def says(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.search(self.folded))

    @property
    def wants_something_else(self) -> bool:
        """Another matter than making an appointment."""
        questions = (_MOVES, _CANCELS, _ASKS_OWN, _ASKS_HOURS, _ASKS_SERVICES, _ASKS_TODAY, _WANTS_HUMAN)
        return any(self.says(each) for each in questions)

    @property
    def changes_the_matter(self) -> bool:
        """From a new appointment to one that there is."""
        return any(self.says(each) for each in (_MOVES, _CANCELS, _ASKS_OWN))

    @property
    def wants_appointment(self) -> bool:
        if self.wants_something_else or self.says(_FAREWELL):
            return False
        parts = self.parts
        return bool(self.says(_WANTS_TIME) or parts.says_when or (parts.service and self.yes is None))

    @property
    def has_a_wish(self) -> bool:
        return bool(self.parts.service and self.parts.says_when)


def _names(heard: Heard, *, day: bool, time: bool) -> bool:
    return (bool(heard.parts.day), bool(heard.parts.time)) == (day, time)


def _corrects(*, day: bool, time: bool) -> Leads:
    return lambda heard: _names(heard, day=day, time=time) and not heard.changes_the_matter


def _agrees(heard: Heard) -> bool:
    return heard.yes is True and not heard.parts.says_when


def _declines(heard: Heard) -> bool:
    return heard.yes is False


# By the node an edge leads to (without the number of the round): whether these words lead there.
LEADS: Mapping[str, Leads] = {
    "take_wish": lambda heard: heard.wants_appointment and heard.has_a_wish,
    "ask_wish": lambda heard: heard.wants_appointment,
    "take_soon": lambda heard: heard.says(_SOON),
    "take_move": lambda heard: heard.says(_MOVES),
    "take_cancel": lambda heard: heard.says(_CANCELS),
    "appointments": lambda heard: heard.says(_ASKS_OWN),
    "take_day": lambda heard: heard.says(_ASKS_HOURS) or (bool(heard.parts.day) and not heard.parts.service),
    "take_service": lambda heard: heard.says(_ASKS_SERVICES),
    "context": lambda heard: heard.says(_ASKS_TODAY),
    "offer_callback": lambda heard: heard.says(_WANTS_HUMAN),
    "goodbye": lambda heard: heard.says(_FAREWELL) or _declines(heard),
    "revalidate": _agrees,
    "move": _agrees,
    "cancel": _agrees,
    "take_reason": lambda heard: heard.yes is True or heard.says(_WANTS_HUMAN),
    "pick": lambda heard: heard.says(_PLACE),
    "pick_move": lambda heard: heard.says(_PLACE),
    "pick_cancel": lambda heard: heard.says(_PLACE),
    "correct_time": _corrects(day=False, time=True),
    "correct_day": _corrects(day=True, time=False),
    "correct_day_and_time": _corrects(day=True, time=True),
    "correct_service": lambda heard: (
        bool(heard.parts.service)
        and heard.yes is not False
        and not (heard.says(_MORE) or heard.changes_the_matter or heard.says(_WANTS_HUMAN))
    ),
    "correct_staff": lambda heard: bool(heard.parts.staff) and not heard.changes_the_matter,
    "correct_move_time": lambda heard: not heard.says(_WHICH) and _names(heard, day=False, time=True),
    "correct_move_day": lambda heard: not heard.says(_WHICH) and _names(heard, day=True, time=False),
    "correct_move_day_and_time": lambda heard: not heard.says(_WHICH) and _names(heard, day=True, time=True),
    "correct_move_old": lambda heard: heard.parts.says_when,
    "correct_cancel": lambda heard: heard.parts.says_when,
    "more": lambda heard: heard.says(_MORE),
    "still_searching": lambda heard: heard.says(_MORE),
    "release": _declines,
    "concern": _declines,
    "take_new_time": lambda heard: heard.parts.says_when or heard.yes is True or "weiter" in heard.folded,
    "take_name": lambda heard: heard.yes is not False,
    "take_spelling": lambda heard: heard.yes is not False,
    "take_name_again": lambda heard: heard.yes is not False,
    "take_number": lambda heard: heard.says(_NUMBER),
    "try_again": lambda heard: heard.yes is True or "versuch" in heard.folded,
}
ROUND = re.compile(r"_\d+$")


class RuleListener:
    """Everything it knows of a conversation is in its :class:`State`."""

    def choose(self, node: Mapping[str, Any], state: State) -> str | None:
        heard = Heard(state.heard[-1])
        destinations = [str(edge["destination_node_id"]) for edge in node["edges"]]
        chosen = next((each for each in destinations if LEADS[ROUND.sub("", each)](heard)), None)
        if node["id"] == "ask_wish":
            chosen = self._with_what_was_said_before(heard, chosen, state)
        elif chosen in ("ask_wish", "take_wish"):
            for variable in _WISH:
                state.variables[variable.name] = variable.default
            _note_wish(heard, state)
        return chosen

    def _with_what_was_said_before(self, heard: Heard, chosen: str | None, state: State) -> str | None:
        """Service and time may come one after the other."""
        if heard.wants_something_else or heard.says(_FAREWELL):
            return chosen
        if _declines(heard) and not heard.parts.says_when:
            return "concern"
        _note_wish(heard, state)
        known = state.variables
        if not known["wish_service"]:
            return None
        if known["wish_day"] or known["wish_time"]:
            return "take_wish"
        return "take_soon" if heard.says(_SOON) else None

    def extract(self, variable: Mapping[str, Any], state: State) -> str | None:
        heard = Heard(state.heard[-1])
        return EXTRACTS[variable["name"]](heard, state)

    def say(self, node: Mapping[str, Any], state: State) -> str:
        with translation.override(settings.LANGUAGE_CODE):
            if node["id"] != "ask_wish":
                return spoken.what_then()
            if state.variables["wish_service"]:
                return sentences.which_day_and_time()
            return sentences.which_service(())

    def pardon(self, node: Mapping[str, Any], state: State) -> str:
        """A yes to several times is asked which of them; who greets is greeted."""
        destinations = {ROUND.sub("", str(edge["destination_node_id"])) for edge in node["edges"]}
        with translation.override(settings.LANGUAGE_CODE):
            heard = Heard(state.heard[-1])
            if heard.yes and any(each.startswith("pick") for each in destinations):
                return sentences.which_offer()
            if heard.says(_GREETS) and not heard.parts.service:
                return spoken.greeting()
            return _("I am sorry, I did not understand that. Would you please say it in other words?")


def _note_wish(heard: Heard, state: State) -> None:
    """Into the variables; what was not said stays as it is."""
    parts = heard.parts
    said = {"wish_service": parts.service, "wish_day": parts.day, "wish_time": parts.time}
    said |= {"wish_staff": parts.staff, "for_other": v.YES if heard.says(_OTHER_PERSON) else ""}
    state.variables.update({name: value for name, value in said.items() if value})


def _part(name: str) -> Callable[[Heard, State], str | None]:
    return lambda heard, _state: getattr(heard.parts, name) or None


def _place(heard: Heard, _state: State) -> str | None:
    match = _PLACE.search(heard.folded)
    return _PLACES[match[1]] if match else None


def _before_and_after(heard: Heard) -> tuple[Parts, Parts]:
    """Of "von elf auf vierzehn Uhr" both halves; otherwise all of it is the new time."""
    old, _separator, new = heard.words.partition(" auf ")
    if not new:
        return Parts(), heard.parts
    return take_apart(old), take_apart(new)


def _old(name: str) -> Callable[[Heard, State], str | None]:
    def value(heard: Heard, state: State) -> str | None:
        old = heard.parts if state.node.startswith("correct_move_old") else _before_and_after(heard)[0]
        return getattr(old, name) or ""

    return value


def _new(name: str) -> Callable[[Heard, State], str | None]:
    """As :func:`_old`; what a correction does not name stays."""

    def value(heard: Heard, state: State) -> str | None:
        said: str = getattr(_before_and_after(heard)[1], name)
        return said or ("" if state.node == "take_move" else None)

    return value


def _cancelled(name: str) -> Callable[[Heard, State], str | None]:
    return lambda heard, _state: getattr(heard.parts, name) or ""


def _name(heard: Heard, state: State) -> str | None:
    """Letters one by one are a surname spelt; the first name has been said before."""
    spelt = _LETTERS.search(heard.words)
    if not spelt:
        return heard.words.strip()
    surname = "".join(re.findall(r"[^\W\d_]", spelt[0])).title()
    before = state.variables["name"].split()
    return f"{before[0]} {surname}" if before else surname


def _is_clear(heard: Heard, _state: State) -> str | None:
    known = {fold(each) for each in SURNAMES}
    last = heard.folded.split()[-1:] or [""]
    return v.YES if last[0].strip(".!") in known or _LETTERS.search(heard.words) else v.NO


def _number(heard: Heard, _state: State) -> str | None:
    match = _NUMBER.search(heard.words)
    return match[0] if match else None


def _reason(_heard: Heard, state: State) -> str | None:
    return state.variables["callback_reason"] or " / ".join(state.heard[-2:])


EXTRACTS: Mapping[str, Callable[[Heard, State], str | None]] = {
    "wish_service": _part("service"),
    "asked_service": lambda heard, _state: heard.parts.service,
    "wish_day": _part("day"),
    "wish_time": _part("time"),
    "wish_staff": _part("staff"),
    "for_other": lambda heard, _state: v.YES if heard.says(_OTHER_PERSON) else None,
    "offer_choice": _place,
    "name": _name,
    "name_clear": _is_clear,
    "move_old_day": _old("day"),
    "move_old_time": _old("time"),
    "move_day": _new("day"),
    "move_time": _new("time"),
    "move_choice": _place,
    "cancel_day": _cancelled("day"),
    "cancel_time": _cancelled("time"),
    "cancel_service": lambda _heard, _state: "",
    "cancel_choice": _place,
    "asked_day": _cancelled("day"),
    "callback_reason": _reason,
    "callback_number": _number,
}
