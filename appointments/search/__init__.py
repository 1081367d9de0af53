"""Search: what staff type into any box, and which rows it means. Other apps add what they know."""

from appointments.search.registry import (
    Found,
    Source,
    Wanted,
    add_way,
    narrowed,
    register,
    registered,
    source_of,
)

__all__ = ["Found", "Source", "Wanted", "add_way", "narrowed", "register", "registered", "source_of"]
