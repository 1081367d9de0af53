"""The part of the salon file that the phone stores: which agents speak for a branch."""

from django.utils.translation import gettext as _

from appointments.salon.application import Application
from appointments.salon.rows import match_children
from calls.models import VoiceAgent


def store_agents(application: Application) -> None:
    """An agent speaks for one branch of one company, like a telephone number (invariant I8).

    A branch that is no longer in the file loses its agents, so that they can speak for another.
    """
    foreign = set(
        VoiceAgent.objects.exclude(branch__company=application.company).values_list("agent_id", flat=True)
    )
    wanted: list[VoiceAgent] = []
    for index, part in enumerate(application.file.branches):
        for place, agent_id in enumerate(part.retell_agents):
            if agent_id in foreign:
                sentence = _("%(agent)s belongs to another company.") % {"agent": agent_id}
                application.refuse(("branches", index, "retell_agents", place), sentence)
            else:
                wanted.append(VoiceAgent(branch=application.branches[part.name], agent_id=agent_id))
    match_children(
        VoiceAgent.objects.filter(branch__company=application.company),
        wanted,
        fields=("branch_id", "agent_id"),
        of=application.company.name,
        log=application.log,
    )
