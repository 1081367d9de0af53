"""A stand-in for Cal.com API v2, the bad included. The independent witness of the tests: it imports
nothing of the client or of the convergence.

In the same process, for tests::

    from integrations.sandbox import EventType, Host, World, serve

    world = World.of(
        hosts=[Host(101, "Emma Keller"), Host(102, "Jonas Brandt")],
        event_types=[EventType(3001, hosts=(101,), length=55, interval=5, notice=120)],
        clock=lambda: datetime(2026, 11, 23, 8, tzinfo=UTC),    # default: the real one
    )
    with serve(world) as sandbox:
        settings.CALCOM_API_URL, settings.CALCOM_API_KEY = sandbox.url, sandbox.key
        sandbox.webhook(f"{live_server.url}/calcom/webhook/morgenrot/", secret="s")
        sandbox.book(3001, start)              # a stranger on the booking page; LookupError if not open
        sandbox.cancel(uid); sandbox.reschedule(uid, start)            # foreign acts, with webhooks
        sandbox.faults.add("timeout_after", "create", event_type=3001, times=2, seconds=5)
        sandbox.operations()                   # ["slots", "reserve", "create", …]; forget_requests()
        world.requests                         # LoggedRequest(operation, method, path, began, ended, …)
        world.deliveries                       # webhooks sent: trigger, url, receiver's status, body
        world.bookings(host=101, standing=True); world.booking(uid)
        world.change(uid, host_id=102); world.forget(uid)              # without a webhook; row vanishes
        world.account.hosts.pop(102); world.account.event_types.pop(3001)     # host left, type deleted
        world.clock = …; world.latency_ms = 120; world.rate_limit = 120; world.slots_cache_seconds = 0
        world.in_the_gap = threading.Barrier(2).wait    # between check and insert: truly simultaneous

A clock that stands still never leaves the two seconds of the slots' cache: move it, or switch the
cache off. tests/integrations/sandbox_fixtures.py has such a clock, a small world, a client that speaks
the vendor's paths and a receiver of webhooks, each as a fixture.

``World(salon_world.account_of(yaml_bytes, today=today))`` is what a salon file describes,
``World(database_world.account(today=today))`` what the rows of the database do.

Faults (``faults.add(name, operation, **facts)`` or POST /sandbox/faults). Operations: ``create``,
``cancel``, ``reschedule``, ``reassign``, ``get``, ``list``, ``slots``, ``reserve`` (POST and PATCH),
``reservation`` (GET), ``release`` (DELETE), ``event_types``, ``event_type``, ``teams``,
``memberships``, ``me``, ``webhooks``; none means any. Facts: ``event_type``, ``times`` (1; ``None``
until cleared), ``skip`` (0). Names:

* ``timeout_before``, ``timeout_after`` (the effect): no answer for ``seconds`` (60), then the
  connection is cut. ``error_before``, ``error_after``: 500. ``cut_before``, ``cut_after``: cut at once.
* ``refused``: the vendor's refusal for that operation (``status`` and ``message`` may be set);
  ``refused_although_booked``: the same, but it was done.
* ``shifted`` by ``minutes`` (30), ``other_host`` (``host``, else another one): create, reschedule.
* ``malformed``: done, and half of the JSON is missing. ``slow`` by ``ms`` (1000).
* ``not_found`` 404, ``rate_limited`` 429, ``unauthorized`` 401: not done.

Beside the vendor's paths, under the same rule for keys: ``/sandbox/faults`` (GET, POST one or
``{"faults": […]}``, DELETE), ``/sandbox/bookings`` (GET what stands, ``?all=true``; PATCH ``uid`` with
``host`` or ``start``: moved by hand, nobody is told), ``/sandbox/foreign-bookings`` (POST),
``/sandbox/requests`` (GET, DELETE), ``/sandbox/deliveries`` (GET), ``/sandbox/webhooks`` (POST).
"""

from integrations.sandbox.faults import Fault
from integrations.sandbox.parts import Account, EventType, Host, Team
from integrations.sandbox.serving import Sandbox, listen, serve
from integrations.sandbox.store import File, Memory
from integrations.sandbox.world import World

__all__ = [
    "Account",
    "EventType",
    "Fault",
    "File",
    "Host",
    "Memory",
    "Sandbox",
    "Team",
    "World",
    "listen",
    "serve",
]
