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
from wtforms.widgets import HiddenInput, TextInput

from shared_db.rules import clean_username, new_key, parse_amount, parse_email, parse_key


class SiteForm(FlaskForm):
    """A form of the site, sent as a form: Flask-WTF by itself would take JSON too."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: object) -> MultiDict[str, str] | None:
            return request.form if request.method == "POST" else None


class OneValueField(Field):
    """A field that was sent once: of two values none is the one that was meant."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data and len(self.raw_data) == 1 else ""


class AmountField(OneValueField):
    """A text field that holds an amount; what an amount is, the rules say."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = parse_amount(self._value())


class EmailField(OneValueField):
    """A text field that holds an e-mail address; what one is, the rules say."""

    widget = TextInput(input_type="email")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = parse_email(self._value())

    def _value(self) -> str:
        return super()._value() if self.raw_data is not None else str(self.data or "")


class KeyField(OneValueField):
    """A hidden field that holds the key of an intent, minted when the form is shown."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = parse_key(self._value())

    def _value(self) -> str:
        return super()._value() if self.raw_data is not None else str(self.data)


class LoginForm(SiteForm):
    """Username and password."""

    username = StringField("Username", filters=[clean_username])
    password = PasswordField("Password")


class EmailForm(SiteForm):
    """The account's e-mail address."""

    email = EmailField("E-mail address")


class LogoutForm(SiteForm):
    """Nothing but the CSRF token."""


class ResetForm(SiteForm):
    """Nothing but the CSRF token."""


class GuessForm(SiteForm):
    """The letter of a choice."""

    guess = StringField("Your guess")


class WithdrawForm(SiteForm):
    """The amount to withdraw."""

    amount = AmountField("Amount")


class KeyedWithdrawForm(WithdrawForm):
    """The amount to withdraw, and the key that makes sending it twice one intent."""

    key = KeyField(default=new_key)
