"""The real processes live through the nights on which clocks do what people do not expect, under Debian's
faketime and many times as fast. PostgreSQL keeps its own clock, months away.

``plan`` has the nights, ``clock`` and ``site`` the time that the processes believe, ``programs`` what is
started. ``beforehand`` prepares a night, ``callers`` call in it, ``watching`` sees when what happened,
``looking`` gathers what stands afterwards, ``judging`` says what is not as it has to be.
"""
