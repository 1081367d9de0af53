"""Appointments for other systems (``contract.md`` §5): JSON, CSV and iCalendar.

A stream: a million appointments need the memory of one chunk, and a fixed number of queries for
each chunk. Other apps add what only they know with ``contribute``.
"""

from appointments.export.contributions import contribute
from appointments.export.formats import FORMATS
from appointments.export.records import record
from appointments.export.selection import Selection, UnknownCompanyError, select

__all__ = ["FORMATS", "Selection", "UnknownCompanyError", "contribute", "record", "select"]
