"""python -m shared_db: make the role, the database, the tables and the accounts that are missing.

Docker Compose runs it once before the applications start. It needs ADMIN_URL, a superuser's
database, and DATABASE_URL, the lab's own.
"""

import sys

from psycopg.conninfo import conninfo_to_dict

from shared_db import schema
from shared_db.errors import LabError
from shared_db.roles import create_role_and_database
from shared_db.runtime import required
from shared_db.server import connect


def main() -> None:
    """Prepare the database.

    Raises:
        LabError: a variable is missing, or the server does not answer.
    """
    url = required("DATABASE_URL")
    with connect(required("ADMIN_URL")) as admin:
        create_role_and_database(admin, str(conninfo_to_dict(url)["password"]))
    with connect(url) as connection:
        schema.load(connection, replace=True)


try:
    main()
except LabError as error:
    sys.exit(f"overdraft: {error}")
