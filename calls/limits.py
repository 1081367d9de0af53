"""How often the phone may ask: far more than people can speak, far less than a programme can.

An evening of ``tools/evening`` has 200 calls in two hours, some 1,200 functions; the busiest minute that was
thought of is 60 calls at once, each with a function every twenty seconds.
"""

from datetime import datetime

from appointments import throttling
from appointments.models import Branch
from appointments.throttling import Limit
from calls.call_facts import CallFacts

# One every second, and nobody speaks as fast.
OF_CALL = Limit("call", 60, 60)
# Behind a telephone system all of a hotel, or all forwarded calls, may have one number.
OF_CALLER = Limit("caller", 300, 60)
OF_SALON = Limit("salon", 1200, 60)


def admits(call: CallFacts, branch: Branch, *, now: datetime) -> bool:
    """Counts one function call of ``call`` in ``branch``."""
    asked: list[tuple[Limit, object]] = [(OF_SALON, branch.company_id)]
    if call.call_id:
        asked.append((OF_CALL, call.call_id))
    if call.caller:
        asked.append((OF_CALLER, f"{branch.company_id} {call.caller}"))
    return throttling.admits(asked, now=now)
