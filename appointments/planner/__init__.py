"""A branch's day as the counter sees it. Reads only."""

from appointments.planner.day import Column, Day, day_of
from appointments.planner.version import version_of

__all__ = ["Column", "Day", "day_of", "version_of"]
