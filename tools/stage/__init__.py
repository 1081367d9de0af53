"""The whole system as processes of its own, to be tried from outside: PostgreSQL, a sandbox in the place of
Cal.com, gunicorn with several workers, task queues. ``tools/chaos`` and ``tools/load`` share it.
"""
