"""The one solver (invariant I2): check, alternatives, booking, moving and the planner ask here.

No code elsewhere decides whether a time is free (incidents B1, C4, C14, D4, E11).
"""

from .alternatives import alternatives
from .request import Request
from .service import Verdict, check, free_starts
from .solver import Reason, Slot

__all__ = ["Reason", "Request", "Slot", "Verdict", "alternatives", "check", "free_starts"]
