"""The one settings file. Every variable it reads is explained in ``.env.example``."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.embedded import DATABASE_NAME
from config.env import env, insist, read_env_file, switch, text, whole_number, words
from config.metric_folder import count_together
from config.redis_links import cache as redis_cache
from config.redis_links import pool as redis_pool

BASE_DIR = Path(__file__).resolve().parent.parent
read_env_file(BASE_DIR / ".env")

DEBUG = switch("DEBUG", default=False)
SECRET_KEY = insist(
    "SECRET_KEY",
    text("SECRET_KEY", "insecure-for-debug-only" if DEBUG else ""),
    unless=DEBUG,
    advice="Set it to 50 or more random characters, in the environment or in .env (see .env.example).",
)
# Former keys, while sessions and stored secrets still come from them.
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
# Under the first of these stored secrets are encrypted; without any, under SECRET_KEY. See docs/privacy.md.
ENCRYPTION_KEYS = words("ENCRYPTION_KEYS")
VAR_DIR = (BASE_DIR / text("VAR_DIR", "var")).resolve()
# Who was erased, outside of the database, so that a restored backup forgets them again.
ERASURES_FILE = Path(text("ERASURES_FILE", str(VAR_DIR / "erased.jsonl")))

# Hosts and HTTPS
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver", "*"}
ALLOWED_HOSTS = words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# A name that others can reach is served by HTTPS unless somebody says otherwise.
HTTPS = switch("HTTPS", default=not DEBUG and bool(set(ALLOWED_HOSTS) - LOCAL_HOSTS))
SECURE_SSL_REDIRECT = HTTPS
# Load balancers and Prometheus ask these inside the network, by plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", 2_592_000, minimum=0, maximum=63_072_000) if HTTPS else 0
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
# Only where a proxy sets these headers itself: a client could otherwise claim to have come by HTTPS, and from
# wherever it likes.
TRUST_PROXY_HEADERS = switch("TRUST_PROXY_HEADERS", default=False)
if TRUST_PROXY_HEADERS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Nothing of a page comes from elsewhere, and no script stands in one. The theme's Alpine evaluates its
# attributes, and its colours are inline styles: so much it is allowed.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Whether a salon's other subdomains and the browsers' preload list take part, the domain's owner decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    # Before the queue, whose command it replaces.
    "config",
    "django_q",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "appointments",
    "integrations",
    "calls",
]

MIDDLEWARE = [
    # First: what the others log is about this request as well.
    "config.middleware.RequestIdMiddleware",
    "config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Before anything is read.
    "config.bounds.BoundsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # After authentication: says who is behind a change.
    "simple_history.middleware.HistoryRequestMiddleware",
    "config.middleware.StaffChannelMiddleware",
    "config.middleware.SecondStepMiddleware",
    # Last: turns a refused login into the page that says so.
    "axes.middleware.AxesMiddleware",
]

AUTHENTICATION_BACKENDS = [
    # Before the others: whoever has guessed too often is not let in with the right password either.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    # What the role of somebody of a salon allows.
    "appointments.access.backend.RoleBackend",
]

# Guessing passwords: five wrong ones for a login from one address, then a quarter of an hour of nothing.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "appointments.client_address.client_address"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# A working day at the counter; whoever closes the browser has gone home.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Whoever opens the login itself comes to the start page.
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# What the app on the phone calls it.
OTP_TOTP_ISSUER = "Terminfest"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: DATABASE_URL, else the embedded server
LOCK_TIMEOUT_MS = whole_number("DATABASE_LOCK_TIMEOUT_MS", 10_000, minimum=100, maximum=600_000)
STATEMENT_TIMEOUT_MS = whole_number("DATABASE_STATEMENT_TIMEOUT_MS", 30_000, minimum=0, maximum=3_600_000)
DATABASE: dict[str, Any] = (
    dict(env.db_url("DATABASE_URL"))
    if text("DATABASE_URL")
    else {"ENGINE": "config.embedded", "NAME": DATABASE_NAME, "EMBEDDED_DIR": VAR_DIR / "postgres"}
)
DATABASE["CONN_MAX_AGE"] = 600
DATABASE["CONN_HEALTH_CHECKS"] = True
DATABASE["OPTIONS"] = {
    # A stuck lock must answer the caller within a breath or two, not hold the line.
    "options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}",
    **DATABASE.get("OPTIONS", {}),
}
DATABASES = {"default": DATABASE}

# Cache and queue: Redis if there is one, else the database. Never a process's own memory: with two it lies.
REDIS_URL = text("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        redis_cache(REDIS_URL)
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "django_cache"}
    )
}
Q_CLUSTER: dict[str, Any] = {
    "name": "terminfest",
    "label": _("Background tasks"),
    "workers": whole_number("TASK_WORKERS", 2, minimum=1, maximum=64),
    "recycle": 500,
    # Seconds. A task still running at `retry` would be started a second time, so `timeout` ends it first.
    "timeout": 300,
    "retry": 360,
    "max_attempts": 3,
    "ack_failures": True,
    # After an outage run what is due once, not once for every minute missed.
    "catch_up": False,
    "save_limit": 1000,
    "poll": 0.5,
    "guard_cycle": 1,
    **(
        {"redis": {"connection_pool": redis_pool(REDIS_URL)}, "broker_class": "config.brokers.RedisBroker"}
        if REDIS_URL
        else {"orm": "default", "broker_class": "config.brokers.TableBroker"}
    ),
}

# Language and time
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
# Chosen in the menu of the login's own name, and kept by this browser.
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
FORMAT_MODULE_PATH = ["config.formats"]
# Also the place for the texts of `templates/`; the apps' own `locale` folders are found by themselves.
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# History
# A revert would write past the booking module.
SIMPLE_HISTORY_REVERT_DISABLED = True

# Files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "config.static_files.HashedFiles"
        )
    },
}
MEDIA_ROOT = VAR_DIR / "uploads"
# Retell sends the whole transcript with every function call, in a long one hundreds of KB. Django's 2.5 MB
# would refuse the longest; five leave room and still bound what one request can make us read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Terminfest",
    "DESCRIPTION": (
        "Appointments of a hair salon for other systems. Times are ISO 8601 with an offset. "
        "Every error is `{code, message, fields}`: the code stays, the message is in the language asked for."
    ),
    "VERSION": "1.0.0",
    "PREPROCESSING_HOOKS": ["appointments.api.schema.only_ours"],
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,  # those are for whoever reads the code
    "SERVE_INCLUDE_SCHEMA": False,
    # The document says nothing about anybody's salon.
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    # The manual's scripts come from this site, never from elsewhere.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AppointmentStatus": "appointments.models.appointment.Status",
        "AppointmentSource": "appointments.models.appointment.Source",
    },
}

APP_VERSION = text("APP_VERSION")
UNFOLD = {
    "SITE_TITLE": "Terminfest",
    "SITE_HEADER": "Terminfest",
    "SITE_SYMBOL": "event_available",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("config/favicon.svg")}
    ],
    # Which code runs, on every page of the admin (incident J3).
    "SITE_SUBHEADER": "config.version.shown",
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "SCRIPTS": [lambda _request: static("config/accessible.js")],
    # Links in the dark: the theme's own violet has a contrast of 4.3 there, WCAG 2.2 asks for 4.5.
    "COLORS": {"primary": {"500": "oklch(66% .245 304.3)"}},
    "ACCOUNT": {"navigation": [{"title": _("Log in in two steps"), "link": reverse_lazy("second-step")}]},
    # The palette; what it finds is answered by `appointments.admin.searching`.
    "SIDEBAR": {"navigation": "config.navigation.navigation", "show_search": True, "command_search": True},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.JsonFormatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "filters": {"secrets": {"()": "config.secrets_in_logs.HideSecrets"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if DEBUG else "json",
            "filters": ["secrets"],
        },
    },
    "root": {"handlers": ["stderr"], "level": text("LOG_LEVEL", "INFO").upper()},
    # Django's own handlers would say everything twice, and mail errors with the request's body in them.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO"},
        # It would write three lines about each task.
        "django-q": {"level": "WARNING"},
        # A line for each login that went well; those that did not are warnings.
        "axes": {"level": "WARNING"},
        # It writes down addresses, and those that we ask have customers' e-mail addresses in them.
        "urllib3": {"level": "ERROR"},
        # So does this one, and those are keys.
        "apprise": {"level": "CRITICAL"},
    },
}

# E-mail and alerts
EMAIL = env.email_url_config(text("EMAIL_URL", "consolemail://" if DEBUG else "smtp://localhost:25"))
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "terminfest@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
# What the mail server may be given in a minute, by all workers together. 0: as many as there are.
EMAILS_PER_MINUTE = whole_number("EMAILS_PER_MINUTE", 100, minimum=0, maximum=100_000)
ALERT_URLS = words("ALERT_URLS")
# For the demo and for tests: what a salon enters as an address may lead to this machine.
LOOPBACK_TARGETS = switch("LOOPBACK_TARGETS", default=False)
# Where customers reach us: stands in front of the links in messages.
PUBLIC_URL = text(
    "PUBLIC_URL",
    f"{'https' if HTTPS else 'http'}://{(*ALLOWED_HOSTS, 'localhost')[0].lstrip('*.') or 'localhost'}",
)
METRICS_TOKEN = text("METRICS_TOKEN")
# Off for measuring: no salon asks as often as a benchmark.
RATE_LIMITS = switch("RATE_LIMITS", default=True)
# None: not writable, each process counts for itself.
METRICS_DIR = count_together(VAR_DIR / "metrics")

# The phone
# Any of these may have signed a call; the first is the one we call Retell with.
RETELL_API_KEYS = insist(
    "RETELL_API_KEYS",
    words("RETELL_API_KEYS"),
    unless=DEBUG,
    advice="Set it to the Retell API key that signs the calls, or to several with commas (see .env.example).",
)
RETELL_API_URL = text("RETELL_API_URL", "https://api.retellai.com")
# How long a caller's "frei" is kept; the second bounds all renewals together.
HOLD_SECONDS = whole_number("HOLD_SECONDS", 90, minimum=1, maximum=3600)
HOLD_MAX_SECONDS = max(HOLD_SECONDS, whole_number("HOLD_MAX_SECONDS", 600, minimum=1, maximum=7200))
# Within how many minutes of opening time a caller who asks for it is called back.
CALLBACK_MINUTES = whole_number("CALLBACK_MINUTES", 60, minimum=1, maximum=10_080)

# The calendar
CALCOM_API_URL = text("CALCOM_API_URL", "https://api.cal.com")
CALCOM_API_KEY = text("CALCOM_API_KEY")
CALCOM_WEBHOOK_SECRET = text("CALCOM_WEBHOOK_SECRET")
CALENDAR_CALL_BUDGET_MS = whole_number("CALENDAR_CALL_BUDGET_MS", 1500, minimum=0, maximum=30_000)
CALENDAR_REQUESTS_PER_MINUTE = whole_number("CALENDAR_REQUESTS_PER_MINUTE", 110, minimum=1, maximum=100_000)
CALENDAR_ATTENDEE_DOMAIN = text("CALENDAR_ATTENDEE_DOMAIN", "noreply.invalid")
