"""The page on which a user changes their e-mail address."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask_login import current_user, login_required
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from flask_app.errors import error_page
from flask_app.forms import EmailForm
from flask_app.models import db
from flask_app.retry import conflicts
from flask_app.strategies.other_page import change_email
from shared_db import rules
from shared_db.spans import SPAN_HEADER, Span
from shared_db.sqlstates import is_taken_email

bp = Blueprint("email", __name__)


@bp.route("/email", methods=["GET", "POST"])
@login_required
def email() -> Response | str | tuple[str, int]:
    """Show the form, or change the address."""
    form = EmailForm(email=current_user.email)
    if not form.is_submitted():
        return render_template("email.html", form=form)
    if not form.validate():
        if "csrf_token" in form.errors:
            abort(403, rules.CSRF_FAILED)
        return render_template("email.html", form=form), 400

    span = Span()
    response: Response
    try:
        with span, conflicts():
            change_email(current_user._get_current_object(), form.email.data)
    except IntegrityError as error:
        db.session.rollback()
        if not is_taken_email(error.orig):
            raise
        form.email.errors = [rules.EMAIL_TAKEN]
        response = make_response(render_template("email.html", form=form), 400)
    except rules.Conflict:
        response = error_page(ServiceUnavailable(rules.CONFLICT))
    else:
        flash(rules.EMAIL_CHANGED, "success")
        response = make_response(redirect(url_for("email.email")))
    response.headers[SPAN_HEADER] = span.header()
    return response
