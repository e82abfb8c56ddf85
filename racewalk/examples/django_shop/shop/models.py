"""What is in stock, and what was sold."""

from django.conf import settings
from django.db import models


class Item(models.Model):
    """A thing to sell, and how many are left."""

    n = models.IntegerField()


class Sale(models.Model):
    """One that was sold."""

    item = models.ForeignKey(Item, models.CASCADE)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    at = models.DateTimeField(auto_now_add=True)
