"""Django's manage.py: python -m django_app <command>."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_app.settings")
execute_from_command_line(["python -m django_app", *sys.argv[1:]])
