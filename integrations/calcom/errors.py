"""What can become of a request to Cal.com. Code is for callers, text is for staff.

Nothing here ever holds the key, a body, or anything about an attendee.
"""

from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BLOCKED_SECONDS = 60.0  # how long Cal.com refuses everything after a 429 that says no time itself


class Trouble(StrEnum):
    """Why there is no answer."""

    NO_CONNECTION = "no_connection"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    UNREADABLE = "unreadable"
    # Our own restraint: nothing was sent.
    DEADLINE = "deadline"
    BREAKER_OPEN = "breaker_open"
    BUDGET = "budget"


SENTENCES: dict[Trouble, str | Promise] = {
    Trouble.NO_CONNECTION: _("Cal.com cannot be reached."),
    Trouble.TIMEOUT: _("Cal.com did not answer in time."),
    Trouble.SERVER_ERROR: _("Cal.com reports a failure of its own."),
    Trouble.UNREADABLE: _("Cal.com's answer could not be read."),
    Trouble.DEADLINE: _("There was no time left to ask Cal.com."),
    Trouble.BREAKER_OPEN: _("Cal.com has not answered several times. It is left alone for a moment."),
    Trouble.BUDGET: _("Cal.com allows no more requests this minute."),
}


class CalendarError(Exception):
    """No success. ``str()`` is a sentence for staff, in the language in which it is read.

    ``is_definite``: the effect certainly did not take place. False says only that it may have. A definite
    refusal speaks of its own request alone: after an unknown outcome, what is in the way may be our own.
    """

    code: ClassVar[str] = "calendar_error"
    sentence: str | Promise = _("Cal.com refused.")
    is_definite: ClassVar[bool] = True

    def __str__(self) -> str:
        return str(self.sentence)


class Taken(CalendarError):
    """The host is busy or does not work at that time."""

    code = "taken"
    sentence = _("This time is taken in the calendar.")


class HostUnavailable(Taken):
    """The same, of the hosts of a team's event type."""

    code = "host_unavailable"
    sentence = _("None of the hosts of this event type is available at that time.")


class OutOfBounds(CalendarError):
    """Inside Cal.com's minimum notice, beyond its booking window, or past."""

    code = "out_of_bounds"
    sentence = _("The event type cannot be booked for this time: too soon, too far ahead, or past.")


class NotFound(CalendarError):
    """Cal.com itself says that it does not know it (404 in its own words, not some proxy's)."""

    code = "not_found"
    sentence = _("Cal.com does not know it.")


class RejectedInput(CalendarError):
    """Any other 4xx. ``detail`` is the vendor's short text without addresses and numbers."""

    code = "rejected_input"
    sentence = _("Cal.com does not accept this request: %(detail)s")

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return str(self.sentence) % {"detail": self.detail or "–"}


class Unauthorized(CalendarError):
    """401 or 403: the key is wrong, was revoked, or may not do this."""

    code = "unauthorized"
    sentence = _("Cal.com does not accept the key, or the key may not do this.")


class KeyUnreadable(Unauthorized):
    """The company's own key is stored, and cannot be decrypted. Nothing was sent."""

    code = "key_unreadable"
    sentence = _("The stored key of Cal.com cannot be decrypted. Please enter it again.")


class AlreadyCancelled(CalendarError):
    code = "already_cancelled"
    sentence = _("This booking has already been cancelled in the calendar.")


class AlreadyRescheduled(CalendarError):
    """``successor`` is the uid of the booking that took its place, if Cal.com named it."""

    code = "already_rescheduled"
    sentence = _("This booking has already been moved in the calendar.")

    def __init__(self, successor: str | None = None) -> None:
        super().__init__(successor)
        self.successor = successor


class AlreadyEnded(CalendarError):
    code = "already_ended"
    sentence = _("This booking has already ended.")


class ReservationTaken(CalendarError):
    """422: somebody reserved or booked the slot of this event type. Perhaps we did."""

    code = "reservation_taken"
    sentence = _("This time is already reserved in the calendar.")


class RateLimited(CalendarError):
    """429. ``retry_after`` is in seconds."""

    code = "rate_limited"
    sentence = SENTENCES[Trouble.BUDGET]

    def __init__(self, retry_after: float = BLOCKED_SECONDS) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class NoAnswer(CalendarError):
    """``trouble`` says why. Always one of the two below."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble

    def __str__(self) -> str:
        return str(SENTENCES[self.trouble])


class Unreachable(NoAnswer):
    """A read without an answer, or a write that was never sent. ``retry_after``: seconds, if known."""

    code = "unreachable"

    def __init__(self, trouble: Trouble, *, retry_after: float | None = None) -> None:
        super().__init__(trouble)
        self.retry_after = retry_after


class UnknownOutcome(NoAnswer):
    """A write was sent, and what became of it is not known."""

    code = "unknown_outcome"
    is_definite = False


def name_of(error: CalendarError) -> str:
    """What is stored of an error: its trouble if there was no answer, else its code."""
    return error.trouble.value if isinstance(error, NoAnswer) else error.code


def sentence_for(name: str) -> str:
    """The sentence for what ``name_of`` stored; empty for an unknown name."""
    if name in set(Trouble):
        return str(SENTENCES[Trouble(name)])
    kinds = (Unauthorized, KeyUnreadable, RateLimited)
    return next((str(kind.sentence) for kind in kinds if kind.code == name), "")
