"""The application and its admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DjangoAppConfig(AppConfig):
    """The lab's one application."""

    name = "django_app"
    verbose_name = "Overdraft"


class LabAdminConfig(AdminConfig):
    """Django's admin, with the lab's site in place of the default one."""

    default_site = "django_app.sites.LabAdminSite"
