"""What the worker does by the clock, one task at a time."""

from appointments import booking
from appointments import tasks as domain_tasks
from calls import tasks as call_tasks
from integrations import tasks
from integrations.convergence import due
from integrations.incoming.reconciling import Reconciliation, reconcile
from integrations.models import CalendarSync
from tests.whole.stage import Stage

TASKS = ("syncs", "reads", "reconciles", "sweeps", "tells", "alarms", "hears")


class Worker:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def does(self, task: str) -> None:
        getattr(self, task)()

    def syncs(self) -> None:
        tasks.sync_calendar()

    def reads(self) -> None:
        tasks.process_calendar_events()

    def reconciles(self) -> Reconciliation:
        return reconcile(self.stage.salon.company, now=self.stage.now)

    def sweeps(self) -> None:
        domain_tasks.sweep_reservations()
        tasks.clean_up_slots()

    def tells(self) -> None:
        tasks.tell_customers()

    def hears(self) -> None:
        call_tasks.process_call_events()

    def alarms(self) -> None:
        """Whatever is pending for too long has been said aloud afterwards (I12)."""
        tasks.alarm_about_pending()
        if self.stage.fate.hurt:
            return
        with self.stage.fate.out_of_it():
            silent = due.overdue(self.stage.now).filter(company=self.stage.salon.company, alarmed_at=None)
            self.stage.demand([f"I12: pending too long and nobody was told: {_name(one)}" for one in silent])

    def post_comes(self) -> None:
        self.stage.collect()
        for letter in self.stage.letters:
            self.stage.deliver(letter)
        self.stage.letters.clear()
        self.reads()

    def whole_round(self) -> bool:
        """Everything once; whether both sides could be compared completely."""
        self.reads()
        booking.sweep(now=self.stage.now)
        self.syncs()
        compared = self.reconciles()
        tasks.clean_up_slots()
        self.hears()
        self.tells()
        return compared.is_complete


def _name(sync: CalendarSync) -> str:
    return f"appointment {sync.appointment_id} since {sync.pending_since}"
