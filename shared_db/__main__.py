"""python -m shared_db: make the role, the database, the tables and the accounts that are missing.

Docker Compose runs it once before the applications start. It needs ADMIN_URL, a superuser's
database, and DATABASE_URL, the lab's own.
"""

import sys

from psycopg.conninfo import conninfo_to_dict

from shared_db import schema
from shared_db.database_url import database_url
from shared_db.errors import LabError
from shared_db.roles import create_role_and_database
from shared_db.runtime import required
from shared_db.server import connect


def main() -> None:
    """Prepare the database.

    Raises:
        LabError: a variable is missing or no URL, or the server does not answer.
    """
    url = database_url()
    password = conninfo_to_dict(url).get("password")
    if not password:
        raise LabError("DATABASE_URL has no password, and the applications log in with one")
    with connect(required("ADMIN_URL")) as admin:
        create_role_and_database(admin, str(password))
    with connect(url) as connection:
        schema.load(connection, replace=True)


try:
    main()
except LabError as error:
    sys.exit(f"overdraft: {error}")
