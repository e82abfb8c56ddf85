"""The admin's pages: users and withdrawals."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.dateformat import format as date_format

from django_app.models import User, WithdrawLog
from shared_db import rules

admin.site.unregister(Group)  # administrators may do everything: nobody is in a group


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account; the password is hashed when one was typed, and kept when none was."""

    new_password = forms.CharField(required=False, strip=False, widget=forms.PasswordInput)

    class Meta:
        model = User
        fields = ("username", "email", "money", "is_admin", "forbid_overdraft")

    def clean_new_password(self) -> str:
        """Require a password of a new account."""
        password: str = self.cleaned_data["new_password"]
        if not password and self.instance.pk is None:
            raise forms.ValidationError(rules.NO_PASSWORD)
        return password


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts."""

    form = UserForm
    list_display = ("username", "email", "money", "is_admin", "forbid_overdraft")
    search_fields = ("username", "email")
    ordering = ("username",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Hash a typed password."""
        if form.cleaned_data["new_password"]:
            obj.set_password(form.cleaned_data["new_password"])
        super().save_model(request, obj, form, change)


@admin.register(WithdrawLog)
class WithdrawLogAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Withdrawals, to read: the log is evidence, and the verdicts are taken from it."""

    list_display = ("id", "user", "amount", "strategy", "stack", "when", "idempotency_key")
    fields = readonly_fields = list_display[1:]
    list_select_related = ("user",)
    ordering = ("-id",)

    @admin.display(description="created time (UTC)", ordering="created_time")
    def when(self, log: WithdrawLog) -> str:
        """Return the moment as exactly as the database has it: it is evidence."""
        return date_format(log.created_time, "Y-m-d H:i:s.u")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
