"""The page "Test call": staff type as a caller would, and see all that the phone does about it."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import booking
from appointments.access import access_of
from appointments.models import Appointment, Branch, BranchPhoneNumber
from appointments.phones import display_phone
from calls.models import Relationship
from calls.models.call import TEST_AGENT
from calls.simulator.agent import TypedCall, from_session, new_test_call
from calls.simulator.following import Did, Lost
from calls.simulator.inside import InsideLine
from calls.simulator.line import Unreachable

SESSION = "test_call"
# The Federal Network Agency keeps these numbers of Berlin free for films; the demo's customers have others.
FICTIONAL = "+493023125{:03d}"
LONGEST = 500


class TrialPage:
    """One conversation per session, of a person who may see calls and make them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.call = self._kept()

    def _kept(self) -> TypedCall | None:
        kept = self.request.session.get(SESSION)
        if kept is None or not settings.RETELL_API_KEYS:
            return None
        try:
            return from_session(kept["call"], line=_line())
        except (KeyError, TypeError):  # of an older version of this page
            del self.request.session[SESSION]
            return None

    @property
    def problem(self) -> str:
        """Why nobody can be called at all; empty if it can be tried."""
        if not settings.RETELL_API_KEYS:
            return _("RETELL_API_KEYS is not set: without a key no call can be signed.")
        return "" if self.branches else _("No branch has a telephone number.")

    @property
    def branches(self) -> list[Branch]:
        callable_ = Branch.objects.filter(active=True, company__active=True, phone_numbers__isnull=False)
        own = access_of(self.request.user).scope(callable_, branch="pk")
        return list(own.select_related("company").distinct().order_by("company__name", "name"))

    @property
    def branch_id(self) -> int | None:
        """That of the call; without one, the one called last."""
        number = self.call.number if self.call else self.request.session.get("test_call_number")
        found = BranchPhoneNumber.objects.filter(number=number).values_list("branch_id", flat=True)
        return found.first() if number else None

    @property
    def own_number(self) -> str:
        """The same one each time, so that the second call is recognised by it."""
        user = self.request.user
        return FICTIONAL.format(500 + (user.pk % 500 if isinstance(user, User) else 0))

    @property
    def own_number_shown(self) -> str:
        return display_phone(self.own_number)

    def is_over(self) -> bool:
        return bool(self.call and self.call.state and self.call.state.ended)

    @property
    def turns(self) -> Iterator[dict[str, Any]]:
        """For the template: what was typed, and what the phone did and said."""
        for turn in self.call.turns if self.call else ():
            yield {"heard": turn.heard, "events": [_shown(event) for event in turn.events]}

    def act(self, action: str) -> None:
        """One of the page's buttons. What cannot be done becomes a message."""
        acts = {"start": self._start, "say": self._say, "hang_up": self._hang_up, "cancel": self._cancel}
        if action not in acts:
            return
        try:
            acts[action]()
        except (Unreachable, Lost) as error:
            text = _("The phone did not answer as it should: %(error)s") % {"error": error}
            messages.error(self.request, text)
        if self.call is not None:
            self.request.session[SESSION] = {"call": self.call.as_session()}

    def _start(self) -> None:
        wanted = self.request.POST.get("branch", "")
        branch = next((each for each in self.branches if str(each.pk) == wanted), None)
        if branch is None or self.problem:
            return
        number = branch.phone_numbers.order_by("pk").values_list("number", flat=True)[0]
        hidden = self.request.POST.get("caller") == "hidden"
        self.request.session["test_call_number"] = str(number)
        self.call = new_test_call(_line(), number=str(number), caller="" if hidden else self.own_number)
        self.call.begin()

    def _say(self) -> None:
        words = " ".join(self.request.POST.get("words", "").split())[:LONGEST]
        if not words or self.call is None or self.is_over():
            return
        self.call.hear(words)
        if self.is_over():
            self.call.hang_up(now=timezone.now())

    def _hang_up(self) -> None:
        """Over, or thrown away if it was over before: then another one can begin."""
        call, self.call = self.call, None
        self.request.session.pop(SESSION, None)
        if call is not None and not (call.state and call.state.ended):
            call.hang_up(now=timezone.now())

    @property
    def may_cancel(self) -> bool:
        return self.request.user.has_perm("appointments.change_appointment")

    @property
    def booked(self) -> QuerySet[Appointment]:
        """What test calls to this branch have booked and is still to come."""
        links = {
            "call_links__relationship": Relationship.ORIGINAL,
            "call_links__call__agent_id": TEST_AGENT,
            "call_links__call__branch_id": self.branch_id,
        }
        blocking = Appointment.objects.blocking().filter(starts_at__gt=timezone.now(), **links)
        return blocking.select_related("service", "staff", "customer").distinct().order_by("starts_at")

    def _cancel(self) -> None:
        if not self.may_cancel:
            return
        cancelled = 0
        for appointment in self.booked:
            try:
                booking.cancel(appointment, now=timezone.now(), revision=appointment.revision)
                cancelled += 1
            except (booking.Stale, booking.NotAllowed):
                text = _("%(appointment)s is just being changed; please try again.")
                messages.warning(self.request, text % {"appointment": appointment})
        text = ngettext(
            "%(count)s test appointment cancelled.", "%(count)s test appointments cancelled.", cancelled
        )
        messages.success(self.request, text % {"count": cancelled})


def _line() -> InsideLine:
    return InsideLine(key=settings.RETELL_API_KEYS[0])


def _shown(event: Any) -> dict[str, Any]:
    if not isinstance(event, Did):
        return {"said": event.text}
    return {
        "function": event.function,
        "args": {name: value for name, value in event.args.items() if value},
        "status": event.reply.get("status", "–"),
        "milliseconds": event.milliseconds,
        "reply": json.dumps(event.reply, ensure_ascii=False, indent=2),
    }
