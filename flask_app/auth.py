"""Log in and out."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import LoginManager, login_required, login_user, logout_user
from werkzeug.wrappers import Response

from flask_app.forms import LoginForm, LogoutForm
from flask_app.models import User, db
from shared_db import rules
from shared_db.passwords import hash_password, verify_password

bp = Blueprint("auth", __name__)

_UNKNOWN = hash_password("no account has this password")

login_manager = LoginManager()
login_manager.login_view = "auth.login"
login_manager.login_message = None


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    """Return the user of a session, or None where the account is gone."""
    return db.session.get(User, int(user_id))


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response | str | tuple[str, int]:
    """Log a user in and return to where he was going, if that is on this site."""
    form = LoginForm()
    if form.validate_on_submit():
        user = db.session.scalar(db.select(User).filter_by(username=form.username.data))
        # A hash is computed for a name that is unknown too, or the time would tell them apart.
        if verify_password(user.password if user else _UNKNOWN, form.password.data or "") and user:
            login_user(user)
            target = request.args.get("next")
            return redirect(
                target if target and rules.is_local_path(target) else url_for("home.index")
            )
        flash(rules.BAD_LOGIN, "error")
    elif "csrf_token" in form.errors:
        abort(403, rules.CSRF_FAILED)
    return render_template("login.html", form=form)


@bp.post("/logout")
@login_required
def logout() -> Response:
    """Log the user out."""
    if not LogoutForm().validate_on_submit():
        abort(403, rules.CSRF_FAILED)
    logout_user()
    return redirect(url_for("auth.login"))
