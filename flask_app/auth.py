"""Log in and out.

Whether a name is known shows neither in an answer nor in the time that it takes.
"""

import hmac

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, login_user, logout_user
from werkzeug.wrappers import Response

from flask_app.forms import LoginForm, LogoutForm
from flask_app.models import User, db
from shared_db import rules, throttle
from shared_db.passwords import hash_password, verify_password

bp = Blueprint("auth", __name__)

login_manager = LoginManager()
login_manager.login_view = "auth.login"
login_manager.login_message = None


@login_manager.user_loader
def load_user(session_id: str) -> User | None:
    """Return the user of a session, or None where the account is gone or has another password."""
    user_id, _, _ = session_id.partition(".")
    user = db.session.get(User, int(user_id))
    return user if user and hmac.compare_digest(user.get_id(), session_id) else None


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Log a user in and return to where they were going, if that is on this site."""
    form = LoginForm()
    if form.is_submitted():
        if not form.validate():
            abort(403, rules.CSRF_FAILED)
        username, address = form.username.data or "", request.remote_addr or ""
        if not throttle.is_open(username, address):
            return refused(form, rules.TOO_MANY_LOGINS, 429, {"Retry-After": str(throttle.WAIT_S)})
        user = find_user(username, form.password.data or "")
        if user is None:
            throttle.count_wrong(username, address)
            return refused(form, rules.BAD_LOGIN)
        session.clear()  # with it goes the CSRF token that was known before the login
        login_user(user)
        target = request.args.get("next")
        return redirect(target if target and rules.is_local_path(target) else url_for("home.index"))
    return make_response(render_template("login.html", form=form))


def refused(
    form: LoginForm, reason: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Show the form again, and why it was refused."""
    flash(reason, "error")
    return make_response(
        render_template("login.html", form=form, refused=True), status, headers or {}
    )


def find_user(username: str, password: str) -> User | None:
    """Return the user to whom the name and the password belong."""
    user = None
    if "\0" not in username:  # PostgreSQL has no such text
        user = db.session.scalar(db.select(User).filter_by(username=username))
    # Whoever waits for a turn to hash, and hashes, needs no connection; others do.
    db.session.close()
    if user is None:
        hash_password(password)  # which takes as long as to verify one
        return None
    return user if verify_password(user.password, password) else None


@bp.post("/logout")
def logout() -> Response:
    """Log the user out."""
    if not LogoutForm().validate_on_submit():
        abort(403, rules.CSRF_FAILED)
    logout_user()
    return redirect(url_for("auth.login"))
