"""A shop with one product of which one is left, a voucher that can be used once, two customers;
and another of which there are ten, with a customer who is impatient and two who have the voucher.

python manage.py shell -c "import seed"
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from oscar.apps.catalogue.models import Product, ProductClass
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.partner.models import Partner, StockRecord
from oscar.apps.voucher.models import Voucher
from oscar.core.loading import get_model

get_model("address", "Country").objects.create(
    iso_3166_1_a2="DE", printable_name="Germany", is_shipping_country=True
)
for name in ("alice", "bob"):
    User.objects.create_user(name, f"{name}@example.com", name)
kind = ProductClass.objects.create(name="book", requires_shipping=True, track_stock=True)
product = Product.objects.create(title="the last one", product_class=kind, slug="last")
StockRecord.objects.create(
    product=product,
    partner=Partner.objects.create(name="us", code="us"),
    partner_sku="1",
    price_currency="EUR",
    price=Decimal(10),
    num_in_stock=1,
)
all_products = Range.objects.create(name="all", includes_all_products=True)
offer = ConditionalOffer.objects.create(
    name="half",
    slug="half",
    offer_type=ConditionalOffer.VOUCHER,
    condition=Condition.objects.create(range=all_products, type=Condition.COUNT, value=1),
    benefit=Benefit.objects.create(range=all_products, type=Benefit.PERCENTAGE, value=50),
)
now = datetime.now(UTC)
voucher = Voucher.objects.create(
    name="once",
    code="ONCE",
    usage=Voucher.SINGLE_USE,
    start_datetime=now - timedelta(days=30),
    end_datetime=now + timedelta(days=30),
)
voucher.offers.add(offer)

User.objects.create_user("carol", "carol@example.com", "carol")
StockRecord.objects.create(
    product=Product.objects.create(title="one of ten", product_class=kind, slug="many"),
    partner=Partner.objects.get(),
    partner_sku="2",
    price_currency="EUR",
    price=Decimal(10),
    num_in_stock=10,
)
for name in ("dave", "erin"):
    User.objects.create_user(name, f"{name}@example.com", name)
