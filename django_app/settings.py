"""Django's configuration, from the environment and runtime.toml."""

import math

from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict

from shared_db import logs
from shared_db.database_url import database_url
from shared_db.paths import STATIC
from shared_db.runtime import HEALTH_TIMEOUT_S, allowed_hosts, required, runtime, session_options

SECRET_KEY = required("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = allowed_hosts()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_app.apps.DjangoAppConfig",  # before the admin, some of whose templates it overrides
    "django_app.apps.LabAdminConfig",
]
MIDDLEWARE = [
    "django_app.headers.add_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "django_app.urls"
WSGI_APPLICATION = "django_app.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django_app.context.shared",
            ]
        },
    }
]

_parameters = conninfo_to_dict(database_url())
ASKS_AGAIN_S = 1.0
DATABASES = {
    "default": {
        "ENGINE": "django_app.postgresql",
        "NAME": _parameters.pop("dbname", ""),
        "USER": _parameters.pop("user", ""),
        "PASSWORD": _parameters.pop("password", ""),
        "HOST": _parameters.pop("host", ""),
        "PORT": _parameters.pop("port", ""),
        "ATOMIC_REQUESTS": runtime().atomic_requests,
        "OPTIONS": {
            **_parameters,
            "options": session_options(str(_parameters.get("options", ""))),
            "isolation_level": IsolationLevel[runtime().isolation.replace(" ", "_").upper()],
            "pool": {
                "min_size": 1,
                "max_size": runtime().pool_size,
                # The engine tries each connection, and asks anew until runtime.toml's time is over:
                # the pool by itself would pause longer and longer when PostgreSQL is back already.
                "timeout": ASKS_AGAIN_S,
                "reconnect_timeout": ASKS_AGAIN_S,
                # As in SQLAlchemy's: after an hour an exploration would see a connection replaced.
                "max_lifetime": math.inf,
            },
        },
    }
}
# The health check asks by a connection of its own: a pool would make it wait for one.
DATABASES["health"] = {
    **DATABASES["default"],
    # Or each request would open a transaction here too, on a second connection.
    "ATOMIC_REQUESTS": False,
    "OPTIONS": {**_parameters, "connect_timeout": HEALTH_TIMEOUT_S},
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

AUTH_USER_MODEL = "django_app.User"
AUTHENTICATION_BACKENDS = ["django_app.auth.Backend"]
PASSWORD_HASHERS = ["django_app.hashers.Argon2PasswordHasher"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "index"
LOGOUT_REDIRECT_URL = "login"

# Signed cookies: a session table would add statements to this stack only. Cookies ignore ports:
# without names of its own each stack would log the other out.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "django_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "django_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "django_app.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

STATIC_URL = "/static/"
STATICFILES_DIRS = [STATIC]
# Served from where the files lie: a read-only image could not keep a collected copy.
WHITENOISE_USE_FINDERS = True

# Django's own handlers say nothing on the console unless DEBUG is on. Both stacks log alike.
LOGGING = logs.LOGGING

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
