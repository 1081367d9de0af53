"""Making calendar and appointments agree: one function for every path (incidents 1 and D4).

``note_change`` says, in the writer's transaction, that something has to follow; ``settle`` does it while
a caller waits, the worker whenever something is due. ``converge`` is what all of them call.
"""

from integrations.convergence.converging import converge
from integrations.convergence.noting import note_change, note_import, note_switch, unfollowed
from integrations.convergence.promising import Settled, await_answer, decide_by, settle, settled
from integrations.convergence.report import Outcome, Report
from integrations.convergence.verifying import verify

__all__ = [
    "Outcome",
    "Report",
    "Settled",
    "await_answer",
    "converge",
    "decide_by",
    "note_change",
    "note_import",
    "note_switch",
    "settle",
    "settled",
    "unfollowed",
    "verify",
]
