"""The writer's door for a file full of appointments: as strict as the others, a batch at a time.

What stands in the file stands already: customers were promised it. So nobody is asked about hours, notice,
grid or skills, live holds in its way are lost, as in ``recording``, and what meets an appointment or an
earlier row is stored as a conflict: nothing is lost, nothing promised is touched (invariants I1, I5).
What has passed takes no time; it is a conflict if two were served at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from appointments import hooks
from appointments.booking import bulk, contacts
from appointments.booking.entries import Entry, Placement
from appointments.booking.ledger import end_reservations, lock_reservations, lock_staff, writes
from appointments.booking.overlaps import Claim, Taken, Wanted, ledger_at, over_at
from appointments.models import Company, Customer, Import, ImportedRow, Reservation
from appointments.models.appointment import BLOCKING, Status
from appointments.models.ledger import ReservationState


@dataclass
class Foresight:
    """What a trial run remembers instead of storing it."""

    taken: Taken = field(default_factory=Taken)
    people: contacts.People = field(default_factory=dict)


@writes
def import_entries(
    entries: Sequence[Entry], *, run: Import, now: datetime, creates_customers: bool
) -> list[Placement]:
    """Stores entries that are new, in the order of the file: where two overlap, the earlier one wins.

    With customers, phases, allocations, history, and the row's own trace. ``creates_customers``: whoever
    is not known yet becomes a customer; else the name stands in the appointment. Raises ``SlotTaken`` or
    ``IntegrityError`` if a row of somebody who took no locks came in between: nothing is stored then.
    """
    placements = _placements(run.company, entries, now, {} if creates_customers else None)
    contacts.store((one.customer for one in placements if one.customer), now=now)
    lock_staff(*(one.entry.staff.pk for one in placements if one.takes_time))
    known = _read(placements, now, lock=True)
    _decide_all(placements, known, Taken())
    _name_rows(placements, run)
    lost = _give_way(placements, known, now)
    bulk.insert(placements, run=run, now=now)
    hooks.appointments_imported([one.appointment for one in placements if one.appointment and one.takes_time])
    for hold in lost:
        hooks.hold_lost(hold)
    return placements


def foresee(
    company: Company, entries: Sequence[Entry], seen: Foresight, *, now: datetime, creates_customers: bool
) -> list[Placement]:
    """What :func:`import_entries` would do after all that ``seen`` has seen, which grows. Stores nothing."""
    placements = _placements(company, entries, now, seen.people if creates_customers else None)
    _decide_all(placements, _read(placements, now, lock=False), seen.taken)
    return placements


def _placements(
    company: Company, entries: Sequence[Entry], now: datetime, people: contacts.People | None
) -> list[Placement]:
    wanted = [entry.contact for entry in entries]
    known = contacts.recognise(company, wanted)
    if people is not None:
        unknown = [contact for contact in wanted if contact not in known]
        known |= contacts.make(company, unknown, people, now=now)
    return [_placement(entry, known.get(entry.contact), now) for entry in entries]


def _placement(entry: Entry, customer: Customer | None, now: datetime) -> Placement:
    """What has ended took place, unless the file knows better; whoever has another name than the customer
    comes instead (incident H6).
    """
    name = entry.contact.name
    is_customer = customer is not None and contacts.words_of(customer.name) == contacts.words_of(name)
    is_over = entry.end <= now and entry.status in BLOCKING
    return Placement(
        entry=entry,
        status=Status.COMPLETED if is_over else entry.status,
        customer=customer,
        attendee_name="" if is_customer else name,
    )


@dataclass
class _Known:
    """``holds``: reservations that make way, with the time that they have."""

    taken: Taken = field(default_factory=Taken)
    holds: Taken = field(default_factory=Taken)
    reservations: Mapping[int, Reservation] = field(default_factory=dict)


def _read(placements: Sequence[Placement], now: datetime, *, lock: bool) -> _Known:
    """The ledger where they want to go, and for what has passed also what took place there."""
    claims = ledger_at(_wanted(one for one in placements if one.takes_time or one.took_time))
    claims += over_at(_wanted(one for one in placements if one.took_time))
    ids = {claim.reservation_id for _place, claim in claims if claim.reservation_id is not None}
    rows = lock_reservations(ids) if lock and ids else Reservation.objects.filter(pk__in=ids)
    known = _Known(reservations={row.pk: row for row in rows if row.state == ReservationState.HELD})
    for place, claim in claims:
        if claim.reservation_id is None or _stays(known.reservations.get(claim.reservation_id), now):
            known.taken.add(place.staff_id, [place.period], claim)
        elif claim.reservation_id in known.reservations:
            known.holds.add(place.staff_id, [place.period], claim)
    return known


def _stays(reservation: Reservation | None, now: datetime) -> bool:
    """The old time of an undecided move is promised to somebody; any other hold makes way."""
    return reservation is not None and reservation.is_move and reservation.is_live(now)


def _wanted(placements: Iterable[Placement]) -> list[Wanted]:
    return [
        Wanted(one.entry.staff.pk, period)
        for one in placements
        if one.entry.staff.pk is not None
        for period in one.periods
    ]


def _decide_all(placements: Sequence[Placement], known: _Known, earlier: Taken) -> None:
    for placement in placements:
        _decide(placement, known.taken, earlier)


def _decide(placement: Placement, known: Taken, earlier: Taken) -> None:
    """``earlier``: rows of the same file. Those that lose take nothing, so they are in nobody's way."""
    if not (placement.takes_time or placement.took_time):
        return
    entry = placement.entry
    staff = entry.staff.pk or entry.staff.name
    claims = [*known.in_the_way(staff, placement.periods), *earlier.in_the_way(staff, placement.periods)]
    if placement.takes_time:
        claims = [claim for claim in claims if not claim.is_over]
    if claims:
        same = (claim for claim in claims if claim.who == placement.who)
        placement.claim = next(same, claims[0])
        placement.status = Status.CONFLICT
        return
    claim = Claim(who=placement.who, row=entry.row, is_over=placement.took_time)
    earlier.add(staff, placement.periods, claim)


def _name_rows(placements: Sequence[Placement], run: Import) -> None:
    """Whoever is in the way may be an earlier row of the same file: then it is called that."""
    claims = [one.claim for one in placements if one.claim is not None]
    others = [claim.appointment_id for claim in claims if claim.appointment_id is not None]
    stored = ImportedRow.objects.filter(imported_by=run, appointment__in=others) if others else None
    rows = dict(stored.values_list("appointment_id", "row")) if stored is not None else {}
    for one in placements:
        if one.claim is not None and one.claim.appointment_id in rows:
            one.claim = one.claim._replace(row=rows[one.claim.appointment_id])


def _give_way(placements: Sequence[Placement], known: _Known, now: datetime) -> list[Reservation]:
    """Ends the holds where appointments go now; those that were live are lost, and given back."""
    ids = {
        claim.reservation_id
        for one in placements
        if one.takes_time
        for claim in known.holds.in_the_way(one.entry.staff.pk, one.periods)
    }
    ending = [row for pk, row in known.reservations.items() if pk in ids]
    lost = [row for row in ending if row.is_live(now)]
    end_reservations([row for row in ending if not row.is_live(now)], ReservationState.EXPIRED)
    end_reservations(lost, ReservationState.LOST)
    for row in lost:
        row.state = ReservationState.LOST
    return lost
