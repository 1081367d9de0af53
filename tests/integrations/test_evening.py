"""A small evening: callers, strangers on Cal.com's booking page, and the same times wished by many.

``make evening`` plays a whole one; ``tools/evening`` says what of it is real.
"""

from dataclasses import replace
from unittest.mock import patch

import pytest

from integrations.courtesy import Answer
from tools.evening.evening import Plan, simulate
from tools.evening.post import Post
from tools.evening.table import table, verdict

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = Plan(calls=15, hours=0.1, every=8, standing=10, days=2)


def test_what_is_told_is_what_stands() -> None:
    """No race is lost, no answer is dishonest, and the calendar is what the database says."""
    result = simulate(SMALL)

    assert verdict(result) == []
    assert result.tally.calls == SMALL.calls
    assert len(result.tally.booked) > SMALL.calls / 2
    assert result.strangers.booked > SMALL.standing
    assert result.most_requests <= 110
    assert "RACE FAILURES" in table(result)


def test_without_a_word_from_calcom_races_are_lost_but_honestly() -> None:
    """Negative control: where Cal.com is not asked before it is told to book, and its messages are late,
    callers hear "free" of what strangers have. They still hear "booked" of nothing that does not stand.
    """
    with (
        patch("integrations.courtesy.asking.ask", return_value=Answer.UNVERIFIED),
        patch("integrations.courtesy.ask", return_value=Answer.UNVERIFIED),
        patch("integrations.courtesy.sieve", return_value=None),
        patch("integrations.tasks.reconcile_calendars"),
        patch.object(Post, "_deliver"),
    ):
        result = simulate(replace(SMALL, calls=6, every=4, standing=25, days=1))

    assert result.tally.refused_at_booking > 0
    assert result.tally.dishonest == []
    assert (result.agreement.missing, result.agreement.overlaps) == (0, 0)
