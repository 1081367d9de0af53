"""The salon at the counter and the one with a calendar, as in the tests of the admin."""

from tests.admin.conftest import calendar, clock, desk, jana, salon

__all__ = ["calendar", "clock", "desk", "jana", "salon"]
