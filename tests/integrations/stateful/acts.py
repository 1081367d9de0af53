"""What people, Cal.com and the worker do, each as one piece of work."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from appointments import booking
from appointments.audit import Channel, acting
from appointments.models import Appointment, Reservation, Service, Staff
from appointments.models.appointment import Source
from integrations import convergence, courtesy, tasks
from integrations.convergence.due import try_again
from integrations.incoming.reconciling import reconcile
from integrations.models import CalendarBooking, CalendarCase, Solution
from integrations.cases import solve
from time import monotonic

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

    def _decide(self, appointment: Appointment, change) -> None:
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
            self.guests -= set(uids)

    def staff_solves(self, case: CalendarCase, way: str, staff: Staff, start: datetime) -> None:
        appointment = case.appointment
        if appointment is None:
            return
        now = self.stage.now
        if way == Solution.RETRY:
            try_again(appointment, now=now)
        elif way == Solution.CANCEL:
            self.staff_cancels(appointment)
        elif way == Solution.MOVE:
            self.staff_moves(appointment, staff, start)
        solve(case, Solution(way), now=now)

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
