"""Every setting, read from the environment; one that is missing or malformed stops the start."""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import django_stubs_ext
import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.logs import without_rows

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
django_stubs_ext.monkeypatch()


def required(name: str, meaning: str) -> str:
    """Return the environment variable `name`; raise ImproperlyConfigured naming it where absent."""
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: {meaning}.")
    return value


def flag(name: str, default: bool) -> bool:
    """Return a yes-or-no variable; raise ImproperlyConfigured where it is neither."""
    value = str(env.str(name, default=str(default))).lower()
    if value not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in {"true", "1", "yes", "on"}


def number(name: str, default: float, low: float, high: float) -> float:
    """Return a number within limits; raise ImproperlyConfigured where it is none."""
    text = str(env.str(name, default=str(default)))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} must be from {low:g} to {high:g}, not {text!r}.")
    return value


def one_of(name: str, default: str, choices: set[str]) -> str:
    """Return a variable that is one of a few words; raise ImproperlyConfigured otherwise."""
    value = str(env.str(name, default=default)).upper()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(choices))}.")
    return value


def address(name: str, value: str) -> SplitResult:
    """Return the parts of an address; raise ImproperlyConfigured where its port is none."""
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is malformed: {error}.") from error
    return parts


def secret_key() -> str:
    """Return the secret key; raise ImproperlyConfigured where it is too short to be one."""
    value = required("SECRET_KEY", "fifty random characters or more, kept private")
    if len(value) < 50:
        raise ImproperlyConfigured(f"SECRET_KEY has {len(value)} characters of at least 50.")
    return value


def hosts() -> list[str]:
    """Return the site's host names; raise ImproperlyConfigured where there is none."""
    text = required("ALLOWED_HOSTS", "the site's host names, parted by commas")
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or any(re.search(r"[\s/:*]", name) for name in names):
        raise ImproperlyConfigured("ALLOWED_HOSTS must hold host names, parted by commas.")
    return names


def sender() -> str:
    """Return the sender of all mail; raise ImproperlyConfigured where it is no address."""
    value = str(env.str("DEFAULT_FROM_EMAIL", default=f"Consultations <no-reply@{SITE_HOST}>"))
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", parseaddr(value)[1]):
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be like Name <name@example.org>.")
    return value


def mail_domain() -> str:
    """Return the domain of Message-IDs; raise ImproperlyConfigured where it is no host name."""
    value = str(env.str("MAIL_DOMAIN", default=SITE_HOST))
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,80}", value):
        raise ImproperlyConfigured("MAIL_DOMAIN must be a host name.")
    return value


def site_url() -> str:
    """Return the site's own address, without a final slash.

    https is required except on this machine. The host has at most 42 characters, so that the
    unsubscribe address stays within the 77 that mail programs keep on one line.
    """
    value = required("SITE_URL", "the site's address, such as https://consult.example.gov.uk")
    parts = address("SITE_URL", value)
    host = parts.hostname or ""
    local = host in {"localhost", "127.0.0.1"} or host.endswith(".localhost")
    more = parts.query or parts.fragment or parts.username or parts.path not in {"", "/"}
    if parts.scheme not in {"https", "http"} or not host or more:
        raise ImproperlyConfigured(f"SITE_URL must be like https://host, not {value!r}.")
    if parts.scheme == "http" and not local:
        raise ImproperlyConfigured(f"SITE_URL must begin with https:// (it is {value!r}).")
    if len(parts.netloc) > 42:
        raise ImproperlyConfigured(f"SITE_URL's host has {len(parts.netloc)} characters of 42.")
    return f"{parts.scheme}://{parts.netloc}"


