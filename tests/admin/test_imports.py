"""A file is imported in the admin: uploaded, explained, looked at, run in the background, read."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from appointments import tasks
from appointments.access import Role
from appointments.importing import running, uploads
from appointments.models import Appointment, Import
from tests.admin.test_scoping import member
from tests.salons import NOW, Salon, make_salon

ADD = reverse("admin:appointments_import_add")
FILE = """\
Datum;Uhrzeit;Friseur;Behandlung;Kunde;Status
24.11.2025;10:00;Emma Keller;Herren-Haarschnitt;Jana Probst;gebucht
24.11.2025;10:30;Emma Keller;Herren-Haarschnitt;Karl Adam;gebucht
24.11.2025;12:00;Emmma Keller;Herren-Haarschnitt;Ines Behr;komisch
31.11.2025;12:00;Emma Keller;Herren-Haarschnitt;=Behr;gebucht
"""


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(desk: Client, salon: Salon, content: str | bytes = FILE) -> Import:
    file = SimpleUploadedFile("alt.csv", content if isinstance(content, bytes) else content.encode())
    response = desk.post(ADD, {"company": salon.company.pk, "file": file})
    assert response.status_code == 302, response.context["form"].errors
    return Import.objects.latest("pk")


def url(page: str, run: Import) -> str:
    return reverse(f"admin:appointments_import_{page}", args=[run.pk])


def filled(desk: Client, run: Import, **changes: Any) -> dict[str, Any]:
    """The mapping's form as the page shows it, ready to be sent back."""
    context = desk.get(url("mapping", run)).context
    data = {field.html_name: field.value() for field in context["form"]}
    data = {name: "" if value is None else value for name, value in data.items()}
    for table in context["tables"]:
        data[f"{table['part']}_word"] = [row["word"] for row in table["rows"]]
        data[f"{table['part']}_means"] = [row["chosen"] for row in table["rows"]]
    return data | changes


def test_from_upload_to_result(desk: Client, salon: Salon, django_capture_on_commit_callbacks: Any) -> None:
    run = upload(desk, salon)
    page = desk.get(url("mapping", run))
    form, preview = page.context["form"], page.context["preview"]
    assert (form["encoding"].value(), form["delimiter"].value()) == ("utf-8", ";")
    assert (form["column_staff"].value(), form["column_service"].value()) == ("Friseur", "Behandlung")
    assert form["date_format"].value() == "%d.%m.%Y"
    words = {
        table["part"]: [(row["word"], row["chosen"]) for row in table["rows"]]
        for table in page.context["tables"]
    }
    assert words == {
        "staff": [("Emmma Keller", "Emma Keller")],
        "services": [("Herren-Haarschnitt", "Herrenhaarschnitt")],
        "statuses": [("komisch", "")],
    }
    assert [str(one.fate) for one in preview.decisions] == ["imported", "quarantined", "rejected", "rejected"]
    assert not Appointment.objects.exists()

    desk.post(url("mapping", run), filled(desk, run, statuses_means=["confirmed"], action="preview"))
    again = desk.get(url("mapping", run)).context["preview"]
    assert [str(one.fate) for one in again.decisions] == ["imported", "quarantined", "imported", "rejected"]

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(url("mapping", run), filled(desk, run, action="import"))
    assert OrmQ.objects.count() == 1
    waiting = desk.get(url("progress", run)).json()
    assert (waiting["finished"], waiting["done"]) == (False, 0)
    assert "import-progress" in desk.get(url("change", run)).content.decode()

    assert tasks.run_import(run.pk)
    assert desk.get(url("progress", run)).json()["finished"]
    run.refresh_from_db()
    assert (run.imported, run.quarantined, run.unchanged, run.rejected) == (2, 1, 0, 1)
    result = desk.get(url("change", run)).context["report"]
    assert [(group.kind, group.count) for group in result.groups] == [("rejected", 1), ("quarantined", 1)]
    assert result.overlaps == [("Emma Keller", 1)]
    first = Appointment.objects.order_by("pk").first().history.get()
    assert (first.channel, first.actor) == ("import", "desk")


