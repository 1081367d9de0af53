"""Which column is probably what, by its header: German and English words of salon software."""

import re
from collections.abc import Mapping, Sequence

from appointments.importing.mapping import FIELDS

# In each field the better word stands first. Compared without case, spaces and punctuation.
WORDS: Mapping[str, tuple[str, ...]] = {
    "starts_at": (
        "startsat", "startetam", "startzeitpunkt", "beginn", "terminbeginn", "datumuhrzeit", "datumzeit",
        "datetime", "start", "startdatetime", "terminstart", "appointmentstart",
    ),
    "ends_at": ("endsat", "endetam", "terminende", "enddatetime", "appointmentend", "endzeitpunkt"),
    "date": (
        "datum", "termindatum", "tag", "date", "appointmentdate", "bookingdate", "day", "startdatum",
        "startdate",
    ),
    "time": (
        "uhrzeit", "zeit", "terminzeit", "startzeit", "von", "time", "starttime", "appointmenttime", "from",
        "beginnzeit", "uhrzeitvon", "zeitvon",
    ),
    "end_time": ("endzeit", "bis", "endtime", "to", "until", "ende", "end", "uhrzeitbis", "zeitbis"),
    "minutes": (
        "dauer", "dauermin", "dauerminuten", "minuten", "dauerinminuten", "duration", "durationmin",
        "durationminutes", "minutes", "length", "laenge",
    ),
    "staff": (
        "mitarbeiter", "mitarbeiterin", "friseur", "friseurin", "stylist", "stylistin", "staff", "employee",
        "personal", "bearbeiter", "behandler", "staffmember", "hairdresser", "mitarbeitername", "provider",
        "teammember", "resource",
    ),
    "service": (
        "leistung", "dienstleistung", "behandlung", "service", "services", "treatment", "leistungen",
        "artikel", "terminart", "servicename", "appointmenttype", "servicedesc", "angebot",
    ),
    "customer": (
        "kunde", "kundin", "kundenname", "name", "customer", "customername", "client", "clientname", "gast",
        "kundekundin", "guest", "fullname", "code",
    ),
    "phone": (
        "telefon", "telefonnummer", "handy", "mobil", "mobiltelefon", "handynummer", "mobilnummer", "tel",
        "rufnummer", "phone", "phonenumber", "mobile", "mobilephone", "cell", "cellphone", "telefonmobil",
    ),
    "email": ("email", "emailadresse", "mail", "mailadresse", "emailaddress"),
    "status": ("status", "terminstatus", "zustand", "state", "bookingstatus", "appointmentstatus"),
    "external_id": (
        "terminid", "terminnr", "terminnummer", "appointmentid", "bookingid", "buchungsnummer", "buchungsnr",
        "externalid", "id", "nr", "referenz", "reference",
    ),
    "price": ("preis", "betrag", "umsatz", "price", "amount", "total", "preiseur", "bruttopreis"),
    "notes": (
        "notiz", "notizen", "bemerkung", "bemerkungen", "kommentar", "notes", "note", "comment", "anmerkung",
        "hinweis",
    ),
}  # fmt: skip
FIRST_NAMES = ("vorname", "firstname", "givenname")
LAST_NAMES = ("nachname", "lastname", "familienname", "surname", "zuname")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(header: str) -> str:
    """``"Kunde/Kundin"`` is ``"kundekundin"``, ``"Dauer (min)"`` is ``"dauermin"``."""
    return re.sub(r"[^a-z0-9]", "", header.lower().translate(UMLAUTS))


def guess_columns(header: Sequence[str]) -> dict[str, list[str]]:
    """The columns of each field that is recognised; a column is given to one field only."""
    free = {plain(name): name for name in reversed(header) if plain(name)}
    guessed: dict[str, list[str]] = {}
    first = next((free.pop(word) for word in FIRST_NAMES if word in free), None)
    last = next((free.pop(word) for word in LAST_NAMES if word in free), None)
    if first or last:
        guessed["customer"] = [name for name in (first, last) if name]
    for field, words in WORDS.items():
        word = next((word for word in words if word in free), None)
        if word and field not in guessed:
            guessed[field] = [free.pop(word)]
    if "starts_at" in guessed and "date" in guessed:
        _begin_is_a_time(guessed)
    return {field: guessed[field] for field in FIELDS if field in guessed}


def _begin_is_a_time(guessed: dict[str, list[str]]) -> None:
    """Beside a date, "Beginn" is the time of day, and "Ende" too."""
    beginning = guessed.pop("starts_at")
    if "time" not in guessed:
        guessed["time"] = beginning
    ending = guessed.pop("ends_at", None)
    if ending and "end_time" not in guessed:
        guessed["end_time"] = ending
