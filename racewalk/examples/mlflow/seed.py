"""Make mlflow's tables, and a run with a name that the scenario knows."""

import os

import psycopg2
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

url = os.environ["_MLFLOW_SERVER_FILE_STORE"]
SqlAlchemyStore(url, "/tmp/racewalk-mlflow")  # noqa: S108
with psycopg2.connect(url) as connection, connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, artifact_uri,"
        " experiment_id) VALUES (%s, 'one', 'RUNNING', 1, 'active', '/tmp', 0)",
        ("a" * 32,),
    )
