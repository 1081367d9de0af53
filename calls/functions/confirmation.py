"""Whether the caller has said yes: ``bestaetigung`` in whatever form it comes."""

from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.words import ask
from calls.understanding import understand_yes


def confirmed(conversation: Conversation) -> bool | None:
    """None if nothing was said. What is neither yes nor no raises ``AskBack``."""
    said = conversation.args.get("bestaetigung")
    if said is None:
        return None
    answer = understand_yes(said)
    if answer is None:
        ask(sentences.yes_or_no(), missing=["bestaetigung"])
    return answer
