"""Chaos on the real processes: calls, systems, staff and strangers at work while one process after another is
killed, stopped or cut off. Afterwards every answer that somebody got is held against what stands.

The load is real HTTP from outside; time is real. ``plan`` says what goes wrong and when, ``faults`` does it,
``watch`` measures how long it is felt, ``phone``, ``api``, ``desk`` and ``strangers`` are the load,
``journal`` is what they were answered, ``rest`` waits for the end of all work, ``judging`` compares.
``broken`` is the negative control: programs with a guard taken out, which must be caught.
"""
