"""What the phone leaves to a person: callbacks, and calls in which too much was promised."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments import worklist
from appointments.access import Access
from appointments.phones import display_phone
from appointments.undecided import local
from calls.callback_messages import please_call
from calls.callbacks import finish
from calls.claim_checking import mark_checked
from calls.models import Call, Callback

NOT_WRITTEN = gettext_lazy(
    "Nothing was sent: they were written to a moment ago, cannot be written to, or want no messages."
)


def _callbacks(access: Access, now: datetime) -> QuerySet[Callback]:
    rows = access.scope(Callback.objects.open(), branch="branch")
    return rows.select_related("branch__company").order_by("due_at", "pk")


def _callback(callback: Callback, now: datetime) -> worklist.Row:
    names = (callback.name, display_phone(callback.phone), callback.get_matter_display())
    return worklist.Row(
        pk=callback.pk,
        when=local(callback.due_at, callback.branch),
        text=", ".join(str(name) for name in names if name),
        detail=callback.reason,
        url=reverse("admin:calls_callback_change", args=[callback.pk]),
        late=callback.due_at <= now,
    )


def _contradicted(access: Access, now: datetime) -> QuerySet[Call]:
    rows = access.scope(Call.objects.contradicted(), branch="branch")
    return rows.select_related("branch__company", "customer").order_by("-started_at")


def _call(call: Call, now: datetime) -> worklist.Row:
    number = display_phone(call.caller) or _("hidden number")
    told = ngettext("%(count)s wrong promise", "%(count)s wrong promises", call.contradictions)
    return worklist.Row(
        pk=call.pk,
        when=local(call.started_at, call.branch),
        text=f"{call.customer.name}, {number}" if call.customer else number,
        detail=told % {"count": call.contradictions},
        url=reverse("admin:calls_call_change", args=[call.pk]),
    )


def register() -> None:
    worklist.register(
        worklist.WorkList(
            key="callbacks",
            rank=10,
            title=gettext_lazy("Callbacks"),
            permission="calls.view_callback",
            find=_callbacks,
            show=_callback,
            url="admin:calls_callback_changelist",
            query="due=open",
            finish=worklist.Finish(
                label=gettext_lazy("Done"), permission="calls.change_callback", act=finish
            ),
            steps=(
                worklist.Step(
                    key="please_call",
                    label=gettext_lazy("Called in vain: write"),
                    permission="calls.change_callback",
                    act=please_call,
                    done=gettext_lazy("They are asked in writing to call back."),
                    nothing=NOT_WRITTEN,
                ),
            ),
        ),
        worklist.WorkList(
            key="contradictions",
            rank=30,
            title=gettext_lazy("Calls that promised what did not happen"),
            permission="calls.view_call",
            find=_contradicted,
            show=_call,
            url="admin:calls_call_changelist",
            query="contradicted=yes",
            # Whoever may read what was said can judge it.
            finish=worklist.Finish(
                label=gettext_lazy("Checked"), permission="calls.view_transcript", act=mark_checked
            ),
        ),
    )
