"""What waits for a person."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.access import Role
from calls.models import Call, Callback
from tests.admin.test_scoping import member
from tests.salons import make_salon

pytestmark = pytest.mark.django_db(transaction=True)
TELEPHONE = {"width": 390, "height": 844}


def test_a_callback_is_done_with_one_click(open_page: Callable[..., Page]) -> None:
    salon, now = make_salon(), timezone.now()
    call = Call.objects.create(company=salon.company, branch=salon.branch, call_id="call_1", started_at=now)
    callback = Callback.objects.create(
        company=salon.company, branch=salon.branch, call=call, name="Jana Probst", created_at=now, due_at=now
    )
    page = open_page(member(salon, Role.RECEPTIONIST))
    page.goto("/admin/worklist/")
    row = page.get_by_role("row").filter(has_text="Jana Probst")
    row.get_by_role("button", name="Erledigt").click()
    expect(row).to_have_count(0)
    callback.refresh_from_db()
    assert callback.done_at is not None
