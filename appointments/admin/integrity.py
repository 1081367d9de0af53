"""The morning page, each finding with its ways out, and what was repaired."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from appointments import integrity
from appointments.access import access_of
from appointments.admin.backfill import queue_away
from appointments.admin.base import ReadOnlyAdmin, row_number
from appointments.admin.integrity_changes import changes_of
from appointments.admin.integrity_page import finding_page, morning_page, running, sentences_of
from appointments.models import Company, Finding, IntegrityReport, Repair
from appointments.queueing import QueueAway, hand_over

MORNING = "admin:appointments_integrityreport_morning"


def _insist(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(f"appointments.{permission}"):
        raise PermissionDenied


@admin.register(IntegrityReport)
class IntegrityReportAdmin(ReadOnlyAdmin):
    list_display = (
        "day",
        "company",
        "trigger",
        "started_at",
        "ratio",
        "new",
        "open",
        "acknowledged",
        "solved",
    )
    list_filter = ("trigger",)
    list_select_related = ("company",)
    ordering = ("-started_at",)

    def get_urls(self) -> Any:
        wrap, name = self.admin_site.admin_view, "appointments_integrityreport"
        return [
            path("morning/", wrap(self.morning), name=f"{name}_morning"),
            path("run/", wrap(self.run_now), name=f"{name}_run"),
            *super().get_urls(),
        ]

    def morning(self, request: HttpRequest) -> HttpResponse:
        _insist(request, "view_integrityreport")
        company = _company(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Integrity"),
            "companies": _companies(request),
            "company": company,
            "page": morning_page(company, request.user, now=timezone.now()),
            "running": running(company, now=timezone.now()),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/appointments/integrity/morning.html", context)

    def run_now(self, request: HttpRequest) -> HttpResponse:
        """The worker does it, however many appointments there are; who clicks twice gets one report."""
        _insist(request, "run_integrity")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        company = _company(request)
        wanted: list[Company | None] = [company] if company is not None else []
        if access_of(request.user).everything:
            wanted.append(None)
        user: Any = request.user
        for each in wanted:
            if integrity.wanted_now(each, now=timezone.now()) is None:
                begun = integrity.begin(each, now=timezone.now(), user=user)
                try:
                    hand_over("appointments.tasks.run_integrity", begun.pk)
                except QueueAway:
                    begun.delete()
                    self.message_user(request, queue_away(), messages.ERROR)
                    break
        return HttpResponseRedirect(_morning(company))


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("sentence", "severity", "company", "first_seen", "acknowledged_at", "resolved_at")
    list_filter = ("severity", "check_id")
    list_select_related = ("company",)
    ordering = ("-first_seen", "-pk")

    @admin.display(description=gettext_lazy("finding"))
    def sentence(self, finding: Finding) -> str:
        return integrity.sentence_of(finding)

    def get_urls(self) -> Any:
        wrap, name = self.admin_site.admin_view, "appointments_finding"
        return [
            path("<int:pk>/repair/", wrap(self.repair), name=f"{name}_repair"),
            path("<int:pk>/acknowledge/", wrap(self.acknowledge), name=f"{name}_acknowledge"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        _insist(request, "view_finding")
        return self._page(request, self._own(request, object_id))

    def repair(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET says what would be done, POST does it."""
        _insist(request, "repair_finding")
        finding = self._own(request, pk)
        if request.method != "POST":
            foretold = integrity.dry_run(finding, now=timezone.now())
            changes = changes_of(foretold, finding.company)
            return self._page(request, finding, dry_run=foretold, changes=changes)
        user: Any = request.user
        made = integrity.repair(finding, now=timezone.now(), user=user)
        level = messages.SUCCESS if made.outcome == "done" else messages.ERROR
        for sentence in sentences_of(made):
            self.message_user(request, sentence, level)
        return HttpResponseRedirect(reverse("admin:appointments_finding_change", args=[pk]))

    def acknowledge(self, request: HttpRequest, pk: int) -> HttpResponse:
        _insist(request, "acknowledge_finding")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        finding = self._own(request, pk)
        reason = request.POST.get("reason", "").strip()
        if not 0 < len(reason) <= 500:
            problem = _("Please give a reason, in 500 characters at most.")
            return self._page(request, finding, problem=problem, reason=reason)
        open_ones = Finding.objects.open().filter(pk=finding.pk)
        open_ones.update(acknowledged_at=timezone.now(), acknowledged_by=request.user, reason=reason)
        self.message_user(request, _("Acknowledged."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:appointments_finding_change", args=[pk]))

    def _own(self, request: HttpRequest, pk: int | str) -> Finding:
        rows = self.get_queryset(request).select_related("company", "acknowledged_by")
        finding: Finding = get_object_or_404(rows, pk=row_number(pk))
        return finding

    def _page(self, request: HttpRequest, finding: Finding, **facts: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Finding"),
            "page": finding_page(finding, request.user),
            "media": self.media,
            **facts,
        }
        return TemplateResponse(request, "admin/appointments/integrity/finding.html", context)


@admin.register(Repair)
class RepairAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "made_by", "check_id", "outcome", "what", "company")
    list_filter = ("outcome",)
    list_select_related = ("company", "made_by")
    ordering = ("-made_at", "-pk")

    @admin.display(description=gettext_lazy("what was done"))
    def what(self, repair: Repair) -> str:
        return " ".join(sentences_of(repair))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who did what, and what was different afterwards."""
        _insist(request, "view_repair")
        rows = self.get_queryset(request).select_related("company", "made_by", "finding")
        repair: Repair = get_object_or_404(rows, pk=row_number(object_id))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": pgettext("heading", "Repair"),
            "repair": repair,
            "sentences": sentences_of(repair),
            "changes": changes_of(repair, repair.company),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/appointments/integrity/repair.html", context)


def _companies(request: HttpRequest) -> Any:
    return access_of(request.user).scope(Company.objects.filter(active=True), company="pk").order_by("name")


def _company(request: HttpRequest) -> Company | None:
    slug = request.GET.get("company")
    own = _companies(request)
    chosen: Company | None = get_object_or_404(own, slug=slug) if slug else own.first()
    return chosen


def _morning(company: Company | None) -> str:
    query = f"?company={company.slug}" if company else ""
    return reverse(MORNING) + query
