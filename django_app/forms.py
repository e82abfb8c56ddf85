"""The forms; the CSRF token is Django's middleware's."""

from typing import Any

from django import forms

from shared_db.rules import (
    InvalidAmount,
    InvalidEmail,
    InvalidKey,
    new_key,
    parse_amount,
    parse_email,
    parse_key,
)


class OneValue(forms.Widget):
    """A field that was sent once: of two values none is the one that was meant."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        values = data.getlist(name)
        return values[0] if len(values) == 1 else None


class AmountInput(OneValue, forms.TextInput):
    """The input of an amount."""


class EmailInput(OneValue, forms.EmailInput):
    """The input of an e-mail address."""


class KeyInput(OneValue, forms.HiddenInput):
    """The input of a key, not shown."""


class AmountField(forms.Field):
    """A text field that holds an amount; what an amount is, the rules say."""

    widget = AmountInput

    def clean(self, value: Any) -> int:
        try:
            return parse_amount(value)
        except InvalidAmount as error:
            raise forms.ValidationError(str(error)) from error


class EmailField(forms.Field):
    """A text field that holds an e-mail address; what one is, the rules say."""

    widget = EmailInput

    def clean(self, value: Any) -> str:
        try:
            return parse_email(value)
        except InvalidEmail as error:
            raise forms.ValidationError(str(error)) from error


class KeyField(forms.Field):
    """A hidden field that holds the key of an intent, minted when the form is shown."""

    widget = KeyInput

    def clean(self, value: Any) -> str:
        try:
            return parse_key(value)
        except InvalidKey as error:
            raise forms.ValidationError(str(error)) from error


class EmailForm(forms.Form):
    """The account's e-mail address."""

    email = EmailField(label="E-mail address")


class GuessForm(forms.Form):
    """The letter of a choice."""

    guess = forms.CharField(label="Your guess")


class WithdrawForm(forms.Form):
    """The amount to withdraw."""

    amount = AmountField(label="Amount")


class KeyedWithdrawForm(WithdrawForm):
    """The amount to withdraw, and the key that makes sending it twice one intent."""

    key = KeyField(initial=new_key)
