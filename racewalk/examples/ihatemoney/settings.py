"""I hate money on the database that DATABASE_URL names."""

import os

SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]
SECRET_KEY = "only-for-racewalk"  # noqa: S105
MAIL_SUPPRESS_SEND = True
RATELIMIT_ENABLED = False
