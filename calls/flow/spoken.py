"""What the flow itself says. No time, no day, no result: those only ever come from the server (J12)."""

from django.utils.translation import gettext as _


def greeting() -> str:
    """Where the platform was not told who is calling."""
    return _("Hello. What can I do for you?")


def one_moment() -> str:
    return _("One moment, please.")


def anything_else() -> str:
    return _("Is there anything else I can do for you?")


def what_then() -> str:
    return _("All right. What else can I do for you?")


def please_spell() -> str:
    return _("Would you please spell the surname for me?")


def still_searching() -> str:
    return _(
        "We have not found the right thing yet. Shall I go on looking, or shall somebody of the salon "
        "call you back?"
    )


def shall_we_call_back() -> str:
    return _("Shall somebody of the salon call you back?")


def went_wrong() -> str:
    """Claims nothing, not even that nothing has happened."""
    return _("I am sorry, that did not work just now. Shall I try again, or shall somebody call you back?")


def call_later() -> str:
    return _("I am sorry, that did not work either. Please call again a little later. Goodbye.")


def goodbye() -> str:
    return _("Thank you for your call. Goodbye.")
