"""The lab's withdrawal, written with Flask and SQLAlchemy."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Create the application.

    Args:
        config: settings that win over those of flask_app.settings.

    Raises:
        LabError: the environment lacks DATABASE_URL or SECRET_KEY.
    """
    from flask_app import admin, auth, views
    from flask_app.forms import LogoutForm
    from flask_app.models import db
    from flask_app.settings import settings
    from shared_db import catalogue
    from shared_db.paths import STATIC

    app = Flask(__name__, static_folder=STATIC)
    app.config.from_mapping(settings())
    app.config.from_mapping(config or {})
    db.init_app(app)
    auth.login_manager.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(views.bp)
    admin.init_app(app)
    app.register_error_handler(HTTPException, error_page)

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {"strategies": catalogue.strategies(), "logout_form": LogoutForm()}

    return app


def error_page(error: HTTPException) -> tuple[str, int]:
    """Show an HTTP error in the application's own layout."""
    return render_template("error.html", error=error), error.code or 500
