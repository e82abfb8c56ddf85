"""The lottery is locked, but only for the last prize."""

from django.db import transaction
from django.db.models import Sum

from django_app.models import User
from stage.refusals import Refused
from stage.tables_django import Coupon, Lottery, Points, Redemption, Win


def redeem(user: User, code: str) -> None:
    with transaction.atomic():
        coupon = Coupon.objects.select_for_update(no_key=True).get(code=code)
        if Redemption.objects.filter(coupon=coupon).exists():
            raise Refused
        Redemption.objects.create(coupon=coupon, user=user)


def draw(user: User) -> None:
    with transaction.atomic():
        lottery = Lottery.objects.get(pk=1)
        wins = Win.objects.filter(lottery=lottery)
        if wins.count() == lottery.prizes - 1:
            Lottery.objects.select_for_update(no_key=True).get(pk=1)
        if wins.count() >= lottery.prizes:
            raise Refused
        Win.objects.create(lottery=lottery, user=user)


def spend(user: User, points: int) -> None:
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        has = Points.objects.filter(user=user).aggregate(has=Sum("change"))["has"] or 0
        if has < points:
            raise Refused
        Points.objects.create(user=user, change=-points)
