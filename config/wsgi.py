"""For WSGI servers: ``gunicorn config.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config import version  # noqa: E402 - it needs the settings

version.note(version.WEB)
