"""Settings of a real worker: the tests' database, the mail server that ``EMAIL_URL`` names, gateways on loopback."""

from tests.calls.race.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
LOOPBACK_TARGETS = True
