"""The list of calls, and the page of one."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from appointments.access import access_of
from appointments.admin.backfill import Backfill, backfill_page, is_for_whole_company
from appointments.admin.base import ReadOnlyAdmin, ReadOnlyInline
from appointments.integrity import Scope
from appointments.missed import times_missed_of
from appointments.models import Company
from appointments.phones import display_phone
from appointments.queueing import hand_over
from calls.admin.call_page import rows_of
from calls.admin.filters import CallDaysFilter, OutcomeFilter
from calls.admin.matters import matters_of
from calls.admin.trial_page import TrialPage
from calls.integrity.checks_links import judged
from calls.linking import Verdict
from calls.linking.words import sentence_about
from calls.models import Call, CallStatus, FunctionCall
from calls.models.call import TEST_AGENT

CONVERSATION = "admin/calls/call/conversation.html"


class ContradictionFilter(SimpleListFilter):
    """Calls in which the agent said what no function had answered (incidents C5, J12)."""

    title = _("contradictions")
    parameter_name = "contradicted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("with contradictions")), ("no", _("without contradictions"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        if self.value() == "yes":
            return queryset.filter(contradictions__gt=0)
        return queryset.filter(contradictions=0) if self.value() == "no" else queryset


class TestCallFilter(SimpleListFilter):
    title = _("test calls")
    parameter_name = "test"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("no", _("without test calls")), ("yes", _("test calls only"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        if self.value() == "no":
            return queryset.exclude(agent_id=TEST_AGENT)
        return queryset.filter(agent_id=TEST_AGENT) if self.value() == "yes" else queryset


class FunctionCallInline(ReadOnlyInline):
    model = FunctionCall
    fields = ("created_at", "name", "status", "args", "reply", "milliseconds", "error")
    ordering = ("pk",)


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    scope_branch = "branch"
    list_display = (
        "started_at",
        "number",
        "customer",
        "did_not_come",
        "branch",
        "length",
        "outcome",
        "cost",
        "contradictions",
    )
    list_filter = (
        *(CallDaysFilter, OutcomeFilter, ContradictionFilter, TestCallFilter),
        *("branch", "status", "direction"),
    )
    list_select_related = ("customer", "branch__company")
    search_fields = ("call_id", "caller", "customer__name")
    ordering = ("-started_at",)
    actions_list = ("test_call", "link_calls")
    inlines = (FunctionCallInline,)
    change_form_outer_after_template = "admin/calls/call/appointments.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = super().get_queryset(request).prefetch_related("appointment_links")
        counted: QuerySet[Call] = calls.annotate(times_missed=times_missed_of("customer"))
        return counted

    def get_fieldsets(self, request: HttpRequest, obj: Call | None = None) -> Any:
        """What was said, and the platform's words for it, only for whoever may read that."""
        facts: tuple[Any, ...] = (
            ("started_at", "length"),
            ("number", "customer"),
            ("branch", "direction"),
            ("status", "disconnection_reason"),
            ("outcome", "contradictions"),
            ("cost", "vendor_success"),
            ("call_id", "agent_id"),
        )
        if getattr(obj, "times_missed", None):
            facts = ("did_not_come", *facts)
        sets: list[Any] = [(None, {"fields": facts})]
        if request.user.has_perm("calls.view_transcript"):
            functions = request.user.has_perm("calls.view_functioncall")
            talk = "talk_with_functions" if functions else "talk"
            sets.append((_("conversation"), {"fields": ("summary", "sentiment", talk)}))
        return sets

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        call = kwargs.get("obj")
        if call is not None:
            context["matters"] = matters_of(call)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_test_call_permission(self, request: HttpRequest) -> bool:
        """Nobody adds calls by hand; whoever might, may make one."""
        return request.user.has_perms(("calls.view_call", "calls.add_call"))

    @action(  # type: ignore[untyped-decorator] # the theme brings no types
        description=_("Test call"), url_path="test-call", permissions=["test_call"], icon="phone_in_talk"
    )
    def test_call(self, request: HttpRequest) -> HttpResponse:
        """A form for each utterance; the conversation is in the session."""
        if not self.has_test_call_permission(request):
            raise PermissionDenied
        page = TrialPage(request)
        if request.method == "POST":
            page.act(request.POST.get("action", ""))
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Test call"),
            "page": page,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/calls/call/test_call.html", context)

    def has_link_calls_permission(self, request: HttpRequest) -> bool:
        may = request.user.has_perms(("calls.view_call", "appointments.change_appointment"))
        return may and is_for_whole_company(request)

    @action(  # type: ignore[untyped-decorator] # the theme brings no types
        description=_("Link old calls"), url_path="link-calls", permissions=["link_calls"], icon="link"
    )
    def link_calls(self, request: HttpRequest) -> HttpResponse:
        if not self.has_link_calls_permission(request):
            raise PermissionDenied
        own = access_of(request.user).scope(Company.objects.filter(active=True), company="pk")
        companies, slug = own.order_by("name"), request.GET.get("company")
        backfill = Backfill(
            title=_("Link old calls"),
            explanation=_(
                "Calls that booked, moved or cancelled an appointment and know nothing of it are linked with "
                "it. Whose appointment it was is judged by what was answered then."
            ),
            would=lambda company: (
                sentence_about(each, dry_run=True)
                for each in judged(Scope(now=timezone.now(), company=company))
                if each.verdict is Verdict.LINKED
            ),
            start=lambda company: hand_over("calls.tasks.link_calls", company.pk),
        )
        company = get_object_or_404(companies, slug=slug) if slug else companies.first()
        return backfill_page(self, request, backfill, companies=companies, company=company)

    @admin.display(description=_("caller"), ordering="caller")
    def number(self, call: Call) -> str:
        return display_phone(call.caller) or str(_("hidden"))

    @admin.display(description=_("did not come"))
    def did_not_come(self, call: Any) -> str:
        """How often the customer did not, for whoever answers or calls back. The voice never says it."""
        return f"{call.times_missed}×" if call.times_missed else "–"

    @admin.display(description=_("duration"), ordering="duration_ms")
    def length(self, call: Call) -> str:
        """Minutes and seconds."""
        if call.duration_ms is None:
            return "–" if call.has_ended else str(CallStatus.ONGOING.label)
        minutes, seconds = divmod(round(call.duration_ms / 1000), 60)
        return f"{minutes}:{seconds:02}"

    @admin.display(description=_("outcome"))
    def outcome(self, call: Call) -> str:
        """Our own facts, whatever the platform thinks of the call (incident G13)."""
        links = sorted(call.appointment_links.all(), key=lambda link: link.pk)
        return ", ".join(dict.fromkeys(link.get_relationship_display() for link in links)) or "–"

    @admin.display(description=_("cost in US dollars"), ordering="cost_cents")
    def cost(self, call: Call) -> str:
        return "–" if call.cost_cents is None else number_format(call.cost_cents / 100, 2)

    @admin.display(description=_("what was said and answered"))
    def talk_with_functions(self, call: Call) -> str:
        return render_to_string(CONVERSATION, {"rows": rows_of(call), "functions": True})

    @admin.display(description=_("what was said"))
    def talk(self, call: Call) -> str:
        return render_to_string(CONVERSATION, {"rows": rows_of(call), "functions": False})
