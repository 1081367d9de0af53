"""A stylist is away at short notice: what becomes of the appointments (decision 0013).

``propose`` says where they could go, all together; ``apply`` carries out what a person made of it.
"""

from appointments.replanning.affected import Away, uncovered
from appointments.replanning.applying import Decision, apply
from appointments.replanning.overtaken import Overtaken
from appointments.replanning.proposing import Proposal, Row, propose
from appointments.replanning.situation import TooMany

__all__ = ["Away", "Decision", "Overtaken", "Proposal", "Row", "TooMany", "apply", "propose", "uncovered"]
