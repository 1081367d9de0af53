"""Our own words for each message, by what it is sent. Those of an SMS keep to the alphabet that has room for
160 characters (``gsm``): no typographic quotes, no dashes.
"""

from django.utils.translation import gettext_lazy as _

from integrations.models import Medium, MessageKind

EMAIL = {
    MessageKind.CONFIRMATION: (
        _("Your appointment on {date} at {time}"),
        _(
            "Hello {name},\n\nyour appointment is booked: {service} with {staff}, {date} at {time}, "
            "{salon}, {branch}.\n\nYou can look at it, move it or cancel it here:\n{link}\n\n"
            "We look forward to seeing you!\n{salon}"
        ),
    ),
    MessageKind.CHANGE: (
        _("Changed: your appointment is now on {date} at {time}"),
        _(
            "Hello {name},\n\nyour appointment has changed. The new one: {service} with {staff}, {date} "
            "at {time}, {salon}, {branch}.\n\nYou can look at it, move it or cancel it here:\n{link}\n\n"
            "{salon}"
        ),
    ),
    MessageKind.CANCELLATION: (
        _("Cancelled: your appointment on {old_date} at {old_time}"),
        _(
            "Hello {name},\n\nyour appointment on {old_date} at {old_time} ({service}) is cancelled.\n\n"
            "We would be glad to see you another time.\n{salon}"
        ),
    ),
    MessageKind.REMINDER: (
        _("Reminder: your appointment on {date} at {time}"),
        _(
            "Hello {name},\n\na short reminder: {service} with {staff}, {date} at {time}, {salon}, {branch}."
            "\n\nIf you cannot come, please tell us here:\n{link}\n\n{salon}"
        ),
    ),
    MessageKind.CALLBACK: (
        _("We call you back by {until}"),
        _(
            "Hello {name},\n\nthank you for your call. Somebody of the salon will call you back by {until}."
            "\n\n{salon}, {branch}"
        ),
    ),
    MessageKind.CALL_US: (
        _("Please call {salon}"),
        _(
            "Hello {name},\n\nwe have tried to reach you by telephone. Please call us back: {phone}.\n\n"
            "{salon}, {branch}"
        ),
    ),
    MessageKind.OFFER: (
        _("Free now: {date} at {time}"),
        _(
            "Hello {name},\n\nyou are on our waitlist, and something has become free: {service} with "
            "{staff}, {date} at {time}, {salon}, {branch}.\n\n"
            "Whoever takes it first has it:\n{link}\n\n{salon}"
        ),
    ),
}
SMS = {
    MessageKind.CONFIRMATION: _(
        "{salon}: your appointment is booked. {service} with {staff}, {date}, {time}. "
        "Look, move, cancel: {link}"
    ),
    MessageKind.CHANGE: _(
        "{salon}: your appointment has changed. Now {service} with {staff}, {date}, {time}. "
        "Look, move, cancel: {link}"
    ),
    MessageKind.CANCELLATION: _("{salon}: your appointment on {old_date}, {old_time}, is cancelled."),
    MessageKind.REMINDER: _(
        "{salon}: a reminder of {service} with {staff}, {date}, {time}. You cannot come? {link}"
    ),
    MessageKind.CALLBACK: _("{salon}: thank you for your call. We call you back by {until}."),
    MessageKind.CALL_US: _("{salon}: we could not reach you. Please call us back: {phone}"),
    MessageKind.OFFER: _(
        "{salon}: free now: {service} with {staff}, {date}, {time}. Whoever takes it first has it: {link}"
    ),
}


def ours(medium: str, kind: str) -> tuple[str, str]:
    """Subject and text with the placeholders in them, in the language that is active."""
    if medium == Medium.SMS:
        return "", str(SMS[MessageKind(kind)])
    subject, text = EMAIL[MessageKind(kind)]
    return str(subject), str(text)
