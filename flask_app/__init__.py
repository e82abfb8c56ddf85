"""The lab's withdrawal, written with Flask and SQLAlchemy."""

from collections.abc import Mapping
from logging.config import dictConfig
from typing import Any

from flask import Flask


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Create the application.

    Args:
        config: settings that win over those of flask_app.settings.

    Raises:
        LabError: the environment lacks DATABASE_URL or SECRET_KEY.
    """
    from flask_app import admin, auth, context, email, errors, guess, headers, views
    from flask_app.models import db
    from flask_app.settings import settings
    from shared_db.logs import LOGGING
    from shared_db.paths import STATIC

    dictConfig(LOGGING)  # before the application has a logger of its own
    app = Flask(__name__, static_folder=STATIC)
    app.config.from_mapping(settings())
    app.config.from_mapping(config or {})
    db.init_app(app)
    auth.login_manager.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(views.bp)
    app.register_blueprint(guess.bp)
    app.register_blueprint(email.bp)
    admin.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    context.init_app(app)
    return app
