"""Every variable of the flow. Each has a default: an unset one would be spoken with its braces (A19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calls.flow.surnames import SURNAMES

YES, NO = "ja", "nein"
_VERBATIM = (
    "Wörtlich wie gesagt, nicht umgerechnet, ohne Datum oder Uhrzeit auszurechnen. Leer, wenn nicht gesagt."
)


@dataclass(frozen=True, slots=True)
class Variable:
    """Something the caller says. ``choices``: the only values it can have; the first is the default."""

    name: str
    description: str
    choices: Sequence[str] = ()

    @property
    def default(self) -> str:
        return self.choices[0] if self.choices else ""

    def as_extracted(self) -> dict[str, Any]:
        kind: dict[str, Any] = {"type": "string"}
        if self.choices:
            kind = {"type": "enum", "choices": list(self.choices)}
        return {"name": self.name, "description": self.description, "required": False, **kind}


WISH_SERVICE = Variable(
    "wish_service", f"Die Dienstleistung, die der Anrufer zuletzt gewünscht hat. {_VERBATIM}"
)
WISH_DAY = Variable("wish_day", f"Der Tag, den der Anrufer zuletzt gewünscht hat. {_VERBATIM}")
WISH_TIME = Variable("wish_time", f"Die Uhrzeit oder Tageszeit, die er zuletzt gewünscht hat. {_VERBATIM}")
WISH_STAFF = Variable("wish_staff", f"Bei wem der Termin sein soll, falls er das gesagt hat. {_VERBATIM}")
FOR_OTHER = Variable(
    "for_other",
    "Ob der Termin für jemand anderen als den Anrufer selbst ist, zum Beispiel sein Kind.",
    (NO, YES),
)
OFFER_CHOICE = Variable(
    "offer_choice",
    "Der wievielte der zuletzt genannten Termine gewählt wurde. Nur die Stelle, nicht die Uhrzeit.",
    ("", "1", "2", "3"),
)
NAME = Variable(
    "name",
    "Vor- und Nachname der Person, die zum Termin kommt, so wie gesagt oder buchstabiert; ohne Anrede. Eine "
    "Uhrzeit, ein Tag und der Name eines Mitarbeiters des Salons sind kein Name. "
    f"Häufige Nachnamen als Hörhilfe: {', '.join(SURNAMES)}. Leer, wenn nicht gesagt.",
)
NAME_CLEAR = Variable(
    "name_clear",
    "nein, wenn der Nachname undeutlich war, selten ist oder wie mehrere der Namen klingt "
    "(Meyer und Maier, Schuster und Schubert) und nicht buchstabiert wurde.",
    (YES, NO),
)
MOVE_OLD_DAY = Variable("move_old_day", f"Der Tag, an dem der bestehende Termin ist. {_VERBATIM}")
MOVE_OLD_TIME = Variable("move_old_time", f"Die Uhrzeit, zu der der bestehende Termin ist. {_VERBATIM}")
MOVE_DAY = Variable("move_day", f"Der Tag, auf den der Termin verschoben werden soll. {_VERBATIM}")
MOVE_TIME = Variable("move_time", f"Die Uhrzeit, auf die der Termin verschoben werden soll. {_VERBATIM}")
MOVE_CHOICE = Variable(
    "move_choice",
    "Der wievielte der zuletzt genannten Termine gemeint ist. Nur die Stelle.",
    ("", "1", "2", "3", "4", "5"),
)
CANCEL_DAY = Variable("cancel_day", f"Der Tag des Termins, der abgesagt werden soll. {_VERBATIM}")
CANCEL_TIME = Variable("cancel_time", f"Die Uhrzeit des Termins, der abgesagt werden soll. {_VERBATIM}")
CANCEL_SERVICE = Variable(
    "cancel_service", f"Die Dienstleistung des Termins, der abgesagt werden soll. {_VERBATIM}"
)
CANCEL_CHOICE = Variable(
    "cancel_choice",
    "Der wievielte der zuletzt genannten Termine gemeint ist. Nur die Stelle.",
    ("", "1", "2", "3", "4", "5"),
)
ASKED_SERVICE = Variable(
    "asked_service", f"Die Dienstleistung, nach deren Preis oder Dauer gefragt wird. {_VERBATIM}"
)
ASKED_DAY = Variable("asked_day", f"Der Tag, nach dessen Öffnungszeiten gefragt wird. {_VERBATIM}")
CALLBACK_REASON = Variable(
    "callback_reason", "Weshalb der Anrufer zurückgerufen werden möchte, in einem Satz."
)
CALLBACK_NUMBER = Variable(
    "callback_number", "Die Rufnummer, die der Anrufer für den Rückruf diktiert hat. Leer, wenn keine."
)

EXTRACTED: tuple[Variable, ...] = (
    WISH_SERVICE,
    WISH_DAY,
    WISH_TIME,
    WISH_STAFF,
    FOR_OTHER,
    OFFER_CHOICE,
    NAME,
    NAME_CLEAR,
    MOVE_OLD_DAY,
    MOVE_OLD_TIME,
    MOVE_DAY,
    MOVE_TIME,
    MOVE_CHOICE,
    CANCEL_DAY,
    CANCEL_TIME,
    CANCEL_SERVICE,
    CANCEL_CHOICE,
    ASKED_SERVICE,
    ASKED_DAY,
    CALLBACK_REASON,
    CALLBACK_NUMBER,
)


def extracted_defaults() -> Mapping[str, str]:
    return {each.name: each.default for each in EXTRACTED}
