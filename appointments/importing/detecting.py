"""How a file is written: encoding, delimiter, and the formats of its dates and times."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from appointments.importing.files import SEPARATOR_LINE, Opener
from appointments.importing.mapping import DELIMITERS
from appointments.importing.problems import ImportFileError

CHUNK = 1 << 20
SAMPLE_BYTES = 1 << 16
SAMPLE_LINES = 50
# How many values of a column are looked at; so many different ones are enough to tell days from months.
SAMPLE_VALUES = 5000
FIRST = 50
DATE_FORMATS = (
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d/%m/%y",
    "%m/%d/%y",
)
TIME_FORMATS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H.%M", "%H:%M Uhr", "%H%M")
DATETIME_FORMATS = tuple(
    f"{day}{gap}{time}"
    for day in DATE_FORMATS
    for gap in (" ", ", ", "T")
    for time in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
)
# What else people choose when they are asked for a CSV file.
MAGIC = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "PDF",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


def detect_encoding(opener: Opener) -> str:
    """``utf-8-sig``, ``utf-8``, ``cp1252`` or ``latin-1``; the whole file is read. Raises ``ImportFileError``
    for what is no text.
    """
    with opener() as file:
        start = file.read(4)
    if not start:
        raise ImportFileError(_("The file is empty."))
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            raise ImportFileError(
                _("This is %(kind)s, not CSV. Please save it as “CSV UTF-8” and try again.") % {"kind": name}
            )
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return next((name for name in ("utf-8", "cp1252") if _decodes(opener, name)), "latin-1")


def _decodes(opener: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opener() as file:
        try:
            while chunk := file.read(CHUNK):
                if b"\0" in chunk:
                    raise ImportFileError(_("This is no text file, so it cannot be read as CSV."))
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def detect_delimiter(opener: Opener, encoding: str) -> str:
    """The one that cuts most lines into the same number of columns, the most of them."""
    with opener() as file:
        text = file.read(SAMPLE_BYTES).decode(encoding, errors="replace")
    lines = [line for line in text.splitlines() if line.strip()][:SAMPLE_LINES]
    if lines and lines[0].lower().startswith(SEPARATOR_LINE) and len(lines[0]) > len(SEPARATOR_LINE):
        return lines[0][len(SEPARATOR_LINE)]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return (0.0, 0)
    width, often = Counter(widths).most_common(1)[0] if widths else (1, 0)
    return (often / len(widths), width) if width > 1 else (0.0, 0)


def detect_format(values: Iterable[str], candidates: Sequence[str]) -> tuple[str, ...]:
    """The formats that read the most of ``values``, in the order of ``candidates``; more than one only if
    they read them differently, as 03/04/2026 may be in March or in April. None: nothing fits.
    """
    distinct = list(dict.fromkeys(value for value in values if value))[:SAMPLE_VALUES]
    # Most candidates fit none of the first few, and trying all on everything takes seconds.
    possible = [each for each in candidates if any(_read(value, each) for value in distinct[:FIRST])]
    read = {each: [_read(value, each) for value in distinct] for each in possible or candidates}
    hits = {each: sum(value is not None for value in result) for each, result in read.items()}
    most = max(hits.values(), default=0)
    if not most:
        return ()
    best = [each for each in read if hits[each] == most]
    return tuple(
        each for number, each in enumerate(best) if all(read[each] != read[other] for other in best[:number])
    )


def _read(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - a wall clock has no zone
    except ValueError:
        return None


# A file has few days and fewer times, and ``strptime`` is slow.
parse = lru_cache(maxsize=65_536)(_read)
