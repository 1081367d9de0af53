"""While it rings: who is calling. Answered in any case, and at once."""

import logging
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from calls.call_facts import read_parties
from calls.envelope import parse_body
from calls.greetings import variables
from calls.json_values import dictionary
from calls.opening import open_day
from calls.recognition import recognise
from calls.tenant import branch_of

logger = logging.getLogger(__name__)

# Of each statement. Longer than this nobody lets a caller wait for being greeted by name.
PATIENCE_MS = 150


def greet(raw: bytes, *, now: datetime) -> dict[str, Any]:
    """The answer to ``call_inbound``, nested as the platform reads it (``retell.md`` §3).

    Whatever goes wrong, the call is taken, by an agent that knows nobody. The number may be forged:
    what is said by it is a first name and what somebody usually has done, nothing to rely on.
    """
    try:
        found = _recognised(raw, now)
    except Exception as error:  # noqa: BLE001 - a caller is waiting; its text may quote the caller's row
        logger.error("Nobody could be recognised: %s", type(error).__name__)  # noqa: TRY400 - as above
        found = None
    return {
        "call_inbound": {
            "dynamic_variables": found or variables(now=timezone.localtime(now)),
            "metadata": {},
        }
    }


def _recognised(raw: bytes, now: datetime) -> dict[str, str] | None:
    """None for a number of no branch."""
    call = read_parties(dictionary(parse_body(raw)).get("call_inbound"))
    with transaction.atomic():
        _hurry()
        branch = branch_of(call)
        if branch is None:
            logger.warning("A call is coming in for an unknown number or agent")
            return None
        known = recognise(branch.company, call.caller, now=now)
        local = now.astimezone(branch.zone)
        opening = open_day(branch, local.date())
    company = branch.company.name
    return dict(variables(now=local, company=company, known=known, opening=opening))


def _hurry() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
