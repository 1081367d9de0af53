"""What staff read about an error, in their language, long after it happened."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.calcom import errors

OURS: dict[str, str | Promise] = {
    "no_key": gettext_lazy("No key for Cal.com is set, so nothing can be entered there."),
    "unmapped": gettext_lazy("Cal.com has no event type, or the stylist no calendar, for: %(detail)s."),
    "in_flight": gettext_lazy("A request to Cal.com is still under way."),
    "unknown_outcome": gettext_lazy("Cal.com did not answer. What became of it is being looked up."),
    "own_booking_in_the_way": gettext_lazy("At Cal.com another of our bookings still has to make way."),
    "other_booking": gettext_lazy("Cal.com booked something else than was asked for. It was undone."),
    "changed_at_calcom": gettext_lazy("Somebody has changed this appointment at Cal.com."),
    "host_busy": gettext_lazy("This stylist's calendar is being written to. It is next."),
    "failed": gettext_lazy("The comparison failed because of an error of ours, which has been logged."),
}
THEIRS: dict[str, Callable[[], errors.CalendarError]] = {
    error.code: error
    for error in (
        errors.Taken,
        errors.HostUnavailable,
        errors.OutOfBounds,
        errors.NotFound,
        errors.Unauthorized,
        errors.RateLimited,
        errors.AlreadyCancelled,
        errors.AlreadyRescheduled,
        errors.AlreadyEnded,
    )
}


def error_sentence(code: str, detail: str = "") -> str:
    """Empty for no error. ``detail`` is what Cal.com said, or what is not mapped."""
    if not code:
        return ""
    if code in OURS:
        return str(OURS[code]) % {"detail": detail or "–"}
    if code in THEIRS:
        return str(THEIRS[code]())
    if code in errors.Trouble.__members__.values():
        return str(errors.SENTENCES[errors.Trouble(code)])
    if code == errors.RejectedInput.code:
        return str(errors.RejectedInput(detail))
    return _("Cal.com reports an unknown error.")
