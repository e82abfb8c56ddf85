"""The page on which a user changes their e-mail address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from django_app.forms import EmailForm
from django_app.retry import conflicts
from django_app.strategies.other_page import change_email
from django_app.views import AuthenticatedRequest, error_page
from shared_db import rules
from shared_db.spans import SPAN_HEADER, Span
from shared_db.sqlstates import is_taken_email


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def email(request: AuthenticatedRequest) -> HttpResponse:
    """Show the form, or change the address."""
    data = request.POST if request.method == "POST" else None
    form = EmailForm(data, initial={"email": request.user.email})
    if not form.is_bound:
        return render(request, "email.html", {"form": form})
    if not form.is_valid():
        return render(request, "email.html", {"form": form}, status=400)

    span = Span()
    try:
        with span, conflicts():
            change_email(request.user, form.cleaned_data["email"])
    except IntegrityError as error:
        if not is_taken_email(error.__cause__):
            raise
        form.add_error("email", rules.EMAIL_TAKEN)
        response = render(request, "email.html", {"form": form}, status=400)
    except rules.Conflict:
        response = error_page(request, 503, "Service Unavailable", rules.CONFLICT)
    else:
        messages.success(request, rules.EMAIL_CHANGED)
        response = redirect("email")
    response.headers[SPAN_HEADER] = span.header()
    return response
