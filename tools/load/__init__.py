"""How much one machine carries: callers over HTTP against the processes of ``tools/stage``.

``throughput`` has more and more clients ask as fast as they are answered; ``one_slot`` lets a hundred book
the same perm at once; ``parallel_calls`` is an evening of sixty calls at the same time. ``page`` writes
``docs/load.md``. The clients run on the same machine and take their share of it.
"""
