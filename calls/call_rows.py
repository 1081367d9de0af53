"""Which calls and attempts a number counts: the words that the dashboard and the lists' filters share."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallAppointment, Callback, FunctionCall, Relationship
from calls.models.call import TEST_AGENT

# The functions that book, under all their names.
BOOKING = ("start_booking", "book_appointment", "collect_appointment_data")
CALLBACK, NOTHING = "callback", "nothing"
OUTCOMES = {
    Relationship.ORIGINAL.value: _("booked"),
    Relationship.RESCHEDULE.value: _("moved"),
    Relationship.CANCELLATION.value: _("cancelled"),
    Relationship.DUPLICATE_ATTEMPT.value: _("asked for again"),
    Relationship.ENQUIRY.value: _("asked about"),
    CALLBACK: _("to be called back"),
    NOTHING: _("without result"),
}
# How an attempt to book ended. A question back is none: the caller is still talking.
ATTEMPTS: Mapping[str, tuple[object, Q]] = {
    "made": (_("booked"), Q(status__in=("booked", "provisional"))),
    "race": (_("lost race"), Q(status="slot_taken", lost_race=True)),
    "taken": (_("was taken already"), Q(status="slot_taken", lost_race=False)),
    "refused": (_("refused by the rules"), Q(status="refused")),
    "failed": (_("failed"), Q(status="error")),
}


def real(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Without those that staff typed to try the phone out."""
    return rows.exclude(agent_id=TEST_AGENT)


def with_outcome(outcome: str) -> Q:
    """Our own facts, whatever the platform thinks of the call (incident G13). A call may have several."""
    links = CallAppointment.objects.filter(call=OuterRef("pk"))
    callbacks = Exists(Callback.objects.filter(call=OuterRef("pk")))
    if outcome == CALLBACK:
        return Q(callbacks)
    if outcome == NOTHING:
        return Q(~Exists(links), ~callbacks)
    return Q(Exists(links.filter(relationship=outcome)))


def attempts(rows: QuerySet[FunctionCall], outcome: str = "") -> QuerySet[FunctionCall]:
    """Attempts of real calls to book, all or those that ended so."""
    anyhow = Q()
    for _title, ended in ATTEMPTS.values():
        anyhow |= ended
    wanted = ATTEMPTS[outcome][1] if outcome else anyhow
    return rows.filter(wanted, name__in=BOOKING).exclude(call__agent_id=TEST_AGENT)
