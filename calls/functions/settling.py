"""Deciding on rows that somebody else may be changing at the same moment."""

from collections.abc import Callable
from dataclasses import replace

from appointments import booking
from calls import sentences
from calls.functions.conversation import Conversation
from calls.reply import Reply


def with_fresh_rows(conversation: Conversation, decide: Callable[[Conversation], Reply]) -> Reply:
    """What ``decide`` answers; once more, from the rows as they are then, if they have changed under it.

    Whoever loses twice, or meets a move that is still being decided, is asked to wait a moment.
    """
    try:
        return decide(conversation)
    except (booking.Stale, booking.NotAllowed):
        pass
    try:
        return decide(replace(conversation))
    except (booking.Stale, booking.NotAllowed):
        fields: dict[str, list[str]] = {"missing": [], "candidates": []}
        return Reply("needs_clarification", sentences.just_being_changed(), fields)
