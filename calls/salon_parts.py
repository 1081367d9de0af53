"""The part of the salon file that the phone stores: which agents speak for a branch."""

from django.utils.translation import gettext as _

from appointments.salon.application import Application
from appointments.salon.rows import match_children
from calls.models import VoiceAgent


def store_agents(application: Application) -> None:
    """An agent speaks for one branch of one company, like a telephone number (invariant I8)."""
    taken = VoiceAgent.objects.exclude(branch__company=application.company)
    foreign = set(taken.values_list("agent_id", flat=True))
    for index, part in enumerate(application.file.branches):
        branch = application.branches[part.name]
        for place, agent_id in enumerate(part.retell_agents):
            if agent_id in foreign:
                sentence = _("%(agent)s belongs to another company.") % {"agent": agent_id}
                application.refuse(("branches", index, "retell_agents", place), sentence)
        wanted = [
            VoiceAgent(branch=branch, agent_id=agent_id)
            for agent_id in part.retell_agents
            if agent_id not in foreign
        ]
        match_children(branch.voice_agents, wanted, fields=("agent_id",), of=branch.name, log=application.log)
