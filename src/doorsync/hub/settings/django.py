"""The module that Django reads. All choices of an operator come from `config`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from doorsync.hub.settings.config import config
from doorsync.hub.settings.database import postgresql, sqlite
from doorsync.hub.settings.key_files import secret
from doorsync.messages.pages import CARRYING
from doorsync.messages.sizes import LIMIT

CONFIG = config()
SECRET_KEY = secret("secret").hex()
DEBUG = False
ALLOWED_HOSTS = [urlsplit(CONFIG.origin).hostname or "localhost", *(["127.0.0.1", "localhost"] if not CONFIG.secure else [])]
ROOT_URLCONF = "doorsync.hub.entry.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    *(
        f"doorsync.hub.{room}.apps.{room.capitalize()}Config"
        for room in (
            "ui",
            "audit",
            "companies",
            "administrators",
            "providers",
            "terminals",
            "users",
            "visitors",
            "access",
            "events",
            "revocations",
            "sync",
            "privacy",
            "web",
        )
    ),
]
MIDDLEWARE = [
    "doorsync.hub.entry.middleware.security_headers",
    "servestatic.middleware.ServeStaticMiddleware",
    "doorsync.hub.entry.middleware.check_host",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "doorsync.hub.entry.middleware.signed_in",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
AUTH_USER_MODEL = "administrators.Administrator"
AUTHENTICATION_BACKENDS: list[str] = []  # administrators are found by company and name: see administrators.actions
PASSWORD_HASHERS = ["doorsync.hub.administrators.password_hashing.Hasher"]
# W004: names are unique within a company, and only our own sign-in looks them up.
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands"), ("de", "Deutsch"), ("fr", "Français")]  # each in its own words
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]
# A message, and the JSON around it; forms are far smaller.
DATA_UPLOAD_MAX_MEMORY_SIZE = LIMIT + 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a filter names each location, terminal and group that is ticked; Django takes 1,000
STATIC_URL = "/static/"
STATICFILES_DIRS = [("carrying", CARRYING)]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
# What a form came to is told on the page that follows, by a signed cookie: there are no other sessions than our own.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_SECURE = CONFIG.secure
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None  # entry.logs sets up structlog


LINE = CONFIG.database_url.get_secret_value()
DATABASES = {"default": postgresql(LINE, pool=not os.environ.get("DOORSYNC_NO_POOL")) if LINE else sqlite(CONFIG.data)}
