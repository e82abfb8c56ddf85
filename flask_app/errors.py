"""Errors as pages of the site, in the words that both stacks share."""

from flask import Flask, render_template
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError
from werkzeug.wrappers import Response

from shared_db import rules

_WORDS = {
    400: rules.BAD_REQUEST,
    404: rules.NOT_FOUND,
    405: rules.NOT_ALLOWED,
    413: rules.BODY_TOO_LARGE,
    500: rules.SERVER_ERROR,
}


def error_page(error: HTTPException) -> Response:
    """Show an HTTP error in the application's own layout, with the headers that belong to it."""
    response = error.get_response()
    if isinstance(error, SecurityError):
        return response  # the layout has links, and none is made for a host that is not ours
    description = _WORDS.get(response.status_code, error.description)
    response.data = render_template("error.html", error=error, description=description)
    return response


def data_error(error: DataError) -> Response:
    """Refuse a value that no column can hold, such as an id of 30 digits in an address."""
    return error_page(BadRequest())


def init_app(app: Flask) -> None:
    """Have every HTTP error shown so."""
    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(DataError, data_error)
