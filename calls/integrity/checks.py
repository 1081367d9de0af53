"""Registered in the order in which they are run and repaired."""

from calls.integrity import checks_flow, checks_links, checks_phone  # noqa: F401
