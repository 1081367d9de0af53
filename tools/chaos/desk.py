"""Staff at the counter: they book, move and take back in the planner, also what callers have booked."""

import re
import secrets
import time
from datetime import datetime
from random import Random
from typing import Any

from django.urls import reverse

from config.demo.account import LOGIN
from config.demo.environment import SLUG
from tools.chaos.crew import ZONE, Actor, Crew, start_of
from tools.chaos.diary import Entry
from tools.chaos.journal import Act, Outcome, What
from tools.evening.wishes import Wishes
from tools.stage.system import SECOND_NUMBER
from tools.stage.wire import Answer, NoAnswer

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Desk(Actor):
    name = "desk"
    pause = (0.3, 1.2)

    def __init__(self, crew: Crew, random: Random, wishes: Wishes) -> None:
        super().__init__(crew, random, wishes)
        self.is_in = False

    def turn(self) -> None:
        if not self.is_in:
            self.is_in = self._log_in()
            return
        entry = self.crew.diary.take(self.random) if self.happens(0.6) else None
        if entry is None:
            self._book()
        elif entry.salon == SECOND_NUMBER:  # its key opens the first salon only
            self.crew.diary.put(entry)
        elif self.happens(0.3):
            self._change(entry, What.CANCEL)
        else:
            self._change(entry, What.MOVE)

    def _log_in(self) -> bool:
        path = reverse("admin:login")
        session = self.crew.wire.session
        try:
            page = session.get(f"{self.crew.wire.url}{path}", timeout=self.crew.wire.timeout)
            found = TOKEN.search(page.text)
            if found is None:
                return False
            form = {"username": LOGIN, "password": self.crew.password, "csrfmiddlewaretoken": found[1]}
            answer = self.crew.wire.send("POST", path, data=form)
        except (NoAnswer, OSError):
            return False
        return answer.status == 302

    def _book(self) -> None:
        wish, mark = self.wishes.of_caller(), f"chaos-{secrets.token_hex(8)}"
        start, (staff, staff_id) = start_of(wish), self.random.choice(list(self.crew.staff.items()))
        act = Act("desk", What.BOOK, "book", key=mark, start=start, staff=staff, began=time.time())
        body = {
            "branch": self.crew.branches[SLUG],
            "staff": staff_id,
            "service": self.crew.services[wish["dienstleistung"]],
            "start": _wall(start),
            "name": "Eva Schuster",
            "notes": mark,
        }
        self._settle(act, self._posted(act, "planner-book", body))
        if act.outcome is Outcome.DONE and act.appointment is not None:
            self.crew.diary.put(Entry(act.appointment, start))

    def _change(self, entry: Entry, what: What) -> None:
        """As on the screen: what is shown is sent along, and refused if it is no longer so."""
        shown = self._shown(entry)
        if shown is None:
            self.crew.diary.put(entry)
            return
        act = Act("desk", what, str(what), "", entry.appointment, began=time.time())
        body = {"appointment": entry.appointment, "revision": shown["revision"]}
        if what is What.MOVE:
            act.start = start_of(self.wishes.of_caller())
            body |= {"start": _wall(act.start), "staff": shown["staff_id"]}
        self._settle(
            act, self._posted(act, "planner-move" if what is What.MOVE else "planner-take-back", body)
        )
        if act.outcome is Outcome.DONE and act.start is not None:
            entry.start = act.start
        if act.outcome is Outcome.REFUSED or (what is What.MOVE and act.outcome is Outcome.DONE):
            self.crew.diary.put(entry)

    def _shown(self, entry: Entry) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.crew.key}"}
        try:
            answer = self.crew.wire.send("GET", f"/api/v1/appointments/{entry.appointment}/", headers=headers)
        except NoAnswer:
            return None
        if answer.status != 200:
            self.crew.journal.complain(f"{entry.appointment} stands, but reading it is a {answer.status}")
            return None
        shown: dict[str, Any] = answer.body
        if datetime.fromisoformat(shown["starts_at"]) != entry.start:
            self.crew.journal.complain(
                f"{entry.appointment} stands at {entry.start}, the screen says {shown['starts_at']}"
            )
        return shown

    def _posted(self, act: Act, name: str, body: dict[str, Any]) -> Answer | None:
        token = self.crew.wire.session.cookies.get("csrftoken", "")
        headers = {"X-CSRFToken": token, "Referer": self.crew.wire.url}
        try:
            answer = self.crew.wire.send("POST", reverse(name), json=body, headers=headers)
        except NoAnswer as error:
            act.deliveries.append(str(error))
            return None
        self.is_in = answer.status not in {302, 403}
        return answer

    def _settle(self, act: Act, answer: Answer | None) -> None:
        if answer is None:
            act.outcome = Outcome.UNANSWERED
        elif answer.status == 200:
            act.outcome, act.appointment = Outcome.DONE, answer.body["appointment"]
        else:
            act.status = str(answer.status)
            act.outcome = Outcome.REFUSED if answer.status in {302, 403, 400, 409, 503} else Outcome.BAD
        self.crew.journal.note(act)


def _wall(start: datetime) -> str:
    return f"{start.astimezone(ZONE):%Y-%m-%dT%H:%M}"
