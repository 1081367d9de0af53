"""What the writer refuses. Code is for callers, text is for people."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from appointments.availability import Reason
from appointments.conflicts import Conflict


class BookingError(Exception):
    """A refusal that leaves no blocking row behind. ``str()`` is a sentence for staff."""

    code = "refused"


class Unavailable(BookingError):
    """The time cannot be had, for ``reason``."""

    code = "unavailable"

    def __init__(self, reason: Reason, message: str = "") -> None:
        super().__init__(message or sentence_for(reason))
        self.reason = reason


class SlotTaken(Unavailable):
    """Somebody else has it. ``conflicts`` names who, unless the race was lost in the database itself;
    ``conflict`` is the first of them, if one stylist was asked for.
    """

    code = "slot_taken"

    def __init__(self, conflict: Conflict | None = None, *, conflicts: Iterable[Conflict] = ()) -> None:
        self.conflict = conflict
        self.conflicts = tuple(conflicts) or ((conflict,) if conflict else ())
        super().__init__(Reason.TAKEN, self._sentence())

    def _sentence(self) -> str:
        if self.conflict:
            return self.conflict.sentence
        return sentence_for(Reason.TAKEN) if self.conflicts else _("This time has just been taken.")


class HoldLost(BookingError):
    """The hold no longer holds its time."""

    code = "lost"

    def __init__(self) -> None:
        super().__init__(_("This reservation has expired."))


class Stale(BookingError):
    """The appointment was changed by somebody else since it was read."""

    code = "stale"

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this appointment in the meantime. Please look again."))


class NotAllowed(BookingError):
    """The appointment's status does not allow this."""

    code = "not_allowed"


def sentence_for(reason: Reason) -> str:
    return {
        Reason.TAKEN: _("This time is already taken."),
        Reason.OFF_GRID: _("No appointment can begin at this minute."),
        Reason.STAFF_ABSENT: _("Nobody who offers this works at that time."),
        Reason.OUTSIDE_HOURS: _("The salon is closed at that time."),
        Reason.HOLIDAY: _("This day is a public holiday."),
        Reason.NOTICE_TOO_SHORT: _("This is too soon."),
        Reason.TOO_FAR: _("This is too far ahead."),
        Reason.PAST: _("This time has passed."),
        Reason.STAFF_CANNOT_PROVIDE_SERVICE: _("This stylist does not offer this service."),
        Reason.CALENDAR_TAKEN: _("This time is taken in the calendar."),
    }[reason]


def from_validation(error: ValidationError) -> Exception:
    """``clean()`` says it with the codes of forms; the writer with its own types."""
    for single in error.error_list if hasattr(error, "error_list") else []:
        if single.code == "slot_taken":
            return SlotTaken((single.params or {}).get("conflict"))
        if single.code == "staff_cannot_provide_service":
            return Unavailable(Reason.STAFF_CANNOT_PROVIDE_SERVICE, single.messages[0])
    return error
