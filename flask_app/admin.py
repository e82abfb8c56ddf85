"""The admin site: users and withdrawals, for administrators only."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import SecureForm
from flask_admin.menu import MenuLink
from flask_admin.model.typefmt import BASE_FORMATTERS
from flask_login import current_user
from psycopg.errors import ForeignKeyViolation
from sqlalchemy.exc import StatementError
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from flask_app.models import User, WithdrawLog, db
from flask_app.views import utc
from shared_db import rules
from shared_db.passwords import hash_password


class AdministratorsOnly:
    """Sends the anonymous to the login and refuses everyone who is no administrator."""

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated and current_user.is_admin)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:
        if current_user.is_authenticated:
            abort(403, rules.FORBIDDEN)
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))


class MyAdminIndexView(AdministratorsOnly, AdminIndexView):
    """The admin's first page."""

    @expose("/")
    def index(self) -> str:
        return str(self.render("admin_home.html"))


class MyModelView(AdministratorsOnly, ModelView):
    """What both models' pages share: access, CSRF tokens, no bulk actions."""

    list_template = "admin_list.html"
    edit_template = create_template = "admin_form.html"
    form_base_class = SecureForm
    column_type_formatters = {
        **BASE_FORMATTERS,
        bool: lambda view, value, name: "yes" if value else "no",
        datetime: lambda view, value, name: utc(value),
    }
    action_disallowed_list = ("delete",)

    def handle_view_exception(self, exc: Exception) -> bool:
        """Say what the database refuses, without the statement: that would show the hash."""
        if not isinstance(exc, StatementError):
            return bool(super().handle_view_exception(exc))
        known = isinstance(exc.orig, ForeignKeyViolation)
        flash(rules.HAS_HISTORY if known else str(exc.orig).partition("\n")[0], "error")
        return True


class UserView(MyModelView):
    """Accounts: the password is hashed when one was typed, and kept when none was."""

    column_list = ("username", "email", "money", "is_admin", "forbid_overdraft")
    column_searchable_list = ("username", "email")
    column_default_sort = "username"
    form_columns = ("username", "email", "money", "is_admin", "forbid_overdraft", "new_password")
    form_args = {
        "username": {
            "filters": [rules.clean_username],
            "validators": [DataRequired(), Length(max=256)],
        },
        "email": {
            "filters": [lambda text: (text or "").strip()],
            "validators": [DataRequired(), Length(max=256)],
        },
        "money": {
            "validators": [InputRequired(), NumberRange(-(2**31), rules.LARGEST_AMOUNT)],
        },
    }
    form_extra_fields = {"new_password": PasswordField("New password")}

    def on_model_change(self, form: Any, model: User, is_created: bool) -> None:
        """Hash a typed password; a new account needs one."""
        if form.new_password.data:
            model.password = hash_password(form.new_password.data)
        elif is_created:
            raise ValidationError(rules.NO_PASSWORD)


class WithdrawLogView(MyModelView):
    """Withdrawals, to read: the log is evidence, and the verdicts are taken from it."""

    can_create = can_edit = can_delete = False
    column_list = ("id", "user", "amount", "strategy", "stack", "created_time", "idempotency_key")
    column_labels = {"created_time": "Created Time (UTC)"}
    column_default_sort = ("id", True)


def init_app(app: Any) -> None:
    """Add the admin site to the application at /admin/."""
    admin = Admin(
        name="Overdraft admin (Flask)",
        index_view=MyAdminIndexView(url="/admin"),
    )
    admin.add_view(UserView(User, db, name="Users", endpoint="user_admin"))
    admin.add_view(WithdrawLogView(WithdrawLog, db, name="Withdrawals", endpoint="withdrawals"))
    admin.add_link(MenuLink("View site", endpoint="home.index"))
    admin.init_app(app)
