"""Settings of the tests: the project's own, read from a harmless environment."""

import os

# A developer's .env names a real calendar and real alarms.
os.environ["ENV_FILE"] = "none"
os.environ.setdefault("SECRET_KEY", "only-for-tests-5b0d0f6c9b3a4f2f8f5e0f4c1d7a2b3c4e5f60718293")
os.environ.setdefault("RETELL_API_KEYS", "test-api-key-of-retell")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("HTTPS", "false")
# Their clock stands still; those about the limits switch them on.
os.environ.setdefault("RATE_LIMITS", "false")
# Never the demo's database.
os.environ.setdefault("VAR_DIR", "var/tests")

from config.settings import *  # noqa: F403
from config.settings import DATABASE, MIDDLEWARE, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Static files are not collected for tests.
MIDDLEWARE = [entry for entry in MIDDLEWARE if "whitenoise" not in entry]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# What the tests write need not survive a power cut.
DATABASE["EMBEDDED_OPTIONS"] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
