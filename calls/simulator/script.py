"""The form of a call script (YAML).

```yaml
title: The first booking
number: "+49301234501"            # the number that is dialled
happened_at: 2025-11-23T22:04:00+01:00   # optional: when it really happened; tests set the clock to it
days:                             # names for days, so that a script can be played on any day
  day: {weekday: monday, free: [{dienstleistung: Dauerwelle, uhrzeit: "11:00"}]}
calls:                            # who calls; from which number, or anonymous
  jana: "+4930900101"
steps:                            # calls may be interleaved
  - call: jana
    second: 29.6                  # since ``happened_at``
    says: Dauerwelle am Montag um elf
    function: check_availability
    args: {datum: $day, uhrzeit: "11:00", dienstleistung: Dauerwelle}
    expect: {status: available}
    keep: {reservation: reservation_id}
```

``$name`` in arguments and expectations stands for a day (ISO; ``$name_dmy`` is ``24.11.2025``) or a
kept field. A day is the first such weekday after today at which all ``free`` checks say *available*;
so a script can be played again and again on the same server. Expectations: a value is compared;
``{any_of: […]}``, ``{contains: text}``, ``{lacks: text}``, ``{at_least: n}`` (entries), ``{at_most: x}``
ask less.

A step may also be what the agent says of its own accord, or the end of a call, of which the server then
hears what was said:

```yaml
  - {call: jana, second: 52.9, agent: Ihr Termin ist gebucht.}
  - {call: jana, second: 75, hangs_up: true}
```

A step may also be what happens at the calendar, if a sandbox on this machine stands in for it:

```yaml
  - sandbox:
      faults: [{fault: shifted, operation: create, event_type: 3001}]   # what goes wrong next
      stranger: {event_type: 3001, day: $day, time: "10:00"}            # somebody on the booking page
      forget_requests: true                                             # count from here
      look: {day: $day, host: 101, name: Jana Probst}                   # what stands there then
      requests: {operation: create, event_types: [3001]}                # how long these took
    expect:
      stranger: booked                          # or not_open, refused
      standing: ["3001 10:00-10:55"]            # event type and times
      requests: 3
      whole_by_slowest: {at_most: 1.3}          # all of them together, by the slowest of them
```

Afterwards no fault is left. ``integrations/sandbox/__init__.py`` has their names.

A step may also be what the salon itself does, if server and database are on this machine; that is how a
sequence which the soak has found is played again (``docs/proof.md``):

```yaml
  - counter: {does: books, service: Dauerwelle, staff: Emma Keller, day: $day, time: "11:00"}
  - counter: {does: moves, staff: Emma Keller, day: $day, time: "11:00", to_time: "14:00"}
  - counter: {does: cancels, staff: Emma Keller, day: $day, time: "14:00"}
    expect: {status: done}                      # or refused
  - works: [syncs, reads]                       # tasks of the worker, see ``back_office``
  - keeps_promises: true                        # every caller hears what they were told
  - integrity: [appointments.overlap]           # these checks find nothing
```
"""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from calls.simulator.expecting import CONDITIONS

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class BadScript(Exception):
    """The file is no call script; the text says where."""


class Unplayable(Exception):
    """The script asks for something that is not there, such as a free day or a sandbox."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Day(_Part):
    weekday: Weekday | None = None
    free: list[dict[str, str]] = Field(default_factory=list)


class _Step(_Part):
    second: float = Field(default=0, ge=0)
    expect: dict[str, Any] = Field(default_factory=dict)

    @field_validator("expect")
    @classmethod
    def _only_known_conditions(cls, expect: dict[str, Any]) -> dict[str, Any]:
        for wanted in expect.values():
            for condition in wanted if isinstance(wanted, dict) else ():
                if condition not in CONDITIONS:
                    raise ValueError(f"there is no condition {condition!r}")
        return expect


class Step(_Step):
    call: str
    function: str
    args: dict[str, Any] = Field(default_factory=dict)
    says: str = ""
    keep: dict[str, str] = Field(default_factory=dict)
    tool_call_id: str = ""


class AgentStep(_Step):
    """What no function has told the agent to say."""

    call: str
    agent: str


class HangUpStep(_Step):
    call: str
    hangs_up: Literal[True]


class Stranger(_Part):
    """Whoever stands on the calendar's booking page, which shows only what is open."""

    event_type: int
    day: str
    time: str
    name: str = "Fremde Kundin"


