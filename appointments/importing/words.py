"""What old systems call the states of an appointment, in German and English."""

from collections.abc import Mapping

from appointments.importing.guessing import plain
from appointments.models.appointment import Status

WORDS: Mapping[Status, str] = {
    Status.BOOKED: (
        "gebucht booked new neu offen open geplant planned scheduled reserviert reserved aktiv active "
        "conflict vereinbart eingetragen arrived eingecheckt checkedin inservice"
    ),
    Status.CONFIRMED: "confirmed bestaetigt accepted approved angenommen fest",
    Status.PROVISIONAL: (
        "provisional pending unconfirmed unbestaetigt angefragt anfrage requested vorgemerkt tentative "
        "provisorisch nichtbestaetigt"
    ),
    Status.COMPLETED: (
        "completed complete done erledigt abgeschlossen bezahlt paid beendet wahrgenommen durchgefuehrt "
        "closed finished fertig erschienen kassiert abgerechnet served checkedout"
    ),
    Status.NO_SHOW: (
        "noshow nichterschienen nichtgekommen ferngeblieben versaeumt missed didnotshow nichtwahrgenommen "
        "verpasst dns"
    ),
    Status.CANCELLED: (
        "cancelled canceled storniert abgesagt storno absage geloescht deleted cancel abgebrochen "
        "verschoben rescheduled latecancel kurzfristigabgesagt"
    ),
    Status.REJECTED: "rejected abgelehnt declined refused",
}
STATUSES: Mapping[str, Status] = {word: status for status, words in WORDS.items() for word in words.split()}


def status_of(text: str, own: Mapping[str, str]) -> Status | None:
    """``own``: what the mapping says, which comes first. Nothing said is *booked*; None: not known."""
    said = {word.casefold(): status for word, status in own.items()}.get(text.casefold())
    if said:
        return Status(said)
    return STATUSES.get(plain(text)) if text else Status.BOOKED
