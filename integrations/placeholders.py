"""The words in braces that a template may hold, and putting the facts in their place.

Only whole names are replaced: no attributes, no formats, nothing that runs (``str.format`` would allow all
three to whoever writes a template).
"""

import re
from collections.abc import Mapping

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
    "link": _("the customer's own page, to look, cancel or move"),
}
"""Placeholder → what it stands for."""
_BRACES = re.compile(r"\{([^{}]*)\}")


def check(*texts: str) -> None:
    """Raises ``ValidationError`` for a placeholder that means nothing, and for a brace that stands alone."""
    for text in texts:
        for name in _BRACES.findall(text):
            if name not in MEANINGS:
                raise ValidationError(
                    _("“{%(name)s}” stands for nothing. Possible are: %(names)s."),
                    code="unknown_placeholder",
                    params={"name": name, "names": ", ".join(f"{{{known}}}" for known in MEANINGS)},
                )
        if "{" in (rest := _BRACES.sub("", text)) or "}" in rest:
            raise ValidationError(_("A curly bracket has no other half."), code="lone_brace")


def fill(text: str, facts: Mapping[str, str]) -> str:
    """``text`` with its placeholders replaced; what is not known becomes nothing."""
    return _BRACES.sub(lambda match: facts.get(match.group(1), ""), text)
