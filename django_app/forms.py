"""The forms; the CSRF token is Django's middleware's."""

from typing import Any

from django import forms

from shared_db.rules import InvalidAmount, parse_amount


class AmountInput(forms.TextInput):
    """A text input; of two amounts none is the one that was meant."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        values = data.getlist(name)
        return values[0] if len(values) == 1 else None


class AmountField(forms.Field):
    """A text field that holds an amount; what an amount is, the rules say."""

    widget = AmountInput

    def clean(self, value: Any) -> int:
        try:
            return parse_amount(value)
        except InvalidAmount as error:
            raise forms.ValidationError(str(error)) from error


class WithdrawForm(forms.Form):
    """The amount to withdraw."""

    amount = AmountField(label="Amount")
