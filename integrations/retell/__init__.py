"""Retell's REST API: what we tell the voice platform (``retell.md`` §5)."""