def test_refused_rows_come_back_with_their_reason(desk: Client, salon: Salon) -> None:
    run = upload(desk, salon)
    desk.post(url("mapping", run), filled(desk, run, action="import"))
    tasks.run_import(run.pk)
    lines = b"".join(desk.get(url("refused", run)).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("31.11.2025;12:00;Emma Keller;Herren-Haarschnitt;'=Behr;gebucht;")


def test_trial_run_changes_nothing_and_the_real_one_follows(desk: Client, salon: Salon) -> None:
    run = upload(desk, salon)
    desk.post(url("mapping", run), filled(desk, run, action="trial"))
    tasks.run_import(run.pk)
    assert not Appointment.objects.exists()
    assert "Probelauf" in desk.get(url("change", run)).context["state"]
    desk.post(url("mapping", run), filled(desk, run, action="import"))
    tasks.run_import(run.pk)
    assert Appointment.objects.count() == 2


def test_started_twice_runs_once(desk: Client, salon: Salon, django_capture_on_commit_callbacks: Any) -> None:
    run = upload(desk, salon)
    data = filled(desk, run, action="import")
    with django_capture_on_commit_callbacks(execute=True):
        for _click in range(2):
            desk.post(url("mapping", run), data)
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"PK\x03\x04xx", b"only one column\nx\n", b'a;b\n"x'])
def test_bad_file_is_one_sentence_on_the_page(desk: Client, salon: Salon, content: bytes) -> None:
    run = upload(desk, salon, content)
    page = desk.get(url("mapping", run))
    assert page.status_code == 200
    assert page.context["problem"]


def test_columns_that_are_missing_are_said_and_what_was_typed_is_kept(desk: Client, salon: Salon) -> None:
    run = upload(desk, salon)
    page = desk.post(url("mapping", run), filled(desk, run, column_staff="", source="Alt", action="import"))
    assert page.context["form"].non_field_errors()
    assert page.context["form"]["source"].value() == "Alt"
    run.refresh_from_db()
    assert run.state == "draft"


def test_interrupted_import_is_continued_by_the_schedule(
    desk: Client, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = upload(desk, salon)
    desk.post(url("mapping", run), filled(desk, run, action="import"))
    monkeypatch.setattr(running, "BATCH", 2)
    monkeypatch.setattr(uploads, "SECONDS", -1.0)
    assert not tasks.run_import(run.pk), "its time was over after the first batch"
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("running", 2)
    assert tasks.continue_imports() == 1
    run.refresh_from_db()
    assert (run.state, run.rows_done) == ("done", 4)


def test_import_that_fails_again_and_again_stops_and_can_be_tried_again(
    desk: Client, salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = upload(desk, salon)
    desk.post(url("mapping", run), filled(desk, run, action="import"))
    with monkeypatch.context() as broken:
        broken.setattr(running._Work, "_do", lambda *_args: 1 / 0)
        for _minute in range(uploads.MOST_FAILURES):
            with pytest.raises(ZeroDivisionError):
                tasks.run_import(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    desk.post(url("again", run))
    assert tasks.run_import(run.pk)
    run.refresh_from_db()
    assert run.state == "done"


def test_files_are_removed_after_a_while(desk: Client, salon: Salon, clock: time_machine.Traveller) -> None:
    run, draft = upload(desk, salon), upload(desk, salon)
    desk.post(url("mapping", run), filled(desk, run, action="import"))
    tasks.run_import(run.pk)
    name, storage = run.file.name, run.file.storage
    assert tasks.purge_imports() == 0
    clock.move_to(NOW + uploads.KEPT)
    assert tasks.purge_imports() == 2
    assert not storage.exists(name)
    assert list(Import.objects.values_list("pk", "file")) == [(run.pk, "")]
    assert not Import.objects.filter(pk=draft.pk).exists()


def test_draft_is_thrown_away_with_its_file(desk: Client, salon: Salon) -> None:
    run = upload(desk, salon)
    desk.post(url("discard", run))
    assert not Import.objects.exists()
    assert not run.file.storage.exists(run.file.name)


@pytest.mark.parametrize("page", ["mapping", "change", "progress", "again", "discard", "refused"])
def test_another_companys_import_does_not_exist(desk: Client, salon: Salon, page: str) -> None:
    run = upload(desk, salon)
    stranger = member(make_salon(slug="anderswo"), Role.OWNER)
    assert stranger.get(url(page, run)).status_code == 404


def test_own_company_only_and_not_for_the_reception(salon: Salon) -> None:
    other = make_salon(slug="anderswo")
    manager = member(salon, Role.MANAGER)
    form = manager.get(ADD).context["form"]
    assert list(form.fields["company"].queryset) == [salon.company]
    file = SimpleUploadedFile("alt.csv", FILE.encode())
    assert manager.post(ADD, {"company": other.company.pk, "file": file}).status_code == 200
    assert not Import.objects.exists()
    assert member(salon, Role.RECEPTIONIST).get(ADD).status_code == 403
