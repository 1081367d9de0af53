"""What each function takes and answers, said once: the dispatcher's argument names, the published
tools' schemas and the manual all come from here (incidents A29, B2, J10).

The descriptions are for the voice model and therefore in the language of the calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """``aliases``: other names under which models have sent it (``contract.md`` §3)."""

    description: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """``statuses``: what it can answer beside :data:`ANYWHERE`. All arguments may be missing."""

    purpose: str
    arguments: tuple[str, ...]
    statuses: tuple[str, ...]


# The dispatcher's own answers: contradictory arguments are a question in every function.
ANYWHERE = ("needs_clarification", "unknown_function", "unknown_number", "error")

ARGUMENTS: Mapping[str, Argument] = {
    "datum": Argument(
        "Der gewünschte Tag, wörtlich wie gesagt, zum Beispiel: nächste Woche Dienstag.",
        ("date", "date_string", "preferred_date", "appointment_date"),
    ),
    "uhrzeit": Argument(
        "Die gewünschte Uhrzeit oder Tageszeit, wörtlich wie gesagt, zum Beispiel: gegen halb drei.",
        ("time", "preferred_time", "appointment_time"),
    ),
    "datetime": Argument("Tag und Uhrzeit zusammen, wörtlich wie gesagt.", ("date_time",)),
    "dienstleistung": Argument(
        "Die gewünschte Dienstleistung, wörtlich wie gesagt.", ("service_name", "service")
    ),
    "mitarbeiter": Argument(
        "Bei wem der Termin sein soll, wörtlich wie gesagt.",
        ("staff_name", "preferred_staff", "preferred_staff_id"),
    ),
    "name": Argument("Der Name der Person, die zum Termin kommt.", ("customer_name",)),
    "telefon": Argument(
        "Die Nummer für den Rückruf, Ziffer für Ziffer wie diktiert.", ("customer_phone", "phone_number")
    ),
    "email": Argument("Die E-Mail-Adresse, wörtlich wie gesagt.", ("customer_email",)),
    "notiz": Argument("Eine Bemerkung zum Termin, wörtlich wie gesagt.", ("notes",)),
    "grund": Argument("Worum es geht, in einem Satz.", ("reason",)),
    "neues_datum": Argument(
        "Der Tag, auf den der Termin verschoben werden soll, wörtlich wie gesagt.", ("new_datum", "new_date")
    ),
    "neue_uhrzeit": Argument(
        "Die Uhrzeit, auf die der Termin verschoben werden soll, wörtlich wie gesagt.",
        ("new_uhrzeit", "new_time"),
    ),
    "altes_datum": Argument(
        "Der Tag, an dem der bestehende Termin ist, wörtlich wie gesagt.", ("old_datum", "old_date")
    ),
    "alte_uhrzeit": Argument(
        "Die Uhrzeit, zu der der bestehende Termin ist, wörtlich wie gesagt.", ("old_uhrzeit", "old_time")
    ),
    "appointment_id": Argument("Kennung aus einer früheren Antwort.", ("termin_id",)),
    "reservation_id": Argument("Kennung aus einer früheren Antwort."),
    "offer_id": Argument("Kennung aus einer früheren Antwort."),
    "position": Argument("Der wievielte der zuletzt genannten Termine gemeint ist: 1, 2 oder 3."),
    "bestaetigung": Argument("true, wenn ausgeführt werden soll; false, wenn vorher gefragt wird."),
}

_WHAT_AND_WHEN = ("dienstleistung", "datum", "uhrzeit", "datetime", "mitarbeiter")
_OFFERED = ("offer_id", "position")
_OWN = ("altes_datum", "alte_uhrzeit", "dienstleistung", "name", "appointment_id", "position")
_BOOKED = ("booked", "already_booked", "existing", "provisional")

DEFINITIONS: Mapping[str, Definition] = {
    "check_availability": Definition(
        "Prüft, ob die gewünschte Zeit frei ist, und hält sie kurz fest.",
        (*_WHAT_AND_WHEN, *_OFFERED, "name"),
        ("available", "unavailable", "found", "existing", "not_offered"),
    ),
    "pre_booking_revalidation": Definition(
        "Prüft unmittelbar vor dem Namen noch einmal, ob die festgehaltene Zeit noch frei ist.",
        ("reservation_id", *_WHAT_AND_WHEN, *_OFFERED, "name"),
        ("valid", "existing", "lost", "not_offered"),
    ),
    "start_booking": Definition(
        "Bucht die festgehaltene Zeit verbindlich.",
        ("reservation_id", "name", *_WHAT_AND_WHEN, *_OFFERED, "telefon", "email", "notiz"),
        (*_BOOKED, "slot_taken", "needs_name", "refused", "not_offered"),
    ),
    "get_alternatives": Definition(
        "Sucht freie Zeiten in der Nähe des Wunsches.",
        (*_WHAT_AND_WHEN, *_OFFERED),
        ("found", "none", "not_offered"),
    ),
    "get_customer_appointments": Definition(
        "Nennt dem Anrufer die eigenen kommenden Termine.",
        ("datum", "uhrzeit", "datetime", "altes_datum", "alte_uhrzeit", "dienstleistung", "mitarbeiter"),
        ("found", "none", "not_identified"),
    ),
    "reschedule_appointment": Definition(
        "Verschiebt einen eigenen Termin des Anrufers.",
        (
            *("neues_datum", "neue_uhrzeit", "datum", "uhrzeit", "datetime", "mitarbeiter", "offer_id"),
            *_OWN,
            "bestaetigung",
        ),
        (
            "rescheduled",
            "ready_for_confirmation",
            "slot_taken",
            "several",
            "none",
            "denied",
            "not_identified",
        ),
    ),
    "cancel_appointment": Definition(
        "Sagt einen eigenen Termin des Anrufers ab.",
        ("datum", "uhrzeit", "datetime", "mitarbeiter", *_OWN, "bestaetigung", "grund"),
        ("cancelled", "several", "none", "denied", "not_identified"),
    ),
    "request_callback": Definition(
        "Merkt einen Rückruf durch den Salon vor.",
        ("grund", "telefon", "name", "notiz"),
        ("callback_queued",),
    ),
    "list_services": Definition(
        "Nennt die Dienstleistungen des Salons, oder Preis und Dauer von einer.",
        ("dienstleistung",),
        ("found",),
    ),
    "get_current_context": Definition(
        "Sagt, wer anruft und welcher Tag heute ist.", (), ("known", "unknown")
    ),
    "get_opening_hours": Definition(
        "Nennt die Öffnungszeiten eines Tages oder der Woche.", ("datum", "uhrzeit", "datetime"), ("found",)
    ),
    "parse_date": Definition(
        "Sagt, welcher Tag mit den Worten gemeint ist.", ("datum", "uhrzeit", "datetime"), ("found",)
    ),
    "release_reservation": Definition(
        "Gibt eine festgehaltene Zeit wieder frei.", ("reservation_id",), ("released",)
    ),
    "confirm_booking": Definition(
        "Wiederholt, was aus der letzten Buchung dieses Anrufs geworden ist.",
        (),
        (*_BOOKED, "slot_taken", "needs_name", "refused", "cancelled"),
    ),
    "collect_appointment_data": Definition(
        "Alte Sammelfunktion: prüft oder bucht.",
        (*_WHAT_AND_WHEN, "name", "telefon", "email", "notiz", "bestaetigung"),
        ("available", "unavailable", "found", "not_offered", *_BOOKED, "slot_taken", "needs_name", "refused"),
    ),
}
