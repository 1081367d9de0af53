"""Who sees which rows. Companies never meet, whatever page asks (invariant I8)."""

from appointments.access.roles import grant, permissions_of
from appointments.access.scope import NOTHING, Access, access_of
from appointments.models.membership import Role

__all__ = ["NOTHING", "Access", "Role", "access_of", "grant", "permissions_of"]
