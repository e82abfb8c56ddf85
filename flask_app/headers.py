"""Security headers, those that Django's own middleware sets, and the one that names the lab."""

from flask import Flask
from werkzeug.wrappers import Response

from shared_db.lab_id import LAB_HEADER, lab_id

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """Add the headers to a response."""
    response.headers.update(HEADERS)
    if lab_id():
        response.headers[LAB_HEADER] = lab_id()
    return response


def init_app(app: Flask) -> None:
    """Add the headers to every response of the application."""
    app.after_request(add_headers)
