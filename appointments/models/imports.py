"""Imports of foreign files, what became of each row, and what waits in quarantine."""

from typing import ClassVar

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.constraints import SameCompany
from appointments.models.appointment import Appointment
from appointments.models.company import Company


class ImportState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    WAITING = "waiting", _("waits for its turn")
    RUNNING = "running", _("running")
    DONE = "done", pgettext_lazy("import", "done")
    FAILED = "failed", _("not possible")


UNFINISHED = (ImportState.WAITING, ImportState.RUNNING)


def uploads() -> FileSystemStorage:
    """Customers' data: nobody else on the machine reads it, and no address serves it."""
    return FileSystemStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


class Import(models.Model):
    """One run of one file. Each batch of rows commits together with the counts, so what they say has
    been done has been done, and a run that was killed goes on behind it (decision 0011).

    ``mapping``: as in a mapping file. ``digest``: of the file and its mapping. ``made``: names of what was
    created on the way, ``{"staff": [...], "services": [...]}``. ``rows_done``: how many rows of the file have
    been decided, from the first. ``file`` is empty for an import by command, and once it was removed.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    file_name = models.CharField(_("file"), max_length=200)
    file = models.FileField(_("stored file"), upload_to="imports", storage=uploads, blank=True)
    source = models.CharField(
        _("old system"),
        max_length=100,
        default="import",
        help_text=_("Rows with the same number in the same system are the same appointment."),
    )
    mapping = models.JSONField(_("mapping"), default=dict)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    dry_run = models.BooleanField(_("trial run"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.DRAFT)
    failures = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    problem = models.TextField(_("what was wrong"), blank=True)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    imported = models.PositiveIntegerField(_("imported"), default=0)
    quarantined = models.PositiveIntegerField(_("in quarantine"), default=0)
    unchanged = models.PositiveIntegerField(_("known already"), default=0)
    rejected = models.PositiveIntegerField(_("refused"), default=0)
    made = models.JSONField(_("created"), default=dict)
    created_at = models.DateTimeField(_("uploaded"))
    started_at = models.DateTimeField(_("started"), null=True)
    touched_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes: ClassVar = [
            models.Index(fields=["company", "created_at"], name="import_company_created_at"),
            models.Index(fields=["created_at"], condition=Q(state__in=UNFINISHED), name="import_unfinished"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "company"], name="import_of_company"),
            models.CheckConstraint(
                condition=Q(rows_done=F("imported") + F("quarantined") + F("unchanged") + F("rejected")),
                name="import_counts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED


class ImportedRow(models.Model):
    """A row that has become an appointment, so that it becomes one only once, whatever the file is called.

    ``key``: hash of the external id, or of what makes a row this appointment and no other. ``digest``: of
    all that was read of it, to notice that it has changed in the old system.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    source = models.CharField(_("source"), max_length=100)
    key = models.CharField(max_length=64)
    external_id = models.CharField(_("id there"), max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="imported_rows", db_constraint=False
    )
    imported_by = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="stored_rows", db_constraint=False
    )
    row = models.PositiveIntegerField(_("row"))

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints: ClassVar = [
            SameCompany(field="appointment", name="imported_row_appointment_same_company"),
            SameCompany(field="imported_by", name="imported_row_import_same_company"),
            models.UniqueConstraint(fields=["company", "source", "key"], name="imported_row_once"),
        ]

    def __str__(self) -> str:
        return self.external_id or str(self.row)


class FindingKind(models.TextChoices):
    REJECTED = "rejected", _("refused")
    QUARANTINED = "quarantined", _("in quarantine")
    NOTE = "note", _("note")


class ImportFinding(models.Model):
    """What was wrong with a row. ``row`` counts as a spreadsheet does: the header is row 1."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="findings")
    row = models.PositiveIntegerField(_("row"))
    kind = models.CharField(_("kind"), max_length=12, choices=FindingKind)
    code = models.CharField(max_length=30)
    text = models.CharField(_("reason"), max_length=500)

    class Meta:
        verbose_name = _("finding of an import")
        verbose_name_plural = _("findings of imports")
        indexes: ClassVar = [models.Index(fields=["run", "kind", "row"], name="import_finding_row")]

    def __str__(self) -> str:
        return self.text


class ConflictingAppointment(Appointment):
    """An appointment as the quarantine lists it. Never saved: the writer knows appointments only."""

    class Meta:
        proxy = True
        verbose_name = _("appointment in quarantine")
        verbose_name_plural = _("quarantine")
        default_permissions = ()  # whoever may see or change appointments may do so here


class QuarantineKind(models.TextChoices):
    OVERLAP = "overlap", _("overlap")
    DUPLICATE = "duplicate", _("double")
    MOVE = "move", _("overlap with a move")


class Quarantine(models.Model):
    """Why an imported appointment came as a conflict, and with whom.

    ``row`` and ``other_row``: where the two stood, if it was in the file of ``run``. The other appointment
    may have gone elsewhere since: who is in the way today, the ledger says. ``merged_into``: the one that was
    kept of two that were the same.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    appointment = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, related_name="quarantine", db_constraint=False
    )
    kind = models.CharField(_("reason"), max_length=10, choices=QuarantineKind)
    other = models.ForeignKey(
        Appointment,
        on_delete=models.SET_NULL,
        null=True,
        related_name="quarantined_beside",
        db_constraint=False,
        verbose_name=_("other appointment"),
    )
    merged_into = models.ForeignKey(
        Appointment, on_delete=models.SET_NULL, null=True, related_name="merged", db_constraint=False
    )
    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="quarantine", db_constraint=False)
    row = models.PositiveIntegerField(_("row"))
    other_row = models.PositiveIntegerField(_("other row"), null=True)

    class Meta:
        verbose_name = _("reason for a quarantine")
        verbose_name_plural = _("reasons for quarantine")
        constraints: ClassVar = [
            SameCompany(field="appointment", name="quarantine_appointment_same_company"),
            SameCompany(field="other", name="quarantine_other_same_company"),
            SameCompany(field="merged_into", name="quarantine_merged_into_same_company"),
            SameCompany(field="run", name="quarantine_import_same_company"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
