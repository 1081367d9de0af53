"""Foreign CSV files become appointments (``contract.md`` §5, issue 7).

``preparing`` finds out how a file is written, ``reading`` makes an entry of a row, ``deciding`` asks the
writer what becomes of it, ``running`` brings the whole to its end. Only ``appointments.booking`` writes
appointments; nothing here knows HTTP.
"""

from appointments.importing.mapping import Mapping, read_mapping
from appointments.importing.preparing import prepare
from appointments.importing.problems import ImportFileError
from appointments.importing.running import alone_with, carry_on, digest_of

__all__ = ["ImportFileError", "Mapping", "alone_with", "carry_on", "digest_of", "prepare", "read_mapping"]
