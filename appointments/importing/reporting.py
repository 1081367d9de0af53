"""What an import says about the old data, for people."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from appointments.export.formats import guarded
from appointments.importing.mapping import Mapping
from appointments.importing.preparing import open_with
from appointments.importing.uploads import opener_of
from appointments.models import Import, Quarantine
from appointments.models.imports import FindingKind, ImportState, QuarantineKind

EXAMPLES = 5
# Nothing that could call anything.
_NUMBER = re.compile(r"[+-][\d\s()/.,-]*")
# Longer without a sign of life, and the worker has died; the next minute goes on.
SILENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind and code: how many, and the first of them."""

    kind: str
    label: str
    count: int
    examples: Sequence[Any]

    @property
    def more(self) -> int:
        return self.count - len(self.examples)


@dataclass(frozen=True, slots=True)
class Report:
    """``overlaps``: by stylist, the most first: whose old diary was the least to be trusted."""

    groups: Sequence[Group]
    overlaps: Sequence[tuple[str, int]]


def report_on(run: Import) -> Report:
    """A query for each code there is, of which there are a dozen."""
    counted = run.findings.values("kind", "code").annotate(count=Count("pk")).order_by("-count", "code")
    order: list[str] = [FindingKind.REJECTED, FindingKind.QUARANTINED, FindingKind.NOTE]
    groups = [
        Group(
            kind=each["kind"],
            label=_label(each["kind"], each["code"]),
            count=each["count"],
            examples=list(
                run.findings.filter(kind=each["kind"], code=each["code"]).order_by("row")[:EXAMPLES]
            ),
        )
        for each in sorted(counted, key=lambda each: order.index(each["kind"]))
    ]
    stylists = Quarantine.objects.filter(run=run).values_list("appointment__staff__name")
    overlaps = stylists.annotate(count=Count("pk")).order_by("-count")
    return Report(groups, list(overlaps))


def _label(kind: str, code: str) -> str:
    label = str(FindingKind(kind).label)
    return f"{label}: {QuarantineKind(code).label}" if kind == FindingKind.QUARANTINED else label


def state_of(run: Import, *, now: datetime) -> str:
    """One sentence: what is being done, or what came of it."""
    facts = {"done": run.rows_done, "total": run.rows_total}
    if run.state == ImportState.RUNNING and run.touched_at and run.touched_at < now - SILENCE:
        return _("Interrupted at row %(done)s of %(total)s. It goes on by itself.") % facts
    return {
        ImportState.DRAFT: _("Not started yet."),
        ImportState.WAITING: _("Waits for its turn."),
        ImportState.RUNNING: _("Row %(done)s of %(total)s."),
        ImportState.DONE: _("Trial run done, nothing was changed.") if run.dry_run else _("Done."),
        ImportState.FAILED: run.problem.replace("%", "%%"),
    }[ImportState(run.state)] % facts


class _Line:
    def write(self, line: str) -> str:
        return line


def refused_rows(run: Import) -> Iterator[str]:
    """The rows that were refused, as a CSV file with the reason in a column of its own: corrected, they can
    be imported again. Raises ``ImportFileError`` once the file is gone.
    """
    table = open_with(opener_of(run), Mapping.model_validate(run.mapping))
    refused = run.findings.filter(kind=FindingKind.REJECTED)
    reasons = dict(refused.values_list("row", "text"))
    writer = csv.writer(_Line(), delimiter=table.delimiter)

    def lines() -> Iterator[str]:
        # A spreadsheet on Windows takes it for UTF-8 only with this mark.
        yield "\ufeff" + str(writer.writerow([*map(_harmless, table.header), _("Reason")]))
        with table.rows() as rows:
            for row in rows:
                if row.number in reasons:
                    width = len(table.header)
                    cells = [*row.cells, *[""] * (width - len(row.cells))]
                    yield str(writer.writerow(map(_harmless, [*cells, reasons[row.number]])))

    return lines()


def _harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula is text; telephone numbers and amounts keep their sign."""
    return cell if _NUMBER.fullmatch(cell) else guarded(cell)
