"""What becomes of each row: the one way for the run, the trial run and the preview."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from appointments import booking
from appointments.importing.catalogue import Catalogue, branch_for_new_staff
from appointments.importing.files import Row
from appointments.importing.mapping import Mapping
from appointments.importing.problems import RowError
from appointments.importing.reading import Line, Reader, line_of
from appointments.models import Import, ImportedRow
from appointments.models.imports import FindingKind, QuarantineKind


class Fate(StrEnum):
    IMPORTED = "imported"
    QUARANTINED = "quarantined"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


# Which finding says why.
KINDS = {Fate.QUARANTINED: FindingKind.QUARANTINED, Fate.REJECTED: FindingKind.REJECTED}


@dataclass(slots=True)
class Remark:
    code: str
    text: str


@dataclass(slots=True)
class Decision:
    """``reason`` says why a row is refused or in quarantine; ``notes`` what was wrong besides."""

    line: Line
    fate: Fate = Fate.IMPORTED
    reason: Remark | None = None
    notes: list[Remark] = field(default_factory=list)
    placement: booking.Placement | None = None

    @property
    def row(self) -> int:
        return self.line.row.number


class Memory:
    """What a trial run knows of the rows before, since it stores none."""

    def __init__(self, run: Import, mapping: Mapping) -> None:
        self.catalogue = catalogue_of(run, mapping, stores=False)
        self.foresight = booking.Foresight()
        self.lines: dict[str, Line] = {}


def catalogue_of(run: Import, mapping: Mapping, *, stores: bool = True) -> Catalogue:
    """As the salon is now. Raises ``ImportFileError``."""
    makes = mapping.create_missing
    return Catalogue(
        run.company,
        staff_words=mapping.staff,
        service_words=mapping.services,
        makes=makes,
        branch=branch_for_new_staff(run.company, mapping.branch) if "staff" in makes else None,
        stores=stores,
    )


def carry_out(
    rows: Iterable[Row], reader: Reader, *, run: Import, creates_customers: bool, now: datetime
) -> list[Decision]:
    """A decision for each row in its order, carried out in the caller's transaction. Raises what
    ``booking.import_entries`` does.
    """
    decisions, entries = _decide(rows, reader, run, {})
    placements = booking.import_entries(entries, run=run, now=now, creates_customers=creates_customers)
    return _settled(decisions, placements)


def foresee(
    rows: Iterable[Row],
    reader: Reader,
    memory: Memory,
    *,
    run: Import,
    creates_customers: bool,
    now: datetime,
) -> list[Decision]:
    """The same, after all rows that ``memory`` has seen; nothing is stored."""
    decisions, entries = _decide(rows, reader, run, memory.lines)
    placements = booking.foresee(
        run.company, entries, memory.foresight, now=now, creates_customers=creates_customers
    )
    return _settled(decisions, placements)


def _decide(
    rows: Iterable[Row], reader: Reader, run: Import, lines: dict[str, Line]
) -> tuple[list[Decision], list[booking.Entry]]:
    """``lines``: by key, those that were accepted before; grows."""
    decisions = [Decision(line_of(row, reader.layout)) for row in rows]
    keys = [one.line.key for one in decisions]
    stored = ImportedRow.objects.filter(company=run.company, source=run.source, key__in=keys)
    known = {each.key: each for each in stored}
    entries = []
    for one in decisions:
        if one.line.key in known:
            _leave(one, known[one.line.key], run)
        elif one.line.key in lines:
            _leave_twin(one, lines[one.line.key])
        elif entry := _read(one, reader):
            lines[one.line.key] = one.line
            entries.append(entry)
    return decisions, entries


def _read(decision: Decision, reader: Reader) -> booking.Entry | None:
    try:
        return reader.read(decision.line)
    except RowError as error:
        decision.fate, decision.reason = Fate.REJECTED, Remark(error.code, str(error))
        return None
    finally:  # also of a row that is refused
        decision.notes += [Remark(code, text) for code, text in reader.notes]


def _leave(decision: Decision, stored: ImportedRow, run: Import) -> None:
    """It became an appointment before, in this file or in another. A promised time is never changed by an
    import (invariant I5), but it is said.
    """
    decision.fate = Fate.UNCHANGED
    is_same = stored.digest == decision.line.digest
    if stored.imported_by_id == run.pk:
        decision.notes.append(_twin_of(stored.row, is_same=is_same))
    elif not is_same:
        text = _("Known as appointment %(id)s. The row has changed since, the appointment was left as it is.")
        decision.notes.append(Remark("changed_since", text % {"id": stored.appointment_id}))


def _leave_twin(decision: Decision, first: Line) -> None:
    decision.fate = Fate.UNCHANGED
    decision.notes.append(_twin_of(first.row.number, is_same=first.digest == decision.line.digest))


def _twin_of(row: int, *, is_same: bool) -> Remark:
    if is_same:
        return Remark("same_row", _("The same as row %(row)s.") % {"row": row})
    return Remark(
        "same_appointment", _("The same appointment as row %(row)s, which came first.") % {"row": row}
    )


def _settled(decisions: list[Decision], placements: Iterable[booking.Placement]) -> list[Decision]:
    by_row = {placement.entry.row: placement for placement in placements}
    for one in decisions:
        if one.row in by_row:
            _settle(one, by_row[one.row])
    return decisions


def _settle(decision: Decision, placement: booking.Placement) -> None:
    decision.placement = placement
    if placement.kind is not None:
        decision.fate = Fate.QUARANTINED
        decision.reason = Remark(placement.kind, _why(placement))
    elif not placement.customer and placement.attendee_name:
        text = _("The customer is not known here; the name stands in the appointment.")
        decision.notes.append(Remark("customer_unknown", text))


def _why(placement: booking.Placement) -> str:
    """Without anybody's name: it is kept for long."""
    claim = placement.claim
    if claim is None or placement.kind == QuarantineKind.MOVE:
        return _("Overlaps the old time of an appointment that is just being moved.")
    is_double = placement.kind == QuarantineKind.DUPLICATE
    if claim.row is not None:
        text = _("The same customer overlaps with row %(row)s.") if is_double else _("Overlaps row %(row)s.")
        return text % {"row": claim.row}
    text = (
        _("The same customer overlaps with appointment %(id)s, which is here already.")
        if is_double
        else _("Overlaps appointment %(id)s, which is here already.")
    )
    return text % {"id": claim.appointment_id}
