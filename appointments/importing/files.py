"""A CSV file as a header and numbered rows, read as a stream: a hundred thousand need no memory."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from appointments.importing.problems import ImportFileError

# A new handle on the file's bytes, from the first.
Opener = Callable[[], IO[bytes]]
SEPARATOR_LINE = "sep="


class Row(NamedTuple):
    """``number`` as a spreadsheet counts: the header is row 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """``encoding`` and ``delimiter`` are right: the header was read with them."""

    opener: Opener
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    @contextmanager
    def rows(self, *, after: int = 0) -> Iterator[Iterator[Row]]:
        """Without empty lines; ``after``: so many rows are left out. Raises ``ImportFileError``."""
        with _lines(self.opener, self.encoding, self.delimiter) as lines:
            yield islice(lines, 1 + after, None)

    def count(self) -> int:
        """Reads the file to its end, so that whatever is wrong with it shows before anything is stored."""
        with self.rows() as rows:
            return sum(1 for _row in rows)


def open_table(opener: Opener, *, encoding: str, delimiter: str) -> Table:
    """Raises ``ImportFileError`` if there is no header."""
    with _lines(opener, encoding, delimiter) as lines:
        first = next(lines, None)
    if first is None:
        raise ImportFileError(_("The file is empty."))
    return Table(opener, encoding, delimiter, tuple(cell.strip() for cell in first.cells))


@contextmanager
def _lines(opener: Opener, encoding: str, delimiter: str) -> Iterator[Iterator[Row]]:
    # A mark at the beginning is no part of the first column's name, whatever the encoding is called.
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with opener() as binary, TextIOWrapper(binary, encoding=codec, newline="") as text:
        yield _numbered(text, delimiter)


def _numbered(text: TextIOWrapper, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            is_separator_line = number == 1 and ",".join(cells).startswith(SEPARATOR_LINE)
            if any(cell.strip() for cell in cells) and not is_separator_line:
                yield Row(number, cells)
    except UnicodeDecodeError as error:
        raise ImportFileError(
            _("Behind line %(line)s stand bytes that are no %(encoding)s: choose another encoding.")
            % {"line": reader.line_num, "encoding": error.encoding}
        ) from error
    except csv.Error as error:
        raise ImportFileError(_sentence(error, reader.line_num)) from error


def _sentence(error: csv.Error, line: int) -> str:
    if "field larger" in str(error):
        return _(
            "Line %(line)s has a field of more than %(size)s characters: probably a quotation mark is not "
            "closed."
        ) % {"line": line, "size": csv.field_size_limit()}
    return _("Line %(line)s: the quotation marks do not match.") % {"line": line}
