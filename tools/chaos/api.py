"""Other systems: they book with an ``Idempotency-Key``, change and cancel by REST."""

import secrets
import time
from typing import Any

from tools.chaos.crew import PAUSE_SECONDS, TWICE, Actor, at_once, delivered, start_of
from tools.chaos.diary import Entry
from tools.chaos.journal import Act, Outcome, What
from tools.stage.wire import Answer, NoAnswer

PATH = "/api/v1/appointments/"


class Systems(Actor):
    name = "api"
    pause = (0.2, 1.0)

    def turn(self) -> None:
        entry = self.crew.diary.take(self.random) if self.happens(0.4) else None
        if entry is None:
            self._book()
        elif entry.number:
            self.crew.diary.put(entry)
        elif self.happens(0.4):
            self._cancel(entry)
        else:
            self._move(entry)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.crew.key}"}

    def _book(self) -> None:
        wish, mark = self.wishes.of_caller(), f"chaos-{secrets.token_hex(8)}"
        start = start_of(wish)
        body: dict[str, Any] = {
            "service": wish["dienstleistung"],
            "starts_at": start.isoformat(),
            "branch": "Mitte",
            "customer_name": "Nora Lange",
            "customer_email": f"{mark}@kunde.example",
            "notes": mark,
        }
        if "mitarbeiter" in wish:
            body["staff"] = next(name for name in self.crew.staff if name.startswith(wish["mitarbeiter"]))
        act = Act("api", What.BOOK, "create", key=mark, start=start, began=time.time())
        headers = {**self.headers, "Idempotency-Key": mark}
        answer = self._sent(act, lambda: self.crew.wire.send("POST", PATH, json=body, headers=headers))
        self._settle(act, answer, 201)
        if act.outcome is Outcome.DONE and act.appointment is not None:
            self.crew.diary.put(Entry(act.appointment, start))

    def _sent(self, act: Act, send: Any) -> Answer | None:
        if not self.happens(TWICE):
            found = delivered(act, send, pause=lambda: time.sleep(PAUSE_SECONDS))
            return found if isinstance(found, Answer) else None
        act.deliveries.append("twice at once")
        told = [one for one in at_once(send) if isinstance(one, Answer)]
        made = [one for one in told if one.status == 201]
        if len(made) == 2 and made[0].body["id"] != made[1].body["id"]:
            self.crew.journal.complain(f"{act.key}: two answers to one Idempotency-Key")
        return next(iter(made or told), None)

    def _move(self, entry: Entry) -> None:
        """Not repeated: without an answer it is not known how it stands, and nobody touches it again."""
        start = start_of(self.wishes.of_caller())
        act = Act("api", What.MOVE, "partial_update", "", entry.appointment, start, began=time.time())
        answer = self._once(act, "PATCH", f"{PATH}{entry.appointment}/", {"starts_at": start.isoformat()})
        self._settle(act, answer, 200)
        if act.outcome is Outcome.DONE:
            entry.start = start
        if act.outcome in {Outcome.DONE, Outcome.REFUSED}:
            self.crew.diary.put(entry)

    def _cancel(self, entry: Entry) -> None:
        act = Act("api", What.CANCEL, "cancel", "", entry.appointment, began=time.time())
        path = f"{PATH}{entry.appointment}/cancel/"
        found = delivered(
            act,
            lambda: self.crew.wire.send("POST", path, json={}, headers=self.headers),
            pause=lambda: time.sleep(PAUSE_SECONDS),
        )
        self._settle(act, found if isinstance(found, Answer) else None, 200)
        if act.outcome is Outcome.REFUSED:
            self.crew.diary.put(entry)

    def _once(self, act: Act, method: str, path: str, body: dict[str, Any]) -> Answer | None:
        try:
            return self.crew.wire.send(method, path, json=body, headers=self.headers)
        except NoAnswer as error:
            act.deliveries.append(str(error))
            return None

    def _settle(self, act: Act, answer: Answer | None, done: int) -> None:
        if answer is None:
            act.outcome = Outcome.UNANSWERED
        elif answer.status == done:
            act.outcome, act.appointment = Outcome.DONE, answer.body["id"]
        else:
            act.status = str((answer.body or {}).get("code", answer.status))
            # Outside the hours, taken, changed since: answers. Not to be found, not to be read: none.
            act.outcome = Outcome.REFUSED if answer.status in {400, 409, 503} else Outcome.BAD
        self.crew.journal.note(act)
