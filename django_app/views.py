"""The home page, and one view for all withdrawals, dispatched by the catalogue."""

import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connections, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from django_app.accounts import begin_anew
from django_app.forms import KeyedWithdrawForm, WithdrawForm
from django_app.models import User
from django_app.retry import conflicts
from django_app.strategies import WITHDRAW
from shared_db import catalogue, guesses, pages, rules
from shared_db.by_hand import Door
from shared_db.catalogue import Strategy
from shared_db.guesses import Guesses
from shared_db.outages import RETRY_AFTER_S, is_outage
from shared_db.payer import paying_by
from shared_db.spans import SPAN_HEADER, Span

HISTORY_LENGTH = 20


class AuthenticatedRequest(HttpRequest):
    """A request behind login_required, for the type checker."""

    user: User


@require_safe
@login_required
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Show the balance, the latest withdrawals and the list of strategies."""
    latest = request.user.withdrawals.order_by("-id")[:HISTORY_LENGTH]
    guessed = guesses_of_sender(request)
    history = [(log, pages.name_in(guessed, log.strategy)) for log in latest]
    return render(request, "home.html", {"history": history, "entries": pages.entries(guessed)})


@require_POST
@login_required
def reset(request: AuthenticatedRequest) -> HttpResponse:
    """Put the user's own account back to what it was at the start."""
    try:
        with conflicts():
            begin_anew(request.user)
    except rules.AttackUnderWay:
        messages.error(request, rules.ATTACK_UNDER_WAY)
    except rules.Conflict:
        return error_page(request, 503, "Service Unavailable", rules.CONFLICT)
    else:
        messages.success(request, rules.RESET_DONE)
    return redirect("index")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Show the form of one strategy, or withdraw by it."""
    strategy = catalogue.by_number(number)
    # The router takes leading zeros for a number too.
    if strategy is None or request.path_info != strategy.path:
        raise Http404
    form_class = KeyedWithdrawForm if strategy.keyed else WithdrawForm
    form = form_class(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return withdraw_page(request, strategy, form)
    if not form.is_valid():
        return withdraw_page(request, strategy, form, status=400)

    user = request.user
    span = Span()
    try:
        with paying_by(strategy.slug), span, conflicts():
            data = form.cleaned_data
            WITHDRAW[strategy.slug](user, data["amount"], key=data.get("key", ""))
    except rules.InsufficientFunds:
        messages.error(request, rules.INSUFFICIENT_FUNDS)
        user.refresh_from_db()
        response = withdraw_page(request, strategy, form)
    except rules.KeyReused:
        response = error_page(request, 422, "Unprocessable Entity", rules.KEY_REUSED)
    except rules.Conflict:
        response = error_page(request, 503, "Service Unavailable", rules.CONFLICT)
    else:
        messages.success(request, rules.SUCCESS)
        response = redirect("index")
    response.headers[SPAN_HEADER] = span.header()
    return response


def withdraw_page(
    request: AuthenticatedRequest, strategy: Strategy, form: WithdrawForm, status: int = 200
) -> HttpResponse:
    """Render the page of a strategy, with the balance that it decides on."""
    user = request.user
    derived = strategy.ledger == "derived"
    context = {
        "strategy": strategy,
        "form": form,
        "balance": user.derived_balance() if derived else user.money,
        "ledger_note": rules.DERIVED_LEDGER if derived else "",
        "notice": rules.account_notice(
            strategy.account, username=user.username, forbid_overdraft=user.forbid_overdraft
        ),
        "insight": pages.insight(
            strategy,
            guesses_of_sender(request),
            "django",
            WITHDRAW[strategy.slug],
            door(request),
            user.username,
        ),
    }
    return render(request, "withdraw.html", context, status=status)


def guesses_of_sender(request: HttpRequest) -> Guesses:
    """Return what has been guessed in this browser."""
    return guesses.read(request.COOKIES.get(guesses.COOKIE))


def door(request: HttpRequest) -> Door:
    """Return how a command line enters this application."""
    return Door(
        host=request.get_host(),
        field="csrfmiddlewaretoken",
        token=get_token(request),
        cookies=(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME),
    )


@require_safe
@transaction.non_atomic_requests  # or it would meet the missing database before it asks
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 'ok' while the database answers, and 503 at once where it does not."""
    try:
        with connections["health"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse(rules.NO_DATABASE, status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token."""
    return error_page(request, 403, "Forbidden", rules.CSRF_FAILED)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show error 400, or 413 where a body was too large."""
    if isinstance(exception, RequestDataTooBig):
        return error_page(request, 413, "Request Entity Too Large", rules.BODY_TOO_LARGE)
    return error_page(request, 400, "Bad Request", rules.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show error 403."""
    return error_page(request, 403, "Forbidden", rules.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show error 404."""
    return error_page(request, 404, "Not Found", rules.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show error 500; or 503, for a while, where there is no connection to the database."""
    if is_outage(sys.exc_info()[1]):
        return outage_page(request)
    return error_page(request, 500, "Internal Server Error", rules.SERVER_ERROR)


def outage_page(request: HttpRequest) -> HttpResponse:
    """Show error 503, to nobody in particular: who is logged in only the database knows."""
    request.user = AnonymousUser()
    response = error_page(request, 503, "Service Unavailable", rules.OUTAGE)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def error_page(request: HttpRequest, code: int, name: str, description: str) -> HttpResponse:
    """Show an HTTP error in the application's own layout."""
    context = {"code": code, "name": name, "description": description}
    return render(request, "error.html", context, status=code)
