"""Settings of a real worker: the tests' database, and the mail server that ``EMAIL_URL`` names."""

from tests.calls.race.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
