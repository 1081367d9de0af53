"""What a customer is told when it cannot be: never who has the time instead."""

from django.utils.translation import gettext as _

from appointments import booking


def refusal(error: booking.BookingError) -> str:
    """One sentence, in the language of the page."""
    if isinstance(error, booking.Denied):
        return str(error)
    if isinstance(error, booking.SlotTaken | booking.Unavailable | booking.HoldLost):
        return _("This time has just been taken. Please choose another one.")
    if isinstance(error, booking.Stale):
        return _("Your appointment has changed meanwhile. Please look once more.")
    return _("There is nothing to change here any more.")
