"""The forms, each with its CSRF token.

The token is checked where a view validates its form, after login_required has loaded the user. A
global CSRFProtect would read the whole body before the user: that narrows the window of the race.
"""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.widgets import TextInput

from shared_db.rules import parse_amount


class AmountField(Field):
    """A text field that holds an amount; what an amount is, the rules say."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = parse_amount(valuelist[0] if valuelist else None)

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else ""


class LoginForm(FlaskForm):
    """Username and password."""

    username = StringField("Username")
    password = PasswordField("Password")


class LogoutForm(FlaskForm):
    """Nothing but the CSRF token."""


class WithdrawForm(FlaskForm):
    """The amount to withdraw."""

    amount = AmountField("Amount")
