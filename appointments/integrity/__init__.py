"""Integrity: what is wrong is found by the system itself, explained, and repaired (``docs/integrity.md``).

A check is a registered function (``registry``); each app brings its own. ``run`` looks, ``report`` looks
and stores what was found over days; ``dry_run`` and ``repair`` act, through the writer only. For everybody
else: :func:`run`, :func:`report`, :func:`consistency_ratio`.
"""

from appointments.integrity import sql
from appointments.integrity.ratio import Agreement, agreements, consistency_ratio, provide_agreement
from appointments.integrity.registry import (
    Check,
    Found,
    Refused,
    Subject,
    check_of,
    register,
    registered,
    sentence_of,
    subject,
)
from appointments.integrity.repairing import Outcome, dry_run, repair
from appointments.integrity.reporting import begin, report, report_everything, wanted_now
from appointments.integrity.running import FAILED, Result, UnknownCheck, chosen, run, stream
from appointments.integrity.scope import Scope
from appointments.integrity.words import Sentence

__all__ = [
    "FAILED",
    "Agreement",
    "Check",
    "Found",
    "Outcome",
    "Refused",
    "Result",
    "Scope",
    "Sentence",
    "Subject",
    "UnknownCheck",
    "agreements",
    "begin",
    "check_of",
    "chosen",
    "consistency_ratio",
    "dry_run",
    "provide_agreement",
    "register",
    "registered",
    "repair",
    "report",
    "report_everything",
    "run",
    "sentence_of",
    "sql",
    "stream",
    "subject",
    "wanted_now",
]
