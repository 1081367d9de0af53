"""What a caller asked and heard, and what stood before: the facts that an answer is held against."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from appointments.models import Allocation, Appointment, Reservation, Service, Staff
from appointments.models.ledger import ReservationState
from calls.models import Call, CallAppointment
from tests.calls.phone import Phone
from tests.salons import BERLIN
from tests.whole.stage import Stage

# Minutes after its start in which a service needs its stylist.
BUSY = {"Herrenhaarschnitt": ((0, 55),), "Dauerwelle": ((0, 50), (65, 70), (80, 135))}
NOTICE = timedelta(minutes=15)
BOOKED = ("booked", "provisional", "already_booked")


@dataclass(frozen=True)
class Wish:
    service: Service
    staff: Staff | None
    start: datetime

    @classmethod
    def of_offer(cls, stage: Stage, offer: Mapping[str, Any]) -> "Wish":
        salon = stage.salon
        service = {one.name: one for one in (salon.cut, salon.perm)}[offer["service"]]
        staff = {one.name: one for one in (salon.emma, salon.jonas)}[offer["staff"]]
        return cls(service, staff, datetime.fromisoformat(offer["starts_at"]))

    def words(self) -> dict[str, str]:
        local = self.start.astimezone(BERLIN)
        said = {
            "datum": local.date().isoformat(),
            "uhrzeit": f"{local:%H:%M}",
            "dienstleistung": self.service.name,
        }
        return {**said, "mitarbeiter": self.staff.name} if self.staff else said

    def spans(self) -> Iterator[tuple[datetime, datetime]]:
        """In which its stylist is busy, half-open."""
        for first, last in BUSY[self.service.name]:
            yield self.start + timedelta(minutes=first), self.start + timedelta(minutes=last)


@dataclass(frozen=True)
class Asked:
    """``reply`` None: the process died first. ``moves_to``: where an appointment was to go."""

    function: str
    args: Mapping[str, str]
    tool: str
    reply: dict[str, Any] | None
    wish: Wish | None = None
    moves_to: datetime | None = None


@dataclass(frozen=True)
class Before:
    """What stood before a question: what the call had booked, and its holds that lived, by token."""

    booked: frozenset[int]
    holds: frozenset[str]

    @classmethod
    def of(cls, stage: Stage, phone: Phone) -> "Before":
        held = Reservation.objects.filter(
            holder=holder_of(phone), state=ReservationState.HELD, expires_at__gt=stage.now
        )
        return cls(frozenset(booked_by(phone)), frozenset(held.values_list("token", flat=True)))


@dataclass(frozen=True)
class How:
    """``repeats``: what was asked before. ``mumbles``: something was missing. ``is_anothers``: with an id that
    belongs to somebody else.
    """

    repeats: Asked | None = None
    mumbles: bool = False
    is_anothers: bool = False


@dataclass(frozen=True)
class Heard:
    """An answer, with everything that it is held against."""

    stage: Stage
    phone: Phone
    name: str
    asked: Asked
    before: Before
    how: How

    @property
    def reply(self) -> dict[str, Any]:
        return self.asked.reply or {}

    @property
    def status(self) -> str:
        return str(self.reply["status"])

    @property
    def is_quiet(self) -> bool:
        """Nobody and nothing came between the question and its answer."""
        return not (self.stage.fate.hurt or self.stage.fate.overtaken)

    @property
    def is_replay(self) -> bool:
        """The same message once more: what was true then is said again."""
        return self.how.repeats is not None and self.how.repeats.tool == self.asked.tool

    @property
    def slot(self) -> tuple[str, str, datetime]:
        """Stylist, service and start, as they were said."""
        reply = self.reply
        return reply["staff"], reply["service"], datetime.fromisoformat(reply["starts_at"])

    @property
    def newly_booked(self) -> set[int]:
        return booked_by(self.phone) - self.before.booked


def is_taken(
    stage: Stage, staff: Staff, wish: Wish, phone: Phone | None = None, *, moving: int | None = None
) -> bool:
    """By anybody but this call itself, or too soon. ``moving``: an appointment that would give up its time."""
    now = stage.now
    if wish.start < now + NOTICE:
        return True
    somewhere = Q(pk__in=[])
    for span in wish.spans():
        somewhere |= Q(during__overlap=span)
    rows = Allocation.objects.filter(somewhere, staff=staff)
    rows = rows.filter(Q(reservation__isnull=True) | Q(reservation__expires_at__gt=now))
    if moving is not None:
        rows = rows.exclude(appointment=moving)
    return (rows.exclude(reservation__holder=holder_of(phone)) if phone else rows).exists()


def holder_of(phone: Phone) -> str:
    call = Call.objects.filter(call_id=phone.call_id).first()
    return call.holder if call else "nobody"


def booked_by(phone: Phone) -> set[int]:
    """Blocking appointments that this call has made."""
    links = CallAppointment.objects.filter(call__call_id=phone.call_id, relationship="original")
    rows = Appointment.objects.blocking().filter(pk__in=links.values("appointment"))
    return set(rows.values_list("pk", flat=True))
