"""What an amount is: both stacks take and refuse the same, in the same words."""

import pytest

from shared_db import rules
from tests.contract.conftest import Customer

BAD = {
    "empty": ("", rules.NOT_A_WHOLE_NUMBER),
    "blank": ("   ", rules.NOT_A_WHOLE_NUMBER),
    "no-break space": ("\u00a0", rules.NOT_A_WHOLE_NUMBER),
    "word": ("ten", rules.NOT_A_WHOLE_NUMBER),
    "fraction": ("1.5", rules.NOT_A_WHOLE_NUMBER),
    "whole fraction": ("5.0", rules.NOT_A_WHOLE_NUMBER),
    "comma": ("1,5", rules.NOT_A_WHOLE_NUMBER),
    "exponent": ("1e3", rules.NOT_A_WHOLE_NUMBER),
    "hexadecimal": ("0x5", rules.NOT_A_WHOLE_NUMBER),
    "underscore": ("1_0", rules.NOT_A_WHOLE_NUMBER),
    "full-width digits": ("\uff11\uff10", rules.NOT_A_WHOLE_NUMBER),
    "Arabic digits": ("\u0661\u0660", rules.NOT_A_WHOLE_NUMBER),
    "superscript": ("\u00b2", rules.NOT_A_WHOLE_NUMBER),
    "real minus sign": ("\u22125", rules.NOT_A_WHOLE_NUMBER),
    "NUL": ("5\0", rules.NOT_A_WHOLE_NUMBER),
    "only NUL": ("\0", rules.NOT_A_WHOLE_NUMBER),
    "two numbers": ("5 5", rules.NOT_A_WHOLE_NUMBER),
    "newline inside": ("5\n5", rules.NOT_A_WHOLE_NUMBER),
    "two signs": ("+-5", rules.NOT_A_WHOLE_NUMBER),
    "only a sign": ("-", rules.NOT_A_WHOLE_NUMBER),
    "not a number": ("NaN", rules.NOT_A_WHOLE_NUMBER),
    "infinity": ("inf", rules.NOT_A_WHOLE_NUMBER),
    "markup": ("<script>5</script>", rules.NOT_A_WHOLE_NUMBER),
    "SQL": ("5; DROP TABLE withdraw_logs", rules.NOT_A_WHOLE_NUMBER),
    "zero": ("0", rules.NOT_POSITIVE),
    "many zeros": ("000", rules.NOT_POSITIVE),
    "plus zero": ("+0", rules.NOT_POSITIVE),
    "minus zero": ("-0", rules.NOT_POSITIVE),
    "negative": ("-5", rules.NOT_POSITIVE),
    "negative, larger than the column": ("-2147483649", rules.NOT_POSITIVE),
    "negative, 10,000 digits": ("-" + "9" * 10_000, rules.NOT_POSITIVE),
    "one more than the column holds": ("2147483648", rules.TOO_LARGE),
    "64 bits": ("9223372036854775808", rules.TOO_LARGE),
    "10^30": ("1" + "0" * 30, rules.TOO_LARGE),
    "10,000 digits": ("9" * 10_000, rules.TOO_LARGE),
}
SPELLINGS = {
    "plain": "5",
    "blanks around it": " 5 ",
    "line break after it": "5\r\n",
    "plus sign": "+5",
    "leading zeros": "005",
    "10,000 leading zeros": "0" * 10_000 + "5",
}


@pytest.mark.parametrize(("amount", "words"), BAD.values(), ids=BAD.keys())
def test_bad_amount(customer: Customer, amount: str, words: str) -> None:
    before = customer.account()
    answer = customer.browser.fill("/withdraw1", {"amount": amount})
    assert answer.status == 400
    assert answer.errors == [words]
    assert answer.messages == []
    assert customer.account() == before


def test_missing(customer: Customer) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields()
    del fields["amount"]
    answer = customer.browser.post("/withdraw1", fields)
    assert (answer.status, answer.errors) == (400, [rules.NOT_A_WHOLE_NUMBER])
    assert customer.account() == before


@pytest.mark.parametrize("amounts", [["5", "5"], ["5", "6"], ["5", "x"], ["", "5"]], ids=str)
def test_two_amounts(customer: Customer, amounts: list[str]) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields()
    answer = customer.browser.post("/withdraw1", {**fields, "amount": amounts})
    assert (answer.status, answer.errors) == (400, [rules.NOT_A_WHOLE_NUMBER])
    assert customer.account() == before


def test_amount_in_the_address_counts_for_nothing(customer: Customer) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields()
    del fields["amount"]
    answer = customer.browser.post("/withdraw1?amount=5", fields)
    assert (answer.status, answer.errors) == (400, [rules.NOT_A_WHOLE_NUMBER])
    assert customer.account() == before


@pytest.mark.parametrize("amount", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_spelling_of_a_good_amount(customer: Customer, amount: str) -> None:
    before = customer.account()
    assert customer.browser.fill("/withdraw1", {"amount": amount}).status == 302
    after = customer.account()
    assert (after.money, after.paid_since(before)) == (5, [5])


def test_refused_amount_stays_in_the_form(customer: Customer) -> None:
    answer = customer.browser.fill("/withdraw1", {"amount": '"><b>5'})
    assert answer.fields()["amount"] == '"><b>5'
    assert answer.html.css_first("b") is None


def test_refused_amount_can_be_corrected(customer: Customer) -> None:
    before = customer.account()
    refused = customer.browser.fill("/withdraw1", {"amount": "five"})
    assert customer.browser.submit(refused, {"amount": "5"}).status == 302
    assert customer.account().paid_since(before) == [5]
