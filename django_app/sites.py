"""The admin site: for administrators only, by the application's own login."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from shared_db import rules


class LabAdminSite(AdminSite):
    """Sends the anonymous to the login and refuses everyone who is no administrator."""

    site_header = site_title = "Overdraft admin (Django)"

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether the request's user may enter; refuse a user who may not.

        Raises:
            PermissionDenied: the user is logged in and no administrator.
        """
        if request.user.is_authenticated and not request.user.is_admin:
            raise PermissionDenied
        return bool(request.user.is_authenticated)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Send the anonymous straight to the application's login, not by a login of the admin's."""
        return login_required(super().admin_view(view, cacheable))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Let an administrator in, and send the anonymous to the application's login."""
        target = request.GET.get("next", "")
        if not rules.is_local_path(target):
            target = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(target)
        return redirect_to_login(target)
