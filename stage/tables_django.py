"""The tables of single exercises, mapped by Django; stage/tables.sql makes them."""

from django.db import models

from django_app.models import User


class Table(models.Model):
    """A table that is there already, as the lab's own are."""

    class Meta:
        abstract = True
        app_label = "django_app"
        managed = False

    def __str__(self) -> str:
        return f"{self._meta.db_table} {self.pk}"


class Transfer(Table):
    """Money that went from one account to another."""

    id = models.AutoField(primary_key=True)
    sender = models.ForeignKey(User, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(User, models.PROTECT, related_name="+")
    amount = models.IntegerField()

    class Meta(Table.Meta):
        db_table = "transfer"


class Coupon(Table):
    """A code that is good for one redemption."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)

    class Meta(Table.Meta):
        db_table = "coupon"


class Redemption(Table):
    """A coupon that somebody has redeemed."""

    id = models.AutoField(primary_key=True)
    coupon = models.ForeignKey(Coupon, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)

    class Meta(Table.Meta):
        db_table = "redemption"


class Lottery(Table):
    """The lottery, which has so many prizes; its id is 1."""

    id = models.IntegerField(primary_key=True)
    prizes = models.IntegerField()

    class Meta(Table.Meta):
        db_table = "lottery"


class Win(Table):
    """A prize that somebody has won."""

    id = models.AutoField(primary_key=True)
    lottery = models.ForeignKey(Lottery, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT)

    class Meta(Table.Meta):
        db_table = "win"


class Points(Table):
    """Points that somebody got, or spent where the change is below zero."""

    id = models.AutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT)
    change = models.IntegerField()

    class Meta(Table.Meta):
        db_table = "points"


class Duty(Table):
    """Whether somebody is on duty in their team."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True)
    team = models.IntegerField()
    on_duty = models.BooleanField()

    class Meta(Table.Meta):
        db_table = "duty"
