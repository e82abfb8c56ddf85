"""The forms, each with its CSRF token.

The token is checked where a view validates its form, after login_required has loaded the user. A
global CSRFProtect would read the whole body before the user: that narrows the window of the race.
"""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, PasswordField, StringField
from wtforms.widgets import TextInput

from shared_db.rules import clean_username, parse_amount


class SiteForm(FlaskForm):
    """A form of the site, sent as a form: Flask-WTF by itself would take JSON too."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: object) -> MultiDict[str, str] | None:
            return request.form if request.method == "POST" else None


class AmountField(Field):
    """A text field that holds an amount; what an amount is, the rules say."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = parse_amount(self._value())

    def _value(self) -> str:
        # Of two amounts none is the one that was meant.
        return self.raw_data[0] if self.raw_data and len(self.raw_data) == 1 else ""


class LoginForm(SiteForm):
    """Username and password."""

    username = StringField("Username", filters=[clean_username])
    password = PasswordField("Password")


class LogoutForm(SiteForm):
    """Nothing but the CSRF token."""


class WithdrawForm(SiteForm):
    """The amount to withdraw."""

    amount = AmountField("Amount")
