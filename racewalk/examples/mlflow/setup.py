"""The tables, as `mlflow server` makes them before it starts its workers."""

import os

from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

_initialize_tables(create_sqlalchemy_engine(os.environ["_MLFLOW_SERVER_FILE_STORE"]))
