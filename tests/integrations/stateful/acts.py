"""What people, Cal.com and the worker do, each as one piece of work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction

from appointments import booking
from appointments.audit import Channel, acting
from appointments.models import Appointment, Reservation, Service, Staff
from appointments.models.appointment import Source
from integrations import convergence, courtesy, resolving, tasks
from integrations.incoming.reconciling import reconcile
from integrations.models import CalendarBooking, CalendarCase
from tests.integrations.stateful.promises import Promises
from tests.integrations.stateful.stage import Stage

CALL = timedelta(seconds=25)


class Acts:
    """``guests``: uids of other people's bookings that nobody of the salon has touched. ``begun``: the
    appointments that somebody is about to change, and whether it is a caller, until it is noted.
    """

    def __init__(self, stage: Stage, promises: Promises) -> None:
        self.stage = stage
        self.promises = promises
        self.guests: set[str] = set()
        self.calls = 0
        self.begun: dict[int, bool] = {}

    # The salon.

    def staff_books(self, service: Service, staff: Staff, start: datetime) -> None:
        request = self.stage.salon.request(service, staff, now=self.stage.now)
        visit = booking.Visit(source=Source.STAFF, customer=self.stage.customer)
        try:
            appointment = booking.book(request, start=start, visit=visit)
        except booking.BookingError:
            return
        self.noted(appointment)

    def staff_moves(self, appointment: Appointment, staff: Staff, start: datetime) -> None:
        to = booking.Move(start=start, staff=staff)
        self._decide(appointment, lambda: booking.reschedule(appointment, to, now=self.stage.now))

    def staff_swaps(self, one: Appointment, other: Appointment) -> None:
        moves = [
            (one, booking.Move(start=other.starts_at, staff=other.staff)),
            (other, booking.Move(start=one.starts_at, staff=one.staff)),
        ]
        self.begun |= {one.pk: False, other.pk: False}
        try:
            moved = booking.replan(moves, now=self.stage.now)
        except booking.BookingError:
            return
        for appointment in moved:
            self.noted(appointment)

    def staff_cancels(self, appointment: Appointment) -> None:
        self._decide(appointment, lambda: booking.cancel(appointment, now=self.stage.now))

    def _decide(self, appointment: Appointment, change: Callable[[], Appointment]) -> None:
        self.begun[appointment.pk] = False
        try:
            self.noted(change())
        except booking.BookingError:
            return

    def noted(self, appointment: Appointment) -> None:
        """It is as people have been told, or are about to be; its booking is the salon's affair now."""
        is_asked = self.begun.pop(appointment.pk, False)
        with self.stage.fate.out_of_it():
            (self.promises.ask if is_asked else self.promises.note)(appointment)
            uids = CalendarBooking.objects.filter(appointment=appointment).values_list("uid", flat=True)
            for uid in uids:
                self._give_up(uid)

    def _give_up(self, uid: str | None) -> None:
        """With what it has been moved to at Cal.com, of which the salon may not have heard."""
        while uid:
            self.guests.discard(uid)
            there = self.stage.world.booking(uid)
            uid = there.rescheduled_to if there else None

    def staff_solves(self, case: CalendarCase, way: resolving.Way, staff: Staff, start: datetime) -> None:
        by = {"user": self.stage.user, "now": self.stage.now}
        simple = {
            resolving.Way.TRY_AGAIN: resolving.try_again,
            resolving.Way.KEEP: resolving.keep,
            resolving.Way.DISMISS: resolving.dismiss,
        }
        try:
            if way in simple:
                simple[way](case, **by)
            elif case.appointment is not None:
                self._solve(case, case.appointment, way, staff=staff, start=start, **by)
        except (resolving.ResolvingError, booking.BookingError):
            return

    def _solve(self, case: CalendarCase, appointment: Appointment, way: resolving.Way, **facts: Any) -> None:
        facts["revision"] = appointment.revision
        place = {name: facts.pop(name) for name in ("staff", "start")}
        if way is resolving.Way.PROMOTE:  # it is still the guest's affair when they come
            resolving.promote(case, **facts)
            return
        self.begun[appointment.pk] = False
        if way is resolving.Way.MOVE:
            resolving.move(case, **place, **facts)
        else:
            (resolving.cancel if way is resolving.Way.CANCEL else resolving.take_over)(case, **facts)

    # The phone.

    def caller_asks(self, service: Service, staff: Staff | None, start: datetime) -> None:
        self.calls += 1
        request = self.stage.salon.request(service, staff, now=self.stage.now, holder=f"call-{self.calls}")
        try:
            hold = booking.hold(request, start=start)
        except booking.BookingError:
            return
        self._keep(hold, courtesy.ask(hold, deadline=_patience()))

    def caller_waits(self, hold: Reservation) -> None:
        try:
            current = booking.extend(hold, now=self.stage.now)
        except booking.HoldLost:
            return
        self._keep(current, courtesy.renew(current, deadline=_patience()))

    def _keep(self, hold: Reservation, answer: courtesy.Answer) -> None:
        if answer is courtesy.Answer.TAKEN:
            booking.release(hold)

    def caller_books(self, hold: Reservation) -> None:
        visit = booking.Visit(source=Source.PHONE, customer=self.stage.customer)
        with acting(Channel.PHONE):
            try:
                with transaction.atomic():
                    appointment = booking.convert(hold, visit=visit, now=self.stage.now)
                    convergence.await_answer(appointment, now=self.stage.now)
            except booking.BookingError:
                return
            self.begun[appointment.pk] = True
            self.noted(appointment)
            self._tell(appointment)

    def caller_moves(self, appointment: Appointment, start: datetime) -> None:
        with acting(Channel.PHONE):
            now = self.stage.now
            before = appointment.revision
            to = booking.Move(start=start)
            self.begun[appointment.pk] = True
            try:
                with transaction.atomic():
                    moved = booking.reschedule(appointment, to, now=now, keeps_old_until=now + CALL)
                    if moved.revision != before:
                        convergence.await_answer(moved, now=now)
            except booking.BookingError:
                return
            if moved.revision == before:
                return
            self.noted(moved)
            self._tell(moved)

    def caller_cancels(self, appointment: Appointment) -> None:
        with acting(Channel.PHONE):
            self.staff_cancels(appointment)
            convergence.settle(appointment)

    def _tell(self, appointment: Appointment) -> None:
        settled = convergence.settle(appointment)
        appointment.refresh_from_db()
        assert settled.promised == (convergence.settled(appointment).promised)

    # Cal.com.

    def guest_books(self, event_type: int, start: datetime) -> None:
        try:
            booked = self.stage.sandbox.book(event_type, start)
        except LookupError:
            return
        self.guests.add(str(booked["uid"]))

    # The worker.

    def worker_syncs(self) -> None:
        tasks.sync_calendar()

    def worker_reads(self) -> None:
        tasks.process_calendar_events()

    def worker_reconciles(self) -> None:
        reconcile(self.stage.salon.company, now=self.stage.now)

    def worker_sweeps(self) -> None:
        booking.sweep(now=self.stage.now)
        tasks.clean_up_slots()

    def post_comes(self) -> None:
        self.stage.collect()
        for letter in self.stage.letters:
            self.stage.deliver(letter)
        self.stage.letters.clear()
        self.worker_reads()


def _patience() -> float:
    return monotonic() + settings.CALENDAR_CALL_BUDGET_MS / 1000
