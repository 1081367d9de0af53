"""Django database backend: PostgreSQL from the wheel, started at the first connection.

``DATABASES`` entry: ``{"ENGINE": "config.embedded", "NAME": …, "EMBEDDED_DIR": data folder}``; optional
``EMBEDDED_OPTIONS`` are server settings by name.
"""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from config.embedded import server
from config.embedded.binaries import EmbeddedServerError


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server at the first connection: a command that needs no database stays fast."""

    def get_connection_params(self) -> dict[str, Any]:
        """Raises OperationalError if the server cannot be started."""
        settings = self.settings_dict
        try:
            socket_dir = server.ensure_running(
                Path(settings["EMBEDDED_DIR"]), settings.get("EMBEDDED_OPTIONS")
            )
        except EmbeddedServerError as error:
            raise OperationalError(str(error)) from error
        settings.update(HOST=str(socket_dir), PORT=str(server.PORT), USER=server.SUPERUSER)
        return super().get_connection_params()
