"""Errors as pages of the site, in the words that both stacks share."""

from flask import Flask, current_app, render_template
from flask_login import AnonymousUserMixin
from sqlalchemy import exc
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    InternalServerError,
    SecurityError,
    ServiceUnavailable,
)
from werkzeug.wrappers import Response

from flask_app.context import shared
from flask_app.models import db
from shared_db import rules
from shared_db.outages import RETRY_AFTER_S, is_outage

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


def server_error(error: InternalServerError) -> Response:
    """Show error 500; or 503, for a while, where there is no connection to the database."""
    cause = error.original_exception
    if isinstance(cause, exc.TimeoutError) or is_outage(cause):
        return outage_page()
    return error_page(error)


def outage_page() -> Response:
    """Show error 503, to nobody in particular: who is logged in only the database knows."""
    error = ServiceUnavailable(rules.OUTAGE, retry_after=RETRY_AFTER_S)
    response = error.get_response()
    # Not by render_template: Flask-Login would look for the user, whatever is given.
    page = current_app.jinja_env.get_template("error.html")
    words = {"error": error, "description": error.description, "current_user": AnonymousUserMixin()}
    response.data = page.render(**shared(), **words)
    return response


def data_error(error: exc.DataError) -> Response:
    """Refuse a value that no column can hold, such as an id of 30 digits in an address."""
    return error_page(BadRequest())


def end_session(error: BaseException | None) -> None:
    """End the request's transaction, also where the server has closed its connection meanwhile.

    The answer is made by now. Flask-SQLAlchemy rolls back after it, and an error there would put
    the server's own error 500 in the place of the answer.
    """
    try:
        db.session.rollback()
    except exc.DBAPIError as lost:
        if not lost.connection_invalidated:
            raise
        db.session().invalidate()


def init_app(app: Flask) -> None:
    """Have every HTTP error shown so; call it after `db.init_app`, whose teardown has to follow."""
    app.teardown_appcontext(end_session)
    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(InternalServerError, server_error)
    app.register_error_handler(exc.DataError, data_error)
