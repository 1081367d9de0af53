"""Telephone numbers: E.164 or nothing."""

import phonenumbers

DEFAULT_REGION = "DE"
SHORTEST = len("+4930123")


def normalize_phone(text: str | None) -> str | None:
    """``"030 1234501"`` and ``"0049 30 1234501"`` are ``"+49301234501"``.

    ``None`` for whatever cannot be a number: empty, ``anonymous``, too short. Whether the number has
    been assigned is not asked: numbering plans change faster than any table of them.
    """
    try:
        number = phonenumbers.parse(text or "", DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    is_possible = phonenumbers.is_possible_number(number) and len(formatted) >= SHORTEST
    return formatted if is_possible else None


def display_phone(number: str | None) -> str:
    """As people write it: ``"+49 30 1234501"``."""
    if not number:
        return ""
    parsed = phonenumbers.parse(number, DEFAULT_REGION)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
