"""The tables of single exercises, mapped by Django; stage/tables.sql makes them."""

from django.db import models

from django_app.models import User


class Transfer(models.Model):
    """Money that went from one account to another."""

    id = models.AutoField(primary_key=True)
    sender = models.ForeignKey(User, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(User, models.PROTECT, related_name="+")
    amount = models.IntegerField()

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "transfer"

    def __str__(self) -> str:
        return f"transfer {self.pk}"


class Coupon(models.Model):
    """A code that is good for one redemption."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "coupon"

    def __str__(self) -> str:
        return self.code


class Redemption(models.Model):
    """A coupon that somebody has redeemed."""

    id = models.AutoField(primary_key=True)
    coupon = models.ForeignKey(Coupon, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "redemption"

    def __str__(self) -> str:
        return f"redemption {self.pk}"


class Lottery(models.Model):
    """The lottery, which has so many prizes; its id is 1."""

    id = models.IntegerField(primary_key=True)
    prizes = models.IntegerField()

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "lottery"

    def __str__(self) -> str:
        return f"{self.prizes} prizes"


class Win(models.Model):
    """A prize that somebody has won."""

    id = models.AutoField(primary_key=True)
    lottery = models.ForeignKey(Lottery, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "win"

    def __str__(self) -> str:
        return f"win {self.pk}"


class Points(models.Model):
    """Points that somebody got, or spent where the change is below zero."""

    id = models.AutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT)
    change = models.IntegerField()

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "points"

    def __str__(self) -> str:
        return f"{self.change:+}"


class Duty(models.Model):
    """Whether somebody is on duty in their team."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True)
    team = models.IntegerField()
    on_duty = models.BooleanField()

    class Meta:
        app_label = "django_app"
        managed = False
        db_table = "duty"

    def __str__(self) -> str:
        return f"{self.pk} in team {self.team}"
