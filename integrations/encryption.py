"""Secrets of others at rest: see ``appointments.encryption``."""

from appointments.encryption import SecretUnreadable, decrypt, encrypt

__all__ = ["SecretUnreadable", "decrypt", "encrypt"]
