"""Rows as CSV and as Excel, written while they are read: a million rows take no more memory than a thousand.

A customer may call herself ``=HYPERLINK(…)``: what a spreadsheet would take for a formula is guarded.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from appointments.export.formats import guarded

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel's own is 1,048,576.
ROWS_PER_SHEET = 1_000_000
LONGEST_CELL = 32_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def csv_response(*, header: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """As German Excel opens it by a double click: a byte order mark, semicolons, decimal commas."""
    return StreamingHttpResponse(
        _csv_lines(header, rows, translation.get_language()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def excel_response(*, header: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> FileResponse:
    book = Workbook(write_only=True)
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % ROWS_PER_SHEET == 0:
            sheet = _sheet(book, header)
        sheet.append([_excel_cell(sheet, value) for value in row])
    if sheet is None:
        _sheet(book, header)
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=EXCEL)


def defused(text: str) -> str:
    """``text`` without what no cell can hold, and never a formula."""
    return guarded(_CONTROL.sub("", text)[:LONGEST_CELL])


class _Echo:
    """What ``csv.writer`` writes to; it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], language: str | None) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    # The lines are asked for when the request is over and its language perhaps no longer in force.
    with translation.override(language):
        for first, row in enumerate(chain([header], rows)):
            line = writer.writerow([_csv_cell(value) for value in row])
            yield line if first else "\ufeff" + str(line)


def _csv_cell(value: Any) -> str:
    plain = _plain(value)
    if isinstance(plain, datetime):
        return date_format(plain, "SHORT_DATETIME_FORMAT")
    if isinstance(plain, date):
        return date_format(plain, "SHORT_DATE_FORMAT")
    if isinstance(plain, Decimal | float):
        return number_format(plain, use_l10n=True)
    return str(plain)


def _excel_cell(sheet: Any, value: Any) -> Any:
    plain = _plain(value)
    cell = WriteOnlyCell(sheet, value=plain)
    if isinstance(plain, datetime):
        cell.number_format = "DD.MM.YYYY HH:MM"
    elif isinstance(plain, date):
        cell.number_format = "DD.MM.YYYY"
    elif isinstance(plain, str):
        cell.data_type = "s"
    return cell


def _plain(value: Any) -> Any:
    """Text, a number, a date, or an instant on the salon's own clock."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, int | float | Decimal | date):
        return value
    if isinstance(value, list | tuple):
        return defused(", ".join(str(each) for each in value))
    return defused(strip_tags(value) if isinstance(value, SafeString) else str(value))


def _sheet(book: Workbook, header: Sequence[str]) -> Any:
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([defused(title) for title in header])
    return sheet
