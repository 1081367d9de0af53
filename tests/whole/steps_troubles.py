"""What goes wrong: at Cal.com, in our processes, in the database, at the mail server, and by others meanwhile."""

from typing import Any

from hypothesis import strategies as st

from tests.integrations.calendar import CUTS, HOSTS, PERMS
from tests.whole import mail
from tests.whole.dying import AFTER, BEFORE, DEADLOCK, DROPPED, SERIALIZATION, STATEMENT
from tests.whole.steps import either, lines, places, step, which
from tests.whole.steps_outside import OutsideSteps
from tests.whole.steps_phone import PhoneSteps
from tests.whole.steps_salon import SalonSteps

FAULTS = (
    "error_before", "error_after", "cut_before", "cut_after", "timeout_before", "timeout_after", "refused",
    "refused_although_booked", "shifted", "other_host", "malformed", "not_found", "rate_limited",
    "unauthorized",
)  # fmt: skip
OPERATIONS = (
    "create",
    "create",
    "create",
    "create",
    "cancel",
    "reschedule",
    "get",
    "list",
    "slots",
    "reserve",
    "release",
)
# Long enough for whoever waits to give up, short enough for a test.
TIMEOUT_SECONDS = 0.05


class TroubleSteps(PhoneSteps, SalonSteps, OutsideSteps):
    @step(fault=st.sampled_from(FAULTS), operation=st.sampled_from(OPERATIONS), times=st.integers(1, 3))
    def something_will_fail(self, *, fault: str, operation: str, times: int) -> None:
        self.stage.journal.note("fault", fault=fault, operation=operation, times=times)
        self.stage.sandbox.faults.add(fault, operation, times=times, seconds=TIMEOUT_SECONDS)

    @step(
        trouble=st.one_of(
            st.tuples(st.sampled_from(FAULTS), st.sampled_from(["create", "create", "reschedule", "slots"])),
            st.tuples(st.sampled_from([BEFORE, AFTER, STATEMENT]), st.integers(1, 60)),
            st.tuples(st.sampled_from([DROPPED, DEADLOCK, SERIALIZATION]), st.integers(1, 60)),
        ),
        victim=st.sampled_from(["booking", "booking", "moving", "cancelling", "syncing", "syncing"]),
        line=lines,
        is_perm=either,
        start=places,
    )
    def something_fails_in_the_middle(
        self, *, trouble: tuple[str, Any], victim: str, line: int, is_perm: bool, start: Any
    ) -> None:
        """At once, and to somebody: what is only arranged may never strike."""
        kind, where = trouble
        if victim == "syncing":
            self.staff_books(is_perm=is_perm, is_emma=bool(line), start=start)
        if kind in FAULTS:
            self.something_will_fail(fault=kind, operation=where, times=1)
        elif kind in (BEFORE, AFTER, STATEMENT):
            self.process_will_die(where=kind, count=where)
        else:
            self.database_will_fail(kind=kind, count=where, twice=False)
        if victim == "syncing":
            self.worker_works(task="syncs")
        elif victim == "booking":
            self.line(line).reservation = ""
            self.caller_books(line=line, is_perm=is_perm, staff=bool(line), start=start)
        elif victim == "moving":
            self.caller_moves(line=line % 2, number=0, start=start, says_which=True)
        else:
            self.caller_cancels(line=line % 2, number=0, says_which=True)

    @step(
        line=lines,
        is_perm=either,
        is_emma=either,
        start=places,
        by=st.sampled_from(["guest", "counter", "caller", "time", "nobody"]),
        books=either,
    )
    def call_is_interrupted(
        self, *, line: int, is_perm: bool, is_emma: bool, start: Any, by: str, books: bool
    ) -> None:
        """Between “frei” and the name somebody wants the very same (incident 4)."""
        wish = {"is_perm": is_perm, "start": start}
        self.caller_checks(line=line, staff=is_emma, **wish)
        if by == "guest":
            host = HOSTS["emma" if is_emma else "jonas"]
            self.stage.journal.note("unplayed", what=f"a guest books {host} at {start}, whatever is held")
            self.calcom.guest_insists(PERMS[host][1] if is_perm else CUTS[host], start)
            self.post_comes()
        elif by == "caller":
            self.caller_books(line=(line + 1) % 3, staff=is_emma, **wish)
        elif by in ("time", "counter"):
            self.time_passes(seconds=100 if by == "time" else 10)
            self.staff_books(is_emma=is_emma, **wish)
        if books:
            self.caller_books(line=line, staff=is_emma, **wish)
        else:
            self.caller_revalidates(line=line)

    @step(where=st.sampled_from([BEFORE, AFTER, STATEMENT]), count=st.integers(1, 60))
    def process_will_die(self, *, where: str, count: int) -> None:
        at = count if where == STATEMENT else 1 + count % 3
        self.stage.journal.note("unplayed", what=f"the process will die {where} {at}")
        self.stage.fate.kill(where, at)

    @step(kind=st.sampled_from([DROPPED, DEADLOCK, SERIALIZATION]), count=st.integers(1, 60), twice=either)
    def database_will_fail(self, *, kind: str, count: int, twice: bool) -> None:
        self.stage.journal.note("unplayed", what=f"{kind} at statement {count}")
        self.stage.fate.fail_database(kind, count)
        if twice:
            self.stage.fate.fail_database(kind, count + 8)

    @step(trouble=st.sampled_from([mail.AWAY, mail.REFUSES, mail.BREAKS_OFF]))
    def mail_will_fail(self, *, trouble: str) -> None:
        mail.Letterbox.troubles.append(trouble)

    @step(
        where=st.sampled_from([BEFORE, AFTER]),
        count=st.integers(1, 3),
        act=st.sampled_from(["cancel", "move", "post", "sync", "reconcile"]),
        number=which,
        is_emma=either,
        start=places,
    )
    def somebody_will_act_meanwhile(
        self, *, where: str, count: int, act: str, number: int, is_emma: bool, start: Any
    ) -> None:
        stage, counter, worker = self.stage, self.counter, self.worker

        def happen() -> None:
            one = self.pick(stage.appointments(), number)
            if act == "cancel" and one:
                counter.cancels(one)
            elif act == "move" and one:
                counter.moves(one, stage.staff(is_emma=is_emma), start)
            elif act in ("post", "sync", "reconcile"):
                {"post": worker.post_comes, "sync": worker.syncs, "reconcile": worker.reconciles}[act]()

        stage.journal.note("unplayed", what=f"meanwhile, {where} request {count}: {act}")
        stage.fate.meanwhile(where, count, happen)
