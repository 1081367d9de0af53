"""What the agent knows of a caller before the first word: finished German, every variable always set.

An unset variable is spoken as its name in braces (incident A24), so nothing here is ever left out:
what is not known is empty, or a neutral sentence.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _

from calls import speech
from calls.opening import OpenDay
from calls.recognition import Known


def variables(
    *, now: datetime, company: str = "", known: Known | None = None, opening: OpenDay | None = None
) -> Mapping[str, str]:
    """``now`` in the branch's zone. ``customer_known`` is ``"true"`` or ``"false"``, for the flow's edges."""
    usual = known.usual if known else None
    return {
        "greeting": _greeting(company, known),
        "customer_known": "true" if known else "false",
        "customer_first_name": known.first_name if known else "",
        "usual_service": usual.service.name if usual and usual.service else "",
        "usual_staff": usual.staff.name if usual and usual.staff else "",
        "salon_name": company,
        "today": _("%(day)s %(month)s %(year)s")
        % {"day": now.day, "month": MONTHS[now.month], "year": now.year},
        "weekday": str(WEEKDAYS[now.weekday()]),
        "opening_hours_today": _opening(opening),
    }


def _greeting(company: str, known: Known | None) -> str:
    """The first name only (incident H15)."""
    name = known.first_name if known else ""
    hello = _("Hello %(name)s.") % {"name": name} if name else _("Hello.")
    if not company:
        return hello
    return _("%(hello)s This is %(salon)s. What can I do for you?") % {"hello": hello, "salon": company}


def _opening(opening: OpenDay | None) -> str:
    if opening is None:
        return ""
    if not opening.periods:
        return _("closed today")
    return speech.both(
        [
            _("from %(opens)s to %(closes)s")
            % {"opens": speech.clock(*divmod(opens, 60)), "closes": speech.clock(*divmod(closes, 60))}
            for opens, closes in opening.periods
        ]
    )
