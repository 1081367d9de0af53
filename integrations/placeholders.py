"""The words in braces that a template may hold, and putting the facts in their place.

Only whole names are replaced: no attributes, no formats, nothing that runs (``str.format`` would allow all
three to whoever writes a template).
"""

import re
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MEANINGS = {
    "name": _("the customer's whole name"),
    "first_name": _("the customer's first name"),
    "salon": _("the name of the salon"),
    "branch": _("the branch"),
    "service": _("the service"),
    "staff": _("the stylist"),
    "date": _("the day, for example “Tuesday, 2 December”"),
    "time": _("the time of day"),
    "old_date": _("after a change: the day until now"),
    "old_time": _("after a change: the time until now"),
    "link": _("the customer's own page, to look, cancel or move; of an offer: to take it"),
    "until": _("by when the salon calls back, for example “Tuesday, 2 December, 14:30”"),
    "phone": _("the number at which the salon can be called"),
}
"""Placeholder → what it stands for."""
_EVERYWHERE = frozenset({"name", "first_name", "salon", "branch", "phone"})
_OF_APPOINTMENT = frozenset(MEANINGS) - {"until"}
_POSSIBLE = {
    "callback": _EVERYWHERE | {"until"},
    "call_us": _EVERYWHERE,
    "offer": _EVERYWHERE | {"service", "staff", "date", "time", "link"},
}
_OF_BODY = ("to", "to_digits", "text", "sender", "reference", "key")
_BRACES = re.compile(r"\{([^{}]*)\}")


def possible_in(kind: str) -> dict[str, str]:
    """What may stand in a template of this kind, with its meaning."""
    allowed = _POSSIBLE.get(kind, _OF_APPOINTMENT)
    return {name: str(meaning) for name, meaning in MEANINGS.items() if name in allowed}


def check(*texts: str, kind: str = "") -> None:
    """Raises ``ValidationError`` for a placeholder that means nothing in a message of this kind, and for a
    brace that stands alone.
    """
    allowed = list(possible_in(kind))
    for text in texts:
        _check_names(text, allowed)
        if "{" in (rest := _BRACES.sub("", text)) or "}" in rest:
            raise ValidationError(_("A curly bracket has no other half."), code="lone_brace")


def check_body(text: str) -> None:
    """Of the fields that an SMS gateway is sent: what JSON itself writes in braces is not looked at."""
    names = re.findall(r"\{([a-z_]*)\}", text)
    _check_names("".join(f"{{{name}}}" for name in names), _OF_BODY)
    if "text" not in names or not {"to", "to_digits"} & set(names):
        raise ValidationError(_("The fields need {to} and {text}."), code="incomplete_fields")


def _check_names(text: str, allowed: Collection[str]) -> None:
    for name in _BRACES.findall(text):
        if name not in allowed:
            raise ValidationError(
                _("“{%(name)s}” stands for nothing. Possible are: %(names)s."),
                code="unknown_placeholder",
                params={"name": name, "names": ", ".join(f"{{{known}}}" for known in allowed)},
            )


def fill(text: str, facts: Mapping[str, str]) -> str:
    """``text`` with its placeholders replaced; what is not known becomes nothing."""
    return _BRACES.sub(lambda match: facts.get(match.group(1), ""), text)
