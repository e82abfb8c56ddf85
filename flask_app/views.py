"""The home page, and one view for all withdrawals, dispatched by the catalogue."""

from datetime import UTC, datetime

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user, login_required
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ServiceUnavailable, UnprocessableEntity
from werkzeug.wrappers import Response

from flask_app.accounts import begin_anew
from flask_app.errors import error_page
from flask_app.forms import KeyedWithdrawForm, ResetForm, WithdrawForm
from flask_app.models import WithdrawLog, db
from flask_app.retry import conflicts
from flask_app.strategies import WITHDRAW
from shared_db import catalogue, guesses, pages, rules
from shared_db.by_hand import Door
from shared_db.catalogue import Strategy
from shared_db.guesses import Guesses
from shared_db.payer import paying_by
from shared_db.spans import SPAN_HEADER, Span

bp = Blueprint("home", __name__)

HISTORY_LENGTH = 20


@bp.app_template_filter()
def utc(moment: datetime) -> str:
    """Show a moment as both stacks do; the database tells it in the zone of its own settings."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@bp.get("/")
@login_required
def index() -> str:
    """Show the balance, the latest withdrawals and the list of strategies."""
    latest = db.session.scalars(
        db.select(WithdrawLog)
        .filter_by(user_id=current_user.id)
        .order_by(WithdrawLog.id.desc())
        .limit(HISTORY_LENGTH)
    )
    guessed = guesses_of_sender()
    history = [(log, pages.name_in(guessed, log.strategy)) for log in latest]
    return render_template("home.html", history=history, entries=pages.entries(guessed))


@bp.post("/reset")
@login_required
def reset() -> Response:
    """Put the user's own account back to what it was at the start."""
    if not ResetForm().validate_on_submit():
        abort(403, rules.CSRF_FAILED)
    try:
        with conflicts():
            begin_anew(current_user._get_current_object())
    except rules.AttackUnderWay:
        flash(rules.ATTACK_UNDER_WAY, "error")
    except rules.Conflict:
        return error_page(ServiceUnavailable(rules.CONFLICT))
    else:
        flash(rules.RESET_DONE, "success")
    return redirect(url_for("home.index"))


@bp.route("/withdraw<int:number>", methods=["GET", "POST"])
@login_required
def withdraw(number: int) -> Response | str | tuple[str, int]:
    """Show the form of one strategy, or withdraw by it."""
    strategy = catalogue.by_number(number)
    # The router takes leading zeros and the digits of other scripts for a number too.
    if strategy is None or request.path != strategy.path:
        abort(404)
    form = KeyedWithdrawForm() if strategy.keyed else WithdrawForm()
    if not form.is_submitted():
        return withdraw_page(strategy, form)
    if not form.validate():
        if "csrf_token" in form.errors:
            abort(403, rules.CSRF_FAILED)
        return withdraw_page(strategy, form), 400

    user = current_user._get_current_object()
    span = Span()
    response: Response
    try:
        with paying_by(strategy.slug), span, conflicts():
            WITHDRAW[strategy.slug](user, form.amount.data, key=form.data.get("key", ""))
    except rules.InsufficientFunds:
        flash(rules.INSUFFICIENT_FUNDS, "error")
        db.session.refresh(user)
        response = make_response(withdraw_page(strategy, form))
    except rules.KeyReused:
        response = error_page(UnprocessableEntity(rules.KEY_REUSED))
    except rules.Conflict:
        response = error_page(ServiceUnavailable(rules.CONFLICT))
    else:
        flash(rules.SUCCESS, "success")
        response = make_response(redirect(url_for("home.index")))
    response.headers[SPAN_HEADER] = span.header()
    return response


def withdraw_page(strategy: Strategy, form: WithdrawForm) -> str:
    """Render the page of a strategy, with the balance that it decides on."""
    derived = strategy.ledger == "derived"
    return render_template(
        "withdraw.html",
        strategy=strategy,
        form=form,
        balance=current_user.derived_balance() if derived else current_user.money,
        ledger_note=rules.DERIVED_LEDGER if derived else "",
        notice=rules.account_notice(
            strategy.account,
            username=current_user.username,
            forbid_overdraft=current_user.forbid_overdraft,
        ),
        insight=pages.insight(
            strategy,
            guesses_of_sender(),
            "flask",
            WITHDRAW[strategy.slug],
            door(),
            current_user.username,
        ),
    )


def guesses_of_sender() -> Guesses:
    """Return what has been guessed in this browser."""
    return guesses.read(request.cookies.get(guesses.COOKIE))


def door() -> Door:
    """Return how a command line enters this application."""
    return Door(
        host=request.host,
        field="csrf_token",
        token=generate_csrf(),
        cookies=(current_app.config["SESSION_COOKIE_NAME"],),
    )


@bp.get("/healthz")
def healthz() -> Response:
    """Answer 'ok' while the database answers, and 503 at once where it does not."""
    try:
        with db.engines["health"].connect() as connection:
            connection.execute(db.text("SELECT 1"))
    except OperationalError:
        return Response(rules.NO_DATABASE, status=503, mimetype="text/plain")
    return Response("ok", mimetype="text/plain")
