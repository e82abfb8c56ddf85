"""A shop with one product of which one is left, one of which there are ten, and customers.

python manage.py shell -c "import seed"
"""

from decimal import Decimal

from django.contrib.auth.models import User
from oscar.apps.catalogue.models import Product, ProductClass
from oscar.apps.partner.models import Partner, StockRecord
from oscar.core.loading import get_model

get_model("address", "Country").objects.create(
    iso_3166_1_a2="DE", printable_name="Germany", is_shipping_country=True
)
for name in ("alice", "bob", "carol"):
    User.objects.create_user(name, f"{name}@example.com", name)
kind = ProductClass.objects.create(name="book", requires_shipping=True, track_stock=True)
partner = Partner.objects.create(name="us", code="us")
for slug, title, left in (("last", "the last one", 1), ("many", "one of ten", 10)):
    StockRecord.objects.create(
        product=Product.objects.create(title=title, product_class=kind, slug=slug),
        partner=partner,
        partner_sku=slug,
        price_currency="EUR",
        price=Decimal(10),
        num_in_stock=left,
    )
