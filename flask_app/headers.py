"""Security headers: those of Django's middlewares, and those that both stacks add."""

from flask import Flask
from werkzeug.wrappers import Response

from shared_db.headers import headers_for

# What Django's SecurityMiddleware and XFrameOptionsMiddleware set.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """Add the headers to a response."""
    response.headers.update(HEADERS | headers_for(response.content_type or ""))
    return response


def init_app(app: Flask) -> None:
    """Add the headers to every response of the application."""
    app.after_request(add_headers)
