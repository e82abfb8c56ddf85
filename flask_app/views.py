"""The home page, and one view for all withdrawals, dispatched by the catalogue."""

from datetime import UTC, datetime

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from flask_app.forms import WithdrawForm
from flask_app.models import WithdrawLog, db
from flask_app.strategies import WITHDRAW
from shared_db import catalogue, rules
from shared_db.spans import SPAN_HEADER, Span

bp = Blueprint("home", __name__)

HISTORY_LENGTH = 20


@bp.app_template_filter()
def utc(moment: datetime) -> str:
    """Show a moment as both stacks do; the database tells it in the zone of its own settings."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@bp.get("/")
@login_required
def index() -> str:
    """Show the balance, the latest withdrawals and the list of strategies."""
    history = db.session.scalars(
        db.select(WithdrawLog)
        .filter_by(user_id=current_user.id)
        .order_by(WithdrawLog.id.desc())
        .limit(HISTORY_LENGTH)
    ).all()
    return render_template("home.html", history=history)


@bp.route("/withdraw<int:number>", methods=["GET", "POST"])
@login_required
def withdraw(number: int) -> Response | str | tuple[str, int]:
    """Show the form of one strategy, or withdraw by it."""
    strategy = catalogue.by_number(number)
    # The router takes leading zeros and the digits of other scripts for a number too.
    if strategy is None or request.path != strategy.path:
        abort(404)
    form = WithdrawForm()
    if not form.is_submitted():
        return render_template("withdraw.html", strategy=strategy, form=form)
    if not form.validate():
        if "csrf_token" in form.errors:
            abort(403, rules.CSRF_FAILED)
        return render_template("withdraw.html", strategy=strategy, form=form), 400

    user = current_user._get_current_object()
    span = Span()
    try:
        with span:
            WITHDRAW[strategy.slug](user, form.amount.data, key="")
    except rules.InsufficientFunds:
        flash(rules.INSUFFICIENT_FUNDS, "error")
        db.session.refresh(user)
        response = make_response(render_template("withdraw.html", strategy=strategy, form=form))
    else:
        flash(rules.SUCCESS, "success")
        response = make_response(redirect(url_for("home.index")))
    response.headers[SPAN_HEADER] = span.header()
    return response


@bp.get("/healthz")
def healthz() -> Response:
    """Answer 'ok' while the database answers."""
    db.session.execute(db.text("SELECT 1"))
    return Response("ok", mimetype="text/plain")
