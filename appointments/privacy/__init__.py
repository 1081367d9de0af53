"""What is held about persons: given out, erased, kept no longer than said (``docs/privacy.md``).

``parts`` is the registry: each app says what of its tables is about a person, how it is found, shown and
erased. ``holdings`` is the other: how long each kind of data is kept, and who forgets it.
"""

from appointments.privacy.erasing import erase
from appointments.privacy.exporting import archive, everything_about
from appointments.privacy.finding import NobodyError, SeveralError, find
from appointments.privacy.holdings import Holding, held, hold, purge_all
from appointments.privacy.parts import Part, Table, register
from appointments.privacy.person import Person, person_of

__all__ = [
    "Holding",
    "NobodyError",
    "Part",
    "Person",
    "SeveralError",
    "Table",
    "archive",
    "erase",
    "everything_about",
    "find",
    "held",
    "hold",
    "person_of",
    "purge_all",
    "register",
]
