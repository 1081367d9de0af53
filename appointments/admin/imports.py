"""Importing a file in the admin: upload, say what it means, look, let it run, read what came of it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.admin.base import ReadOnlyAdmin
from appointments.admin.import_form import DELIMITERS, MappingForm, UploadForm, word_tables
from appointments.importing import ImportFileError, reporting, uploads
from appointments.importing.mapping import ENCODINGS, Mapping
from appointments.importing.preparing import open_with
from appointments.importing.previewing import Preview, Words, preview, propose
from appointments.models import Company, Import
from appointments.models.imports import ImportState


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "created_at", "state", "dry_run", *uploads.COUNTS, "created_by", "company")
    list_filter = ("state", "dry_run", "company")
    list_select_related = ("company", "created_by")
    search_fields = ("file_name",)
    ordering = ("-created_at",)

    class Media:
        css = {"all": ("appointments/import-progress.css",)}
        js = ("appointments/import-progress.js",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A file is about all branches, so it is nothing for whoever sees some of them."""
        return super().has_view_permission(request, obj) and access_of(request.user).branch_ids is None

    def has_add_permission(self, request: HttpRequest) -> bool:
        user = request.user
        may = user.has_perm("appointments.add_import") and user.has_perm("appointments.add_appointment")
        return may and access_of(user).branch_ids is None

    def get_urls(self) -> Any:
        wrap, name = self.admin_site.admin_view, "appointments_import"
        return [
            path("<int:pk>/mapping/", wrap(self.mapping_view), name=f"{name}_mapping"),
            path("<int:pk>/progress/", wrap(self.progress), name=f"{name}_progress"),
            path("<int:pk>/again/", wrap(self.again), name=f"{name}_again"),
            path("<int:pk>/discard/", wrap(self.discard), name=f"{name}_discard"),
            path("<int:pk>/refused.csv", wrap(self.refused), name=f"{name}_refused"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        companies = access_of(request.user).scope(
            Company.objects.filter(active=True).order_by("name"), company="pk"
        )
        data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = UploadForm(*data, companies=companies)
        if form.is_valid():
            cleaned = form.cleaned_data
            run = uploads.receive(cleaned["company"], cleaned["file"], user=request.user, now=timezone.now())
            return HttpResponseRedirect(_url("mapping", run))
        return self._page(request, "upload.html", _("Import appointments"), form=form)

    def mapping_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the file means: proposed, then as a person has said it, with a look at the first rows."""
        run = self._own(request, pk)
        if run.state != ImportState.DRAFT and not (run.dry_run and run.state == ImportState.DONE):
            return HttpResponseRedirect(_url("change", run))
        try:
            mapping = Mapping.model_validate(run.mapping) if run.mapping else self._propose(run)
            return self._mapping(request, run, mapping)
        except ImportFileError as error:
            return self._page(request, "mapping.html", run.file_name, run=run, problem=str(error))

    def _propose(self, run: Import) -> Mapping:
        mapping = propose(uploads.opener_of(run), run.company)
        self._keep(run, mapping)
        return mapping

    def _keep(self, run: Import, mapping: Mapping) -> None:
        run.mapping, run.source = mapping.model_dump(mode="json"), mapping.source
        run.save(update_fields=["mapping", "source"])

    def _mapping(self, request: HttpRequest, run: Import, mapping: Mapping) -> HttpResponse:
        data = request.POST if request.method == "POST" else None
        opener = uploads.opener_of(run)
        table = open_with(opener, _as_posted(mapping, request))
        form = MappingForm(data, header=table.header, company=run.company, mapping=mapping)
        if form.is_bound and form.is_valid():
            mapping = form.cleaned_data["mapping"]
            if request.POST.get("action") in {"trial", "import"}:
                return self._start(request, run, mapping)
            self._keep(run, mapping)
            return HttpResponseRedirect(_url("mapping", run))
        shown, problem = self._look(run, mapping)
        words = shown.words if shown else Words()
        return self._page(
            request,
            "mapping.html",
            run.file_name,
            run=run,
            form=form,
            tables=word_tables(form, words),
            preview=shown,
            header=table.header,
            problem=problem,
        )

    def _look(self, run: Import, mapping: Mapping) -> tuple[Preview | None, str]:
        try:
            return preview(uploads.opener_of(run), mapping, run, now=timezone.now()), ""
        except ImportFileError as error:
            return None, str(error)

    def _start(self, request: HttpRequest, run: Import, mapping: Mapping) -> HttpResponse:
        if not uploads.start(run, mapping, dry_run=request.POST["action"] == "trial"):
            self.message_user(request, _("This import has been started already."), messages.WARNING)
        return HttpResponseRedirect(_url("change", run))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """How far it is; at its end, what came of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, object_id)
        if run is None:
            raise Http404
        return self._page(
            request,
            "run.html",
            run.file_name,
            run=run,
            state=reporting.state_of(run, now=timezone.now()),
            report=None if run.is_unfinished else reporting.report_on(run),
            may_start=self.has_add_permission(request),
        )

    def progress(self, request: HttpRequest, pk: int) -> JsonResponse:
        """For the progress bar, twice a second or so."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, str(pk))
        if run is None:
            raise Http404
        return JsonResponse(
            {
                "done": run.rows_done,
                "total": run.rows_total,
                "finished": not run.is_unfinished,
                "text": reporting.state_of(run, now=timezone.now()),
            }
        )

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._own(request, pk)
        if request.method == "POST" and not uploads.try_again(run):
            self.message_user(request, _("This import cannot go on."), messages.WARNING)
        return HttpResponseRedirect(_url("change", run))

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._own(request, pk)
        if request.method == "POST" and uploads.discard(run):
            self.message_user(request, _("The file has been thrown away."), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:appointments_import_changelist"))
        return HttpResponseRedirect(_url("change", run))

    def refused(self, request: HttpRequest, pk: int) -> Any:
        run = self._own(request, pk)
        try:
            lines = reporting.refused_rows(run)
        except ImportFileError as error:
            self.message_user(request, str(error), messages.WARNING)
            return HttpResponseRedirect(_url("change", run))
        return StreamingHttpResponse(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="refused.csv"'},
        )

    def _own(self, request: HttpRequest, pk: int) -> Import:
        """For whoever may import; other companies' imports do not exist."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        run: Import | None = self.get_object(request, str(pk))
        if run is None:
            raise Http404
        return run

    def _page(self, request: HttpRequest, template: str, title: Any, **context: Any) -> TemplateResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": self.media,
            **context,
        }
        return TemplateResponse(request, f"admin/appointments/import/{template}", whole)


def _as_posted(mapping: Mapping, request: HttpRequest) -> Mapping:
    """Which columns there are depends on how the file is read."""
    encoding, delimiter = request.POST.get("encoding"), DELIMITERS.get(request.POST.get("delimiter", ""))
    changes = {
        "encoding": encoding if encoding in ENCODINGS else mapping.encoding,
        "delimiter": delimiter or mapping.delimiter,
    }
    return mapping.model_copy(update=changes)


def _url(page: str, run: Import) -> str:
    return reverse(f"admin:appointments_import_{page}", args=[run.pk])
