"""Alarms on their way to people: channels, notices, and the sending (``docs/alarms.md``).

``noting`` hangs on the domain's alarms, ``delivering`` is the worker's, ``sending`` is the only place that
speaks to the outside, under the eyes of ``integrations.outside``.
"""