def database() -> dict[str, Any]:
    """Return Django's database entry from DATABASE_URL, with time-outs on every wait."""
    url = required("DATABASE_URL", "such as postgresql://user:password@host:5432/name")
    if not url.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    address("DATABASE_URL", url)
    entry: dict[str, Any] = env.db_url_config(url)
    if not entry.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    # portal.wsgi sets this; workers and commands wait for a server however long it is silent.
    patience = number("ANSWER_SECONDS", default=0, low=0, high=60)
    waits = {
        "statement_timeout": int(patience * 800) or 30_000,
        "lock_timeout": 5_000,
        "idle_in_transaction_session_timeout": 30_000,
    }
    entry["OPTIONS"] = {
        "connect_timeout": 3,
        "tcp_user_timeout": 5_000,
        "keepalives_idle": 5,
        "keepalives_interval": 1,
        "keepalives_count": 3,
        "application_name": "consultation-portal",
        "options": " ".join(f"-c {name}={value}" for name, value in waits.items()),
        **entry.get("OPTIONS", {}),
    }
    return entry | {
        "ENGINE": "portal.patient",
        "PATIENCE": patience or None,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def broker() -> str:
    """Return the address of Redis or Valkey, which only wakes workers."""
    url = required("CELERY_BROKER_URL", "such as redis://host:6379/0")
    if not url.startswith(("redis://", "rediss://", "redis+socket://")):
        raise ImproperlyConfigured("CELERY_BROKER_URL must begin with redis://.")
    address("CELERY_BROKER_URL", url)
    return url


def relay() -> dict[str, Any]:
    """Return Django's mail settings from EMAIL_URL (smtp://, smtp+tls:// or smtp+ssl://)."""
    url = required("EMAIL_URL", "the mail relay, such as smtp+tls://user:password@host:587")
    schemes = ("smtp://", "smtp+tls://", "smtp+ssl://")
    if not url.startswith(schemes) or not urlsplit(url).hostname:
        raise ImproperlyConfigured("EMAIL_URL must begin with smtp://, smtp+tls:// or smtp+ssl://.")
    try:
        return dict(env.email_url_config(url))
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL is malformed: {error}.") from error


# Who we are
SECRET_KEY = secret_key()
# Keys of before, parted by commas: what was signed or hashed with them is still known.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = site_url()
SITE_HOST = urlsplit(SITE_URL).hostname or ""
SECURE = SITE_URL.startswith("https://")
DEBUG = False
DEMO = flag("DEMO", default=False)
DEMO_OUTBOX = env.str("DEMO_OUTBOX", default="")
ALLOWED_HOSTS = hosts()
SITE_NAME = "Consultations"
# Staff prove a second factor before the admin opens; the demonstration alone turns it off.
STAFF_SECOND_FACTOR = flag("STAFF_SECOND_FACTOR", default=True)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "consultations",
    "portal",
    *(["portal.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "consultations.middleware.LoginKeepsWords",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consultations.middleware.private_pages",
    "consultations.middleware.second_factor",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "consultations.context.site",
                *(["portal.demo.context.ribbon"] if DEMO else []),
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
    },
}
SESSION_COOKIE_AGE = 14 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# No page asks for more than one; of each no more is kept than a document may have.
DATA_UPLOAD_MAX_NUMBER_FILES = 3
FILE_UPLOAD_HANDLERS = ["portal.uploads.Bounded"]

# Language and time
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "consultations" / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True

# People
AUTH_USER_MODEL = "consultations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "consultations.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# No star: a password is optional, a code does.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "consultations.forms.LogInForm",
    "signup": "consultations.forms.SignUpForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = SITE_NAME

# Mail: allauth's goes to the outbox as everybody's does; `mail.delivery` alone talks to the relay
vars().update({key: value for key, value in relay().items() if key != "EMAIL_BACKEND"})
EMAIL_BACKEND = "consultations.mail.backend.OutboxBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = sender()
MAIL_DOMAIN = mail_domain()

# Celery: Redis only wakes workers; what is due lives in the database
TICK_SECONDS = number("TICK_SECONDS", default=15, low=0.2, high=60)
CELERY_BROKER_URL = broker()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker takes from both by turns, so that a hundred batches of mail hold up nothing else.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"celery": {}, "mail": {}}
CELERY_TASK_ROUTES = {"consultations.tasks.drain_outbox": {"queue": "mail"}}
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": f"consultations.tasks.{name}",
        "schedule": TICK_SECONDS,
        # A tick that nobody took is worthless once the next one has come.
        "options": {"expires": max(TICK_SECONDS * 2, 5)},
    }
    for name in (
        "make_editions",
        "count_results",
        "plan_milestones",
        "tell_official_responses",
        "remind_of_drafts",
        "remind_officers",
        "remind_moderators",
        "run_jobs",
        "run_builds",
        "build_shared_workbooks",
        "keep_accounts",
        "run_imports",
        "screen_arrivals",
        "share_outbox",
        "sweep_outbox",
    )
}

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() and not DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED

# Doors
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE and flag("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
if flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # So that limits are counted by visitor: how many proxies add to X-Forwarded-For.
    ALLAUTH_TRUSTED_PROXY_COUNT = int(number("PROXIES", default=1, low=1, high=9))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_FAILURE_VIEW = "consultations.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Logs: one JSON object a line
LOG_LEVEL = one_of("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                without_rows,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
