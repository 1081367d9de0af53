"""Storing the domain's parts of a salon file. Every function makes rows match the file."""

from django.utils.translation import gettext as _

from appointments import hooks
from appointments.fields import format_minute
from appointments.models import (
    Branch,
    BranchPhoneNumber,
    Company,
    OpeningHours,
    Policy,
    Service,
    ServicePhase,
)
from appointments.models.company import WeeklyHours
from appointments.salon.application import Application
from appointments.salon.changelog import ChangeLog, Kind
from appointments.salon.rows import deactivate_others, match_children, match_object, noun
from appointments.salon.schema import CompanyPart, ServicePart

HOURS = ("weekday", "start_minute", "end_minute")


def store_company(part: CompanyPart, log: ChangeLog) -> Company:
    """Locks the company, so that two applications of one file come one after the other.

    Nothing else locks it, and this lock comes before those of the staff.
    """
    facts = part.model_dump()
    found = Company.objects.select_for_update(no_key=True).filter(slug=part.slug).first()
    fields = ("name", "timezone", "holidays", "currency")
    return match_object(found, wanted=Company(**facts), fields=fields, log=log)


def store_branches(application: Application) -> None:
    company = application.company
    found = {branch.name: branch for branch in Branch.objects.filter(company=company)}
    fields = ("minimum_notice_minutes", "horizon_days", "slot_minutes", "calendar", "active")
    for part in application.file.branches:
        wanted = Branch(
            company=company, name=part.name, **{field: getattr(part, field) for field in fields[:-1]}
        )
        before = found[part.name].calendar if part.name in found else part.calendar
        branch = match_object(found.get(part.name), wanted=wanted, fields=fields, log=application.log)
        hooks.calendar_switched(branch, before)
        application.branches[part.name] = branch
        hours = [
            OpeningHours(branch=branch, weekday=weekday, start_minute=pair.start, end_minute=pair.end)
            for weekday, pair in part.opening_hours.pairs()
        ]
        match_children(
            branch.opening_hours,
            hours,
            fields=HOURS,
            of=part.name,
            log=application.log,
            shown=shown_hours,
        )
    _store_phone_numbers(application)
    deactivate_others(Branch.objects.filter(company=company), application.branches, application.log)


def shown_hours(hours: WeeklyHours) -> str:
    day = hours.get_weekday_display()
    return f"{day} {format_minute(hours.start_minute)}-{format_minute(hours.end_minute)}"


def _store_phone_numbers(application: Application) -> None:
    """All of the company at once: a number may move from one branch to another."""
    wanted = [
        BranchPhoneNumber(branch=application.branches[part.name], number=number)
        for index, part in enumerate(application.file.branches)
        for n, number in enumerate(part.phone_numbers)
        if not _is_foreign(application, number, ("branches", index, "phone_numbers", n))
    ]
    match_children(
        BranchPhoneNumber.objects.filter(branch__company=application.company),
        wanted,
        fields=("branch_id", "number"),
        of=application.company.name,
        log=application.log,
    )


def _is_foreign(application: Application, number: str, path: tuple[str | int, ...]) -> bool:
    """A number decides the company (invariant I8). Whose it is stays unsaid: another tenant's name."""
    others = BranchPhoneNumber.objects.filter(number=number).exclude(branch__company=application.company)
    if not others.exists():
        return False
    application.refuse(path, _("%(number)s belongs to another company.") % {"number": number})
    return True


def store_services(application: Application) -> None:
    company = application.company
    found = {service.name: service for service in Service.objects.filter(company=company)}
    fields = (
        "synonyms",
        "price",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "calendar_layout",
        "active",
    )
    for part in application.file.services:
        wanted = Service(
            company=company, name=part.name, **{field: getattr(part, field) for field in fields[:-1]}
        )
        service = match_object(found.get(part.name), wanted=wanted, fields=fields, log=application.log)
        application.services[part.name] = service
        _store_phases(service, part, application.log)
    deactivate_others(Service.objects.filter(company=company), application.services, application.log)


def _store_phases(service: Service, part: ServicePart, log: ChangeLog) -> None:
    """Promised appointments have copies of the old ones and keep them."""
    phases = [
        ServicePhase(
            service=service, position=position, name=phase.name, minutes=phase.minutes, busy=phase.busy
        )
        for position, phase in enumerate(part.plan().phases, start=1)
    ]
    fields = ("position", "name", "minutes", "busy")
    match_children(service.phases, phases, fields=fields, of=part.name, log=log, shown=_shown_phase)


def _shown_phase(phase: ServicePhase) -> str:
    minutes = _("%(minutes)s min") if phase.busy else _("%(minutes)s min free")
    return f"{phase.position}. {phase.name} {minutes % {'minutes': phase.minutes}}".replace("  ", " ")


def store_policy(application: Application) -> None:
    """Like hours, policies are settings: without them in the file there are none. Those of branches,
    services and stylists are not in it, so they stay.
    """
    rules = Policy.objects.filter(company=application.company)
    found = rules.filter(branch=None, service=None, staff=None).first()
    part = application.file.policies
    if part is None:
        if found is not None:
            found.delete()
            application.log.add(Kind.REMOVED, noun(Policy), application.company.name)
        return
    fees = sorted(part.fees, key=lambda fee: fee.hours, reverse=True)
    wanted = Policy(
        company=application.company,
        cancel_hours_before=part.cancel_hours_before,
        reschedule_hours_before=part.reschedule_hours_before,
        max_reschedules=part.max_reschedules,
        max_open_appointments=part.max_open_appointments,
        fees=[{"hours": fee.hours, "amount": str(fee.amount)} for fee in fees],
    )
    fields = (
        "cancel_hours_before",
        "reschedule_hours_before",
        "max_reschedules",
        "max_open_appointments",
        "fees",
    )
    match_object(found, wanted=wanted, fields=fields, log=application.log)
