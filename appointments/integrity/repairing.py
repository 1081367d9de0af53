"""Repairing what was found: through the writer, tried without effect first, and written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_noop

from appointments import booking
from appointments.integrity.registry import Refused, RepairFunction, check_of
from appointments.integrity.states import States, states_of
from appointments.integrity.words import Sentence
from appointments.models import Appointment, Finding, Repair
from appointments.models.integrity import RepairOutcome

RELATED = ("company", "branch__company", "staff__branch__company", "service", "customer")
BY_HAND = gettext_noop("This finding cannot be repaired by itself.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``sentences``: what was done, or would be; or why nothing can be."""

    done: bool
    sentences: Sequence[Sentence] = ()
    before: States = field(default_factory=dict)
    after: States = field(default_factory=dict)


def dry_run(finding: Finding, *, now: datetime) -> Outcome:
    """Exactly what :func:`repair` would do: it is done and rolled back, or, where other systems would be
    asked to change something, foretold by the same plan.
    """
    check = check_of(finding.check_id)
    if check is None or check.repair is None:
        return _refused(Refused(BY_HAND))
    if check.preview is not None:
        return _attempt(finding, check.preview, now)
    try:
        with transaction.atomic():
            outcome = _attempt(finding, check.repair, now)
            if outcome.done:
                _ask_the_database()
            transaction.set_rollback(True)
    except DatabaseError as error:
        return _refused(_of_database(error))
    return outcome


def repair(finding: Finding, *, now: datetime, user: User | None = None) -> Repair:
    """Does it and writes it down, also that it was refused. Never raises for a refusal; never in a
    transaction, since other systems may be asked.
    """
    outcome = _done(finding, now)
    if outcome.done and finding.pk is not None:
        Finding.objects.filter(pk=finding.pk, resolved_at=None).update(resolved_at=now)
    return _note(finding, outcome, now=now, user=user)


def _done(finding: Finding, now: datetime) -> Outcome:
    check = check_of(finding.check_id)
    if check is None or check.repair is None:
        return _refused(Refused(BY_HAND))
    try:
        if check.preview is not None:
            return _attempt(finding, check.repair, now)
        with transaction.atomic():
            return _attempt(finding, check.repair, now)
    except DatabaseError as error:
        return _refused(_of_database(error))


def _attempt(finding: Finding, act: RepairFunction, now: datetime) -> Outcome:
    before = _states(finding)
    try:
        sentences = list(act(finding, now))
    except (Refused, booking.BookingError) as error:
        return _refused(error)
    return Outcome(True, sentences, before, _states(finding))


def _states(finding: Finding) -> States:
    check = check_of(finding.check_id)
    more = check.state(finding) if check and check.state else {}
    return {**states_of(finding.subjects), **more}


def _ask_the_database() -> None:
    """What is deferred to the commit would be refused there: let it be refused now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _refused(error: Exception) -> Outcome:
    if isinstance(error, Refused):
        return Outcome(done=False, sentences=[error.sentence])
    discreet = (
        error.conflict.discreet_sentence if isinstance(error, booking.SlotTaken) and error.conflict else ""
    )
    return Outcome(done=False, sentences=[Sentence((discreet or str(error)).replace("%", "%%"))])


def _of_database(error: DatabaseError) -> Refused:
    """Its own words may hold rows; the name of the rule does not."""
    diag = getattr(error.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None) or type(error).__name__
    return Refused(gettext_noop("The database refuses it: %(rule)s."), rule=name)


def _note(finding: Finding, outcome: Outcome, *, now: datetime, user: User | None) -> Repair:
    return Repair.objects.create(
        company_id=finding.company_id,
        finding=finding if finding.pk is not None else None,
        check_id=finding.check_id,
        outcome=RepairOutcome.DONE if outcome.done else RepairOutcome.REFUSED,
        sentences=[sentence.to_json() for sentence in outcome.sentences],
        subjects=finding.subjects,
        before=outcome.before,
        after=outcome.after,
        made_at=now,
        made_by=user,
    )


def appointments_of(finding: Finding) -> list[Appointment]:
    """Those that the finding concerns, as they are now, of its own company."""
    label = Appointment._meta.label_lower
    ids = [each["id"] for each in finding.subjects if each["model"] == label]
    rows = Appointment.objects.filter(pk__in=ids, company=finding.company_id)
    return list(rows.select_related(*RELATED).prefetch_related("phases").order_by("pk"))


def appointment_of(finding: Finding) -> Appointment:
    """The one that the finding concerns. Raises ``Refused``."""
    found = appointments_of(finding)
    if len(found) != 1:
        raise Refused(gettext_noop("This appointment does not exist any more."))
    return found[0]
