"""What the worker does for calls. Each may be lost or come twice."""

from django.utils import timezone

from appointments.models import Company, Reservation
from calls import callback_messages, reconciling, telling
from calls.events import processing, purging
from calls.linking import Verdict, repair
from calls.purging import forget_due


def tell_of_lost_hold(reservation_id: int) -> bool:
    """Whether the agent has been told."""
    related = ("branch__company", "service", "staff")
    reservation = Reservation.objects.select_related(*related).filter(pk=reservation_id).first()
    return reservation is not None and telling.tell_of_lost_hold(reservation, now=timezone.now())


def process_call_event(event_id: int) -> None:
    """A message about a call that has just come."""
    processing.process_event(event_id, now=timezone.now())


def process_call_events() -> int:
    """Messages that had to wait, or whose task was lost; how many it were. Every minute."""
    return processing.process_due(now=timezone.now())


def link_calls(company_id: int) -> int:
    """Links old calls of a company with what they were about; how many links. Twice links nothing."""
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        return 0
    return sum(judged.verdict is Verdict.LINKED for judged in repair(company=company, dry_run=False))


def reconcile_calls() -> str:
    """Compares with the voice platform's list, then closes what is stuck. Every quarter of an hour."""
    return reconciling.reconcile(now=timezone.now())


def forget_calls() -> str:
    """What companies do not want to keep any longer of their calls; its figures. Every night."""
    return str(forget_due(now=timezone.now()))


def purge_call_events() -> int:
    """Forgets old messages about calls; how many it were. Every hour."""
    return purging.purge_events(now=timezone.now())


def acknowledge_callbacks() -> int:
    """Writes to those who were promised a callback; how many it are. Every minute."""
    return callback_messages.acknowledge_due(now=timezone.now())
