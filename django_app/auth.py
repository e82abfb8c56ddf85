"""Log in and out: Django's own views, with the lab's words."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.db import connection
from django.http import HttpRequest, HttpResponse

from django_app.models import User
from shared_db import rules, throttle


class Backend(ModelBackend):
    """Reads the user, and hashes the password without a connection: others need one meanwhile."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user to whom the name and the password belong."""
        if username is None or password is None:
            return None
        user = User.objects.filter(username=username).first()
        if not connection.in_atomic_block:
            connection.close()  # which gives it back to the pool
        if user is None:
            # A hash is computed for a name that is unknown too, or the time would tell them apart.
            User().set_password(password)
            return None
        return user if user.check_password(password) else None


class LoginView(views.LoginView):
    """Log a user in and return to where they were going, if that is on this site."""

    template_name = "login.html"
    http_method_names = ("get", "head", "post", "options")

    def get_success_url(self) -> str:
        """Return where they were going, if that is a path: a full address of this site is none."""
        target = self.get_redirect_url()
        return target if rules.is_local_path(target) else self.get_default_redirect_url()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log in, unless too many passwords were wrong."""
        if throttle.is_open(*self.claim()):
            return super().post(request, *args, **kwargs)
        response = self.refused(self.get_form(), rules.TOO_MANY_LOGINS)
        response.status_code = 429
        response.headers["Retry-After"] = str(throttle.WAIT_S)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again, with one message for every reason."""
        throttle.count_wrong(*self.claim())
        return self.refused(form, rules.BAD_LOGIN)

    def refused(self, form: AuthenticationForm, reason: str) -> HttpResponse:
        """Show the form again, and why it was refused."""
        messages.error(self.request, reason)
        return self.render_to_response(self.get_context_data(form=form, refused=True))

    def claim(self) -> tuple[str, str]:
        """Return who the sender says they are, and their address."""
        username = rules.clean_username(self.request.POST.get("username"))
        return username, self.request.META.get("REMOTE_ADDR", "")


class LogoutView(views.LogoutView):
    """Log the user out; by POST only."""
