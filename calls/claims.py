"""What an agent claims in a line, and whether the functions had answered so (incidents C5, J12).

Pure. Only what is said as a fact is a claim: no question, nothing negated, conditional or yet to come.
In doubt it is none: a contradiction is something a person is shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["booked", "free", "taken", "cancelled", "moved"]


@dataclass(frozen=True, slots=True)
class Line:
    """What the agent says; ``number`` is its place in the transcript."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A function's answer, known from this place on. ``has_offers``: it named times that are free."""

    function: str
    status: str
    has_offers: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``answered``: the status that says otherwise, empty if nothing had been answered at all."""

    line: int
    kind: Kind
    answered: str


_SENTENCE = re.compile(r"(?<=[.!?])(?<!\d\.)\s+")
# "Der eine ist belegt, aber um elf ist frei": each part for itself.
_CLAUSE = re.compile(r"[,;:–]\s|\s(?:und|aber|sondern|jedoch|sowie)\s")
_NEGATED = re.compile(
    r"\b(?:nicht|nichts|nie|noch kein\w*|kein\w*|weder|niemand\w*|ohne|leider nein)\b", re.IGNORECASE
)
# Whatever follows in the sentence is a condition, a question to be asked, or something of later.
_OPENS_DOUBT = re.compile(
    r"\b(?:ob|wenn|falls|sobald|bevor|ehe|sofern|solange|nachdem|angenommen)\b", re.IGNORECASE
)
_ENDS_DOUBT = re.compile(r"\b(?:aber|jedoch|sondern)\b", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\b(?:werde|werden|wird|würde|würden|kann|können|könnte|könnten|soll|sollen|sollte|sollten|"
    r"möchte|möchten|muss|müssen|müsste|darf|dürfte|will|wollen|wollten|lass|lassen|versuche|versuch|"
    r"prüfe|schaue|vielleicht|eventuell|vermutlich|wahrscheinlich|gleich|bitte)\b",
    re.IGNORECASE,
)
# "wurde gebucht" is done, "gebucht werden" is not; "ist frei geworden" neither asks nor promises.
_MADE: dict[Kind, re.Pattern[str]] = {
    "booked": re.compile(
        r"\b(?:gebucht|eingebucht|eingetragen|bestätigt|festgemacht|fest vereinbart|notiert und bestätigt)\b"
        r"|\bbestätige (?:ich )?(?:Ihnen|dir|Ihren|deinen|den|hiermit)\b|\bsteht (?:jetzt )?fest\b",
        re.IGNORECASE,
    ),
    "cancelled": re.compile(r"\b(?:storniert|abgesagt|gestrichen|gelöscht|annulliert)\b", re.IGNORECASE),
    "moved": re.compile(r"\b(?:verschoben|umgebucht|verlegt|umgelegt|vorverlegt)\b", re.IGNORECASE),
}
_FREE = re.compile(r"\b(?:frei(?:e[mnrs]?)?|verfügbar(?:e[mnrs]?)?)\b", re.IGNORECASE)
_NOT_OF_TIMES = re.compile(
    r"\b(?:fühl\w*|steht (?:es )?Ihnen|kostenfrei|gebührenfrei|barrierefrei|frei von|Freisprech\w*|"
    r"Leitung\w*|Stuhl|Parkplatz|Parkplätze)\b"
    # "Emma hat am Montag frei": she is not there.
    r"|\bhat\b(?!.*\b(?:noch|um|etwas|Termine?)\b).*\bfrei\b",
    re.IGNORECASE,
)
# What can be entered and confirmed without being an appointment.
_NOT_OF_APPOINTMENTS = re.compile(
    r"\b(?:Rückruf\w*|\w*nummer|Namen?|E-Mail\w*|Adresse|Notiz|Wunsch|Anliegen|Bemerkung)\b", re.IGNORECASE
)
_TAKEN = re.compile(r"\b(?:belegt|vergeben|ausgebucht)\b", re.IGNORECASE)

# Statuses by what they say about times. ``provisional`` is no booking yet: the salon will confirm.
FREE_SAID = {"available", "valid", "ready_for_confirmation"}
TAKEN_SAID = {"unavailable", "slot_taken", "lost", "existing", "refused"}
BOOKED_SAID = {"booked", "already_booked", "existing", "rescheduled"}
BOOKS = {"start_booking", "book_appointment", "collect_appointment_data", "confirm_booking"}
LOOKS = {"get_alternatives", "find_next_available"}
# What they answer is about times, whatever else they do.
ASKS = {
    *BOOKS,
    *LOOKS,
    "check_availability",
    "pre_booking_revalidation",
    "reschedule_appointment",
}
CHECKS = {"available", "unavailable", "found", "valid", "lost"}
LISTS = {"get_customer_appointments", "query_appointment"}
DONE_BY: dict[Kind, tuple[str, str]] = {
    "cancelled": ("cancel", "cancelled"),
    "moved": ("reschedule", "rescheduled"),
}


def claims_in(text: str) -> Iterator[Kind]:
    """What ``text`` claims, each once, in the order in which it is said."""
    found: dict[Kind, None] = {}
    for sentence in _SENTENCE.split(text.replace("\n", " ")):
        if not sentence.rstrip(' "“”)').endswith("?"):
            found.update(dict.fromkeys(_claims(sentence)))
    yield from found


def contradictions(talk: Sequence[Line | Answered]) -> list[Contradiction]:
    """The claims in ``talk``, lines and answers in their order, that the answers before do not bear."""
    known: list[Answered] = []
    found: list[Contradiction] = []
    for each in talk:
        if isinstance(each, Answered):
            known.append(each)
            continue
        for kind in claims_in(each.text):
            against = _against(kind, known)
            if against is not None:
                found.append(Contradiction(each.number, kind, against))
    return found


def _claims(sentence: str) -> Iterator[Kind]:
    in_doubt = False
    for clause, separator in _clauses(sentence):
        if _ENDS_DOUBT.search(separator):
            in_doubt = False
        in_doubt = in_doubt or _OPENS_DOUBT.search(clause) is not None
        if not in_doubt:
            yield from _claims_of_clause(clause)


def _clauses(sentence: str) -> Iterator[tuple[str, str]]:
    """Each clause with what separates it from the one before."""
    start, separator = 0, ""
    for match in _CLAUSE.finditer(sentence):
        yield sentence[start : match.start()], separator
        start, separator = match.end(), match.group()
    yield sentence[start:], separator


def _claims_of_clause(clause: str) -> Iterator[Kind]:
    if _NOT_YET.search(clause):
        return
    negated = _NEGATED.search(clause) is not None
    if not negated:
        if not _NOT_OF_APPOINTMENTS.search(clause):
            yield from (kind for kind, pattern in _MADE.items() if pattern.search(clause))
        if _TAKEN.search(clause):
            yield "taken"
    if _FREE.search(clause) and not _NOT_OF_TIMES.search(clause):
        yield "taken" if negated else "free"


def _against(kind: Kind, known: Sequence[Answered]) -> str | None:
    """The status that contradicts ``kind``; None if the latest answer that decides about it bears it."""
    for answer in reversed(known):
        verdict = _verdict(kind, answer)
        if verdict is not None:
            return None if verdict else answer.status
    return ""


def _verdict(kind: Kind, answer: Answered) -> bool | None:
    """Whether ``answer`` bears the claim; None: it says nothing about it."""
    if kind in DONE_BY:
        function, status = DONE_BY[kind]
        return answer.status == status if function in answer.function else None
    if kind == "booked":
        return _bears_booked(answer)
    if answer.function not in ASKS:
        return None
    return _bears_free(answer) if kind == "free" else _bears_taken(answer)


def _bears_free(answer: Answered) -> bool | None:
    if answer.status in FREE_SAID or answer.has_offers:
        return True
    return False if answer.status in TAKEN_SAID or _found_nothing(answer) else None


def _bears_taken(answer: Answered) -> bool | None:
    """Found in a window says as well that around it nothing was, or that not all of it is free."""
    if answer.status in TAKEN_SAID or answer.status == "found" or _found_nothing(answer):
        return True
    return False if answer.status in FREE_SAID else None


def _found_nothing(answer: Answered) -> bool:
    return answer.function in LOOKS and answer.status == "none"


def _bears_booked(answer: Answered) -> bool | None:
    if answer.status in BOOKED_SAID:
        return True
    if answer.function in LISTS:
        return answer.status == "found"
    if answer.function in BOOKS:
        return None if answer.status in CHECKS else False
    return None
