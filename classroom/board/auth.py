"""Log in with the board's password, which no student has."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response

from classroom.accounts import TEACHER, kept
from shared_db import rules, throttle
from shared_db.passwords import verify_password

bp = Blueprint("auth", __name__)
_IN = "teacher"


@bp.before_app_request
def require_teacher() -> Response | None:
    """Send everybody else to the login."""
    if request.endpoint in ("auth.login", "static") or _is_in():
        return None
    if isinstance(request.routing_exception, SecurityError):  # of a host that is not ours
        raise request.routing_exception
    return redirect(url_for("auth.login"))


def _is_in() -> bool:
    # The hash stands for the password: with another one the session is over.
    account = kept().get(TEACHER)
    return account is not None and session.get(_IN) == account.hashed[-16:]


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response | str | tuple[str, int, dict[str, str]]:
    """Ask for the password."""
    if request.method == "GET":
        return render_template("login.html")
    address = request.remote_addr or ""
    if not throttle.is_open(TEACHER, address):
        flash(rules.TOO_MANY_LOGINS)
        return render_template("login.html"), 429, {"Retry-After": str(throttle.WAIT_S)}
    account = kept().get(TEACHER)
    if account is None or not verify_password(account.hashed, request.form.get("password", "")):
        throttle.count_wrong(TEACHER, address)
        flash("Wrong password.")
        return render_template("login.html"), 403, {}
    session.clear()
    session[_IN] = account.hashed[-16:]
    return redirect(url_for("board.index"))


@bp.post("/logout")
def logout() -> Response:
    """Log out."""
    session.clear()
    return redirect(url_for("auth.login"))
