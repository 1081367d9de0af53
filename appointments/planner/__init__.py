"""A branch's day as the counter sees it, and what is changed there."""

from appointments.planner.board import board_of
from appointments.planner.day import Column, Day, day_of
from appointments.planner.version import version_of

__all__ = ["Column", "Day", "board_of", "day_of", "version_of"]