class Look(_Part):
    """At what stands on a day; of one host, of one customer."""

    day: str
    host: int | None = None
    name: str = ""


class Requests(_Part):
    """``event_types`` empty: of any."""

    operation: str
    event_types: list[int] = Field(default_factory=list)


class SandboxPart(_Part):
    faults: list[dict[str, Any]] = Field(default_factory=list)
    stranger: Stranger | None = None
    forget_requests: bool = False
    look: Look | None = None
    requests: Requests | None = None


class SandboxStep(_Step):
    sandbox: SandboxPart


class CounterPart(_Part):
    """``staff``, ``day`` and ``time`` say which appointment, or where a new one goes; ``to_…`` where it is
    moved to, empty for what stays. ``customer`` and ``phone``: who comes.
    """

    does: Literal["books", "moves", "cancels"]
    staff: str
    day: str
    time: str
    service: str = ""
    to_staff: str = ""
    to_day: str = ""
    to_time: str = ""
    customer: str = ""
    phone: str = ""


class CounterStep(_Step):
    counter: CounterPart


class WorksStep(_Step):
    works: list[str]


class PromisesStep(_Step):
    """By default everybody hears what they were told."""

    keeps_promises: Literal[True]
    expect: dict[str, Any] = Field(default_factory=lambda: {"broken": []})


class IntegrityStep(_Step):
    """By default nothing is found."""

    integrity: list[str]
    expect: dict[str, Any] = Field(default_factory=lambda: {"findings": []})


KINDS = ("sandbox", "agent", "hangs_up", "counter", "works", "keeps_promises", "integrity")
# What the salon itself does.
INSIDE = (CounterStep, WorksStep, IntegrityStep)


def _kind_of(step: Any) -> str:
    """So that a mistake in a step is reported as that kind's."""
    has = step.__contains__ if isinstance(step, dict) else partial(hasattr, step)
    return next((kind for kind in KINDS if has(kind)), "call")


AnyStep = Annotated[
    Annotated[Step, Tag("call")]
    | Annotated[AgentStep, Tag("agent")]
    | Annotated[HangUpStep, Tag("hangs_up")]
    | Annotated[SandboxStep, Tag("sandbox")]
    | Annotated[CounterStep, Tag("counter")]
    | Annotated[WorksStep, Tag("works")]
    | Annotated[PromisesStep, Tag("keeps_promises")]
    | Annotated[IntegrityStep, Tag("integrity")],
    Discriminator(_kind_of),
]


class Script(_Part):
    title: str
    number: str
    agent: str = "agent_simulated"
    happened_at: datetime | None = None
    days: dict[str, Day] = Field(default_factory=dict)
    calls: dict[str, str]
    steps: list[AnyStep]

    @model_validator(mode="after")
    def _every_step_has_its_call(self) -> Self:
        for step in self.steps:
            if isinstance(step, Step | AgentStep | HangUpStep) and step.call not in self.calls:
                raise ValueError(f"there is no call {step.call!r}")
        return self

    @property
    def needs_sandbox(self) -> bool:
        return any(isinstance(step, SandboxStep) for step in self.steps)

    @property
    def needs_back_office(self) -> bool:
        return any(isinstance(step, INSIDE) for step in self.steps)


def read_script(path: Path) -> Script:
    """Raises ``BadScript`` with one line that says what is wrong."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Script.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadScript(f"{path}: {place}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadScript(f"{path}: {' '.join(str(error).split())}") from error
