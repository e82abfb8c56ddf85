"""The guess: what somebody takes to be the answer, kept before a page tells it."""

from flask import Blueprint, abort, redirect, request
from flask_login import login_required
from werkzeug.wrappers import Response

from flask_app.forms import GuessForm
from flask_app.views import guesses_of_sender
from shared_db import catalogue, guesses, rules

bp = Blueprint("guess", __name__)


@bp.post("/withdraw<int:number>/guess")
@login_required
def guess(number: int) -> Response:
    """Keep a guess, and show what it is worth."""
    strategy = catalogue.by_number(number)
    if strategy is None or request.path != strategy.guess_path:
        abort(404)
    form = GuessForm()
    if not form.validate_on_submit():
        abort(403, rules.CSRF_FAILED)
    letter = form.guess.data or ""
    if guesses.choice(number, letter) is None:
        abort(400)
    response = redirect(f"{strategy.path}#guess")
    response.set_cookie(
        guesses.COOKIE,
        guesses.written({**guesses_of_sender(), number: letter}),
        max_age=guesses.KEPT_S,
        httponly=True,
        samesite="Lax",
    )
    return response
