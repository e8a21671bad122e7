"""Django's settings, worked out from the operator's configuration."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from hereabouts.site.configuration import database_from_url, from_environment, sqlite_database

CONFIGURATION = from_environment(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent
HOME = CONFIGURATION.home_path
COUNCIL_FOLDER = CONFIGURATION.council_path or ""
CONNECTOR_HOSTS = CONFIGURATION.connector_hosts
CONNECTOR_CONTACT = CONFIGURATION.base_url or CONFIGURATION.email_from

SECRET_KEY = CONFIGURATION.secret_key()
DEBUG = False
ALLOWED_HOSTS = CONFIGURATION.hosts
ROOT_URLCONF = "hereabouts.site.urls"
WSGI_APPLICATION = "hereabouts.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

DATABASES = {
    "default": (
        database_from_url(CONFIGURATION.database_url)
        if CONFIGURATION.database_url
        else sqlite_database(CONFIGURATION.database_path)
    )
}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_vite",
    "hereabouts.design",
    "hereabouts.journal",
    "hereabouts.people",
    "hereabouts.places",
    "hereabouts.sensing",
    "hereabouts.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "hereabouts.design.web.middleware.OfferedLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hereabouts.people.web.middleware.AccessMiddleware",
    "hereabouts.design.web.middleware.RefusalMiddleware",
]

ROOMS = ("design", "journal", "people", "places", "sensing", "site")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            *([Path(COUNCIL_FOLDER) / "templates"] if COUNCIL_FOLDER else []),
            *(PACKAGE / room / "web" / "templates" for room in ROOMS if room != "design"),
            PACKAGE / "design" / "templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "hereabouts.design.environment.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]
FORM_RENDERER = "hereabouts.design.forms.GovukFormRenderer"
CSRF_FAILURE_VIEW = "hereabouts.design.web.errors.csrf_failure"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None  # WhiteNoise serves from the package, so nothing is collected
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
# Vite names files after their content: `main-B3QjHPCM.js`.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/hereabouts/app/assets/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE / "static" / "hereabouts" / "app" / "manifest.json",
        "static_url_prefix": "hereabouts/app",
    }
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE = CONFIGURATION.uses_secure_cookies
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.base_url] if CONFIGURATION.base_url else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

DEFAULT_FROM_EMAIL = CONFIGURATION.email_from
if CONFIGURATION.email_url.startswith(("smtp:", "smtps:")):
    _mail = urlsplit(CONFIGURATION.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 20
elif CONFIGURATION.email_url == "console":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "email"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "hereabouts": {"level": "INFO"},
        # Refusals are answers, not faults: a 404 does not belong in the log.
        "django.request": {"level": "ERROR"},
    },
}

from hereabouts.site.sign_in import *  # noqa: E402, F403 - one page for all sign-in settings
