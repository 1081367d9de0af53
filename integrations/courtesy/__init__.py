"""Asking Cal.com while a caller waits, and hiding held slots from its booking pages.

A courtesy, never a lock: Cal.com books a stranger into a reserved slot all the same (``calcom.md``,
point 2). The ledger is the guarantee on our side, the answer to the create the verdict on theirs.
"""

from integrations.courtesy.asking import Answer, ask, renew
from integrations.courtesy.cleaning import clean_up, give_back
from integrations.courtesy.sieve import sieve
from integrations.courtesy.warming import warm

__all__ = ["Answer", "ask", "clean_up", "give_back", "renew", "sieve", "warm"]
