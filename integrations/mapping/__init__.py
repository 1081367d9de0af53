"""Who and what at Cal.com is who and what in the salon: found, checked, and kept true.

``hosts`` and ``event_types`` match without asking anybody; ``catalogue`` asks Cal.com; ``publishing``
says what is missing or wrong.
"""
