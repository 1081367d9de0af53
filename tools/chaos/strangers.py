"""People on Cal.com's booking page: they book what it shows as open, and some cancel again."""

import time
from datetime import timedelta
from random import Random

from integrations.sandbox.routes import BOOKINGS
from tools.chaos.crew import Actor, Crew
from tools.chaos.journal import Act, Outcome, What
from tools.evening.wishes import Wishes
from tools.stage.wire import NoAnswer, Wire

STANDING = 25


class Strangers(Actor):
    """Their messages reach the site while they wait, or are lost for good: nobody sends them again."""

    name = "stranger"
    pause = (1.0, 3.0)

    def __init__(self, crew: Crew, random: Random, wishes: Wishes, *, calendar: Wire, key: str) -> None:
        super().__init__(crew, random, wishes)
        self.calendar = calendar
        self.headers = {"Authorization": f"Bearer {key}", "cal-api-version": BOOKINGS}
        self.uids: list[str] = []

    def turn(self) -> None:
        if len(self.uids) > STANDING or (self.uids and self.happens(0.2)):
            self._cancel(self.uids.pop(self.random.randrange(len(self.uids))))
        else:
            self._book()

    def _book(self) -> None:
        event_type, near = self.wishes.of_stranger()
        body = {
            "eventTypeId": event_type,
            "from": near.isoformat(),
            "to": (near + timedelta(hours=3)).isoformat(),
            "name": f"Gast {self.random.randrange(10_000)}",
            "email": f"gast{self.random.randrange(10_000)}@page.example",
        }
        act = Act("stranger", What.BOOK, "page", began=time.time())
        answer = self._posted(act, "/sandbox/foreign-bookings", body)
        if act.outcome is Outcome.DONE and answer is not None:
            self.uids.append(answer["data"]["uid"])

    def _cancel(self, uid: str) -> None:
        act = Act("stranger", What.CANCEL, "page", key=uid, began=time.time())
        self._posted(act, f"/v2/bookings/{uid}/cancel", {"cancellationReason": "Doch keine Zeit."})

    def _posted(self, act: Act, path: str, body: dict[str, object]) -> dict[str, dict[str, str]] | None:
        try:
            answer = self.calendar.send("POST", path, json=body, headers=self.headers)
        except NoAnswer as error:
            act.deliveries.append(str(error))
            self.crew.journal.note(act)
            return None
        act.outcome = Outcome.DONE if answer.status in {200, 201} else Outcome.REFUSED
        act.status = str(answer.status)
        if act.outcome is Outcome.DONE and act.what is What.BOOK:
            act.key = answer.body["data"]["uid"]
        self.crew.journal.note(act)
        return answer.body if act.outcome is Outcome.DONE else None
