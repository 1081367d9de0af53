"""Whose call this is. The dialled number decides, else the agent; nothing else does (invariant I8)."""

import logging

from appointments.models import Branch
from calls.call_facts import CallFacts

logger = logging.getLogger(__name__)


def branch_of(call: CallFacts) -> Branch | None:
    """The branch that was called, or None: then nothing is said and nothing stored.

    The agent decides only where there is no dialled number (a web call). Number and agent of two
    companies contradict each other: refused, and logged as an error, which alarms. There is no
    default (incidents H3, G15, G16).
    """
    branches = Branch.objects.filter(active=True, company__active=True).select_related("company")
    by_agent = None
    if call.agent_id:
        by_agent = branches.filter(voice_agents__agent_id=call.agent_id).first()
    if call.salon_number is None:
        return by_agent
    by_number = branches.filter(phone_numbers__number=call.salon_number).first()
    if by_number and by_agent and by_number.company_id != by_agent.company_id:
        logger.error(
            "Number of company %s called with agent of company %s", by_number.company_id, by_agent.company_id
        )
        return None
    return by_number
