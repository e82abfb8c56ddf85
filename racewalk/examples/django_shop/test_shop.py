"""The same two races under pytest: needs pytest-django, and no server.

pytest --ds shop.settings
"""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from shop.models import Item


@pytest.fixture
def clients(transactional_db):
    """Log in two, each with a client of their own, before an item with one left."""
    Item.objects.update_or_create(pk=7, defaults={"n": 1})
    found = []
    for name in ("alice", "bob"):
        client = Client()
        client.force_login(User.objects.create_user(f"{name}2", password=name))
        found.append(client)
    return found


def never_below_zero() -> bool:
    """Ask the database."""
    return Item.objects.get(pk=7).n >= 0


def test_the_last_item_is_sold_once(race, clients):
    alice, bob = clients
    with pytest.raises(pytest.fail.Exception, match="unsafe"):
        race(
            lambda: alice.post("/buy/7/"),
            lambda: bob.post("/buy/7/"),
            invariant={"never below zero": never_below_zero},
            serial=True,
            alone=lambda answer: answer.status_code == 302,
        )


def test_the_last_item_is_sold_once_with_a_lock(race, clients):
    alice, bob = clients
    race(
        lambda: alice.post("/buy-locked/7/"),
        lambda: bob.post("/buy-locked/7/"),
        invariant=never_below_zero,
        serial=True,
        alone=lambda answer: answer.status_code == 302,
    )
