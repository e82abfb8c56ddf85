"""Two ways to sell the last one."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.views.decorators.http import require_POST

from shop.models import Item, Sale

_PAGE = """
<form method="post" action="/buy/{{ item.pk }}/">
  {% csrf_token %}<button>{{ item.n }} left</button>
</form>
"""


def home(request: HttpRequest) -> HttpResponse:
    """Say that the shop is open."""
    return HttpResponse("open")


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is left, with the form to buy one."""
    page = engines["django"].from_string(_PAGE)
    return HttpResponse(page.render({"item": Item.objects.get(pk=pk)}, request))


@login_required
@require_POST
@transaction.atomic
def buy(request: HttpRequest, pk: int) -> HttpResponse:
    """Look whether it is there, then take it: two customers may both have looked."""
    return _sell(request, Item.objects.get(pk=pk))


@login_required
@require_POST
@transaction.atomic
def buy_locked(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock the row while looking at it: whoever comes second waits, and finds none."""
    return _sell(request, Item.objects.select_for_update().get(pk=pk))


def _sell(request: HttpRequest, item: Item) -> HttpResponse:
    if item.n < 1:
        return HttpResponse("sold out", status=409)
    item.n -= 1
    item.save(update_fields=["n"])
    Sale.objects.create(item=item, customer=request.user)
    return redirect("/")
