"""Whose call this is. The dialled number decides, else the agent; nothing else does (invariant I8)."""

import logging

from appointments.models import Branch
from calls.envelope import Envelope

logger = logging.getLogger(__name__)


def branch_of(envelope: Envelope) -> Branch | None:
    """The branch that was called, or None: then nothing is said and nothing stored.

    The agent decides only where there is no dialled number (a web call). Number and agent of two
    companies contradict each other: refused, and logged as an error, which alarms. There is no
    default (incidents H3, G15, G16).
    """
    branches = Branch.objects.filter(active=True, company__active=True).select_related("company")
    by_agent = None
    if envelope.agent_id:
        by_agent = branches.filter(voice_agents__agent_id=envelope.agent_id).first()
    if envelope.salon_number is None:
        return by_agent
    by_number = branches.filter(phone_numbers__number=envelope.salon_number).first()
    if by_number and by_agent and by_number.company_id != by_agent.company_id:
        logger.error(
            "Number of company %s called with agent of company %s", by_number.company_id, by_agent.company_id
        )
        return None
    return by_number
