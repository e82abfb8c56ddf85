"""Django's manage.py: python -m django_app <command>."""

import os
import sys

from django.core.management import execute_from_command_line

from shared_db.errors import LabError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_app.settings")
try:
    execute_from_command_line(["python -m django_app", *sys.argv[1:]])
except LabError as error:
    print(f"overdraft: {error}", file=sys.stderr)  # noqa: T201 - a command's own words
    sys.exit(2)
