"""The salon file: one YAML document that says what a company is (``contract.md`` §6).

Read in three steps, each in its module: ``source`` (YAML with lines), ``schema`` (the shape of every
value), ``meaning`` (what several values say together). ``applying`` stores the domain's parts; the
parts of other apps are stored by their owners, which register in ``extensions``.
"""

from appointments.salon.applying import Report, apply
from appointments.salon.problems import Problem, SalonFileError
from appointments.salon.reading import Document, read

__all__ = ["Document", "Problem", "Report", "SalonFileError", "apply", "read"]
