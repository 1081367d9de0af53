"""What the integrity checks found, over days, and what was repaired."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models.company import Company


class Severity(models.TextChoices):
    """By when somebody should look. The order is that of the morning page."""

    CRITICAL = "critical", _("at once")
    ERROR = "error", _("today")
    WARNING = "warning", _("when there is time")


class Trigger(models.TextChoices):
    """Who wanted a report."""

    DAILY = "daily", _("every night")
    PERSON = "person", _("by hand")
    COMMAND = "command", _("command")
    IMPORT = "import", _("import")


class IntegrityReport(models.Model):
    """One run of the checks over a company; without one: over what concerns the installation as a whole.

    ``day``: the company's local day. ``checks``: the ids that were run; ``failed`` those of them that
    could not be. ``ratio``: as ``integrity.consistency_ratio``, None where no appointment belongs in a
    calendar. Unfinished for long, it died.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="integrity_reports",
        null=True,
        blank=True,
        verbose_name=_("company"),
    )
    day = models.DateField(_("day"))
    trigger = models.CharField(_("wanted"), max_length=10, choices=Trigger)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wanted by"),
    )
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    checks = models.JSONField(_("checks"), default=list)
    failed = models.JSONField(_("checks that failed"), default=list)
    ratio = models.FloatField(_("agreement with the calendar"), null=True, blank=True)
    new = models.PositiveIntegerField(_("new"), default=0)
    open = models.PositiveIntegerField(_("open"), default=0)
    acknowledged = models.PositiveIntegerField(_("acknowledged"), default=0)
    solved = models.PositiveIntegerField(_("solved"), default=0)

    class Meta:
        verbose_name = _("integrity report")
        verbose_name_plural = _("integrity reports")
        permissions: ClassVar = [("run_integrity", _("Can run the integrity checks"))]
        indexes: ClassVar = [
            models.Index(fields=["company", "started_at"], name="integrity_report_started"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "company"], name="integrity_report_of_company"),
            # Two workers, or an hour that comes twice: one report a night all the same.
            models.UniqueConstraint(
                fields=["company", "day"], condition=Q(trigger="daily"), name="integrity_report_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(trigger="daily", company__isnull=True),
                name="integrity_report_of_installation_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company or _('the installation')}, {self.day:%d.%m.%Y}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class FindingQuerySet(models.QuerySet["Finding"]):
    def unsolved(self) -> "FindingQuerySet":
        return self.filter(resolved_at__isnull=True)

    def open(self) -> "FindingQuerySet":
        """What somebody has to look at: neither solved nor acknowledged."""
        return self.unsolved().filter(acknowledged_at__isnull=True)

    def acknowledged(self) -> "FindingQuerySet":
        return self.unsolved().filter(acknowledged_at__isnull=False)

    def by_urgency(self) -> "FindingQuerySet":
        """What to do first; of the same urgency what is new, then what came first."""
        rank = models.Case(
            *(models.When(severity=value, then=number) for number, value in enumerate(Severity.values)),
            default=len(Severity.values),
            output_field=models.PositiveSmallIntegerField(),
        )
        return self.annotate(rank=rank).order_by("rank", "-first_seen", "check_id", "pk")


class Finding(models.Model):
    """Something that is not as it should be, as data.

    ``check_id`` and ``code`` choose the sentence, ``facts`` fill it (``integrity.words``); nothing in
    them is personal: who is meant is looked up through ``subjects``, ``[{"model", "id"}]``, when it is
    shown. ``fingerprint`` is the same for the same fault on every day. What comes back after it was
    solved is a new finding.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="integrity_findings",
        null=True,
        blank=True,
        verbose_name=_("company"),
    )
    check_id = models.CharField(_("check"), max_length=60)
    code = models.CharField(_("kind"), max_length=40, blank=True)
    severity = models.CharField(_("urgency"), max_length=10, choices=Severity)
    facts = models.JSONField(_("facts"), default=dict)
    subjects = models.JSONField(_("what it concerns"), default=list)
    repairable = models.BooleanField(_("repairable"), default=False)
    fingerprint = models.CharField(max_length=32, editable=False)
    last_report = models.ForeignKey(
        IntegrityReport,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        editable=False,
        verbose_name=_("last report"),
    )
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))
    resolved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        permissions: ClassVar = [
            ("repair_finding", _("Can repair findings")),
            ("acknowledge_finding", _("Can acknowledge findings")),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "severity", "first_seen"],
                condition=Q(resolved_at__isnull=True),
                name="finding_unsolved",
            ),
            models.Index(fields=["company", "resolved_at"], name="finding_resolved_at"),
            models.Index(fields=["check_id", "first_seen"], name="finding_check_first_seen"),
        ]
        constraints: ClassVar = [
            SameCompany(field="last_report", name="finding_report_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="finding_of_company"),
            # The company is part of the fingerprint.
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(resolved_at__isnull=True), name="finding_unsolved_once"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | ~Q(reason=""),
                name="finding_acknowledged_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.check_id

    @property
    def is_solved(self) -> bool:
        return self.resolved_at is not None

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_at is not None


class RepairOutcome(models.TextChoices):
    DONE = "done", _("repaired")
    REFUSED = "refused", _("refused")


class Repair(models.Model):
    """Who repaired what, and how it was before and after. Never changed, and it survives its finding.

    ``sentences``: what was done, ``[{"text", "facts"}]`` (``integrity.words.Sentence``). ``before`` and
    ``after``: ``{"<model> <id>": {field: value}}``. Nothing in them is personal.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="integrity_repairs",
        null=True,
        blank=True,
        verbose_name=_("company"),
    )
    finding = models.ForeignKey(
        Finding,
        on_delete=models.SET_NULL,
        related_name="repairs",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("finding"),
    )
    check_id = models.CharField(_("check"), max_length=60)
    outcome = models.CharField(_("outcome"), max_length=10, choices=RepairOutcome)
    sentences = models.JSONField(_("what was done"), default=list)
    subjects = models.JSONField(_("what it concerns"), default=list)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    made_at = models.DateTimeField(_("time"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes: ClassVar = [models.Index(fields=["company", "made_at"], name="repair_made_at")]
        constraints: ClassVar = [SameCompany(field="finding", name="repair_finding_same_company")]

    def __str__(self) -> str:
        return f"{self.check_id}, {self.made_at:%d.%m.%Y %H:%M}"
