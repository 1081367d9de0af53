"""The one solver (invariant I2): check, alternatives, booking, moving and the planner ask here.

No code elsewhere decides whether a time is free (incidents B1, C4, C14, D4, E11).
"""

from appointments.availability.alternatives import alternatives
from appointments.availability.request import Request
from appointments.availability.service import Verdict, check, free_starts
from appointments.availability.sieve import Sieve
from appointments.availability.solver import Reason, Slot

__all__ = ["Reason", "Request", "Sieve", "Slot", "Verdict", "alternatives", "check", "free_starts"]
