"""The lab's settings of Django, without pages, sessions and the admin."""

from django_app import settings as lab

SECRET_KEY = lab.SECRET_KEY
DEBUG = False
ALLOWED_HOSTS = lab.ALLOWED_HOSTS
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_app.apps.DjangoAppConfig",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "stage.django_stage"
DATABASES = {"default": lab.DATABASES["default"]}
DEFAULT_AUTO_FIELD = lab.DEFAULT_AUTO_FIELD
AUTH_USER_MODEL = lab.AUTH_USER_MODEL
LOGGING = lab.LOGGING
USE_TZ = lab.USE_TZ
TIME_ZONE = lab.TIME_ZONE
LANGUAGE_CODE = lab.LANGUAGE_CODE
