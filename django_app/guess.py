"""The guess: what somebody takes to be the answer, kept before a page tells it."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from django_app.forms import GuessForm
from django_app.views import AuthenticatedRequest, guesses_of_sender
from shared_db import catalogue, guesses


@require_POST
@login_required
def guess(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Keep a guess, and show what it is worth."""
    strategy = catalogue.by_number(number)
    if strategy is None or request.path_info != strategy.guess_path:
        raise Http404
    form = GuessForm(request.POST)
    letter = form.cleaned_data["guess"] if form.is_valid() else ""
    if guesses.choice(number, letter) is None:
        raise BadRequest
    response = redirect(f"{strategy.path}#guess")
    response.set_cookie(
        guesses.COOKIE,
        guesses.written({**guesses_of_sender(request), number: letter}),
        max_age=guesses.KEPT_S,
        httponly=True,
        samesite="Lax",
    )
    return response
