"""The instructor's board: what the class has come to, behind a password of its own.

It shows, and changes no result. All that it can do is give accounts their money back.
"""

from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from shared_db.paths import STATIC
from shared_db.runtime import allowed_hosts

# Nothing but the style sheet is loaded, and no script runs.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
csrf = CSRFProtect()


def create_app(secret_key: str, **config: Any) -> Flask:
    """Create the board.

    Args:
        secret_key: signs its sessions; another one ends them.
        config: settings that win over those below.
    """
    from classroom.board import auth, views

    app = Flask(__name__, static_folder=STATIC)
    app.config.from_mapping(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME="board_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=16 * 1024,
        TRUSTED_HOSTS=allowed_hosts(),
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.config.from_mapping(config)
    csrf.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(views.bp)
    app.after_request(_add_headers)
    return app


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
