"""Log in and out: Django's own views, with the lab's words."""

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse

from shared_db import rules


class LoginView(views.LoginView):
    """Log a user in and return to where they were going, if that is on this site."""

    template_name = "login.html"
    http_method_names = ("get", "head", "post", "options")

    def get_success_url(self) -> str:
        """Return where they were going, if that is a path: a full address of this site is none."""
        target = self.get_redirect_url()
        return target if rules.is_local_path(target) else self.get_default_redirect_url()

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the form again, with one message for every reason."""
        messages.error(self.request, rules.BAD_LOGIN)
        return super().form_invalid(form)


class LogoutView(views.LogoutView):
    """Log the user out; by POST only."""
