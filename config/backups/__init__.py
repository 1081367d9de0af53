"""Backups known to be restorable: a dump, and beside it what it has to contain (``docs/operations.md``)."""

from config.backups.dumping import backup, keep_only
from config.backups.manifest import BackupError, Manifest, complete
from config.backups.restoring import restore

__all__ = ["BackupError", "Manifest", "backup", "complete", "keep_only", "restore"]
