"""A simulated evening: many calls, and strangers on Cal.com's booking page, in compressed time.

Time is virtual: events happen in order of their instants, and the clock of the whole process jumps from
one to the next. Everything else is real: signed messages to the site's own addresses, PostgreSQL, the
client and its request budget, a sandbox behind HTTP, its signed webhooks, the queue and its schedules.

A request to Cal.com takes its time too, and strangers act meanwhile. Two calls never compute at the
same instant, though: what that does to the ledger is proven elsewhere (``tests/calls/test_http_race.py``).
"""
