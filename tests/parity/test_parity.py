"""The two applications are written in parallel; where they differ, a reason is given here."""

from pathlib import Path

import pytest

from shared_db.catalogue import Strategy, strategies
from shared_db.paths import CHECKOUT
from tests.parity.outline import differences, modules

FLASK, DJANGO = CHECKOUT / "flask_app", CHECKOUT / "django_app"

# Strategies, as (slug, difference): why. None differs in what is compared here.
STRATEGIES: dict[tuple[str, str], str] = {}

# Modules that one application has and the other has not: why.
MODULES = {
    "errors.py": "Django names its error pages in urls.py, and they are views",
    "apps.py": "Django finds an application by its AppConfig",
    "hashers.py": "Django's hash of passwords is its own class; Flask calls shared_db's",
    "sites.py": "Django's admin site is a class of its own; Flask-Admin's access rule is a mixin",
    "urls.py": "Flask names an address at its view",
    "wsgi.py": "Flask's WSGI application is what create_app() returns",
    "__main__.py": "Django has management commands (manage.py)",
}

# Templates, likewise.
TEMPLATES = {
    "admin_home.html": "Flask-Admin's own first page is empty; Django's lists the models",
    "admin_base.html": "Flask-Admin's pages are shown in the site's layout",
    "admin_list.html": "Flask-Admin's own list needs scripts, and has no dark mode",
    "admin_form.html": "Flask-Admin's own form has no dark mode either",
    "admin": "Django looks for what replaces a template of its admin in a folder of that name",
}


def the_same_but_for(found: set[str], allowed: set[str]) -> None:
    """Fail on a difference that is not allowed, and on an allowance that is no longer needed."""
    assert found - allowed == set(), "a difference without a reason"
    assert allowed - found == set(), "a reason without a difference"


@pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)
def test_a_strategy_is_outlined_alike_in_both(strategy: Strategy) -> None:
    flask, django = (app / "strategies" / f"{strategy.slug}.py" for app in (FLASK, DJANGO))
    found = set(differences(flask.read_text("utf-8"), django.read_text("utf-8")))
    allowed = {what for slug, what in STRATEGIES if slug == strategy.slug}
    the_same_but_for(found, allowed)


@pytest.mark.parametrize("app", [FLASK, DJANGO], ids=lambda each: each.name)
def test_the_catalogue_and_the_files_name_the_same_strategies(app: Path) -> None:
    files = modules(app / "strategies") - {"__init__.py"}
    assert files == {f"{strategy.slug}.py" for strategy in strategies()}


def test_both_applications_have_the_same_rooms() -> None:
    the_same_but_for(modules(FLASK) ^ modules(DJANGO), set(MODULES))


def test_both_applications_have_the_same_templates() -> None:
    flask, django = (
        {path.name for path in (app / "templates").iterdir()} for app in (FLASK, DJANGO)
    )
    the_same_but_for(flask ^ django, set(TEMPLATES))


@pytest.mark.parametrize("app", [FLASK, DJANGO], ids=lambda each: each.name)
@pytest.mark.parametrize("strategy", strategies(), ids=lambda each: each.slug)
def test_a_strategy_fits_on_a_screen(app: Path, strategy: Strategy) -> None:
    assert len((app / "strategies" / f"{strategy.slug}.py").read_text("utf-8").splitlines()) <= 45


REASONS = [*STRATEGIES.values(), *MODULES.values(), *TEMPLATES.values()]


def test_every_allowance_gives_its_reason() -> None:
    assert all(len(reason.split()) > 3 for reason in REASONS)


ORIGINAL = '"""Lock: wait."""\ndef withdraw(user, amount, *, key):\n    """Withdraw."""\n'


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (ORIGINAL.replace("Lock: wait.", "Lock: hurry."), ["file: summary"]),
        (ORIGINAL.replace("Withdraw.", "Take."), ["withdraw: summary"]),
        (ORIGINAL.replace("*, key", "key"), ["withdraw: parameters"]),
        (ORIGINAL.replace("def withdraw", "@retried\ndef withdraw"), ["withdraw: decorators"]),
        (ORIGINAL.replace("):", ") -> None:"), ["withdraw: returns"]),
        (ORIGINAL.replace("withdraw(", "pay("), ["pay: in one only", "withdraw: in one only"]),
        (ORIGINAL + "    def inner(): pass\n", ["inner: in one only"]),
        (ORIGINAL + "    return None\n", []),
    ],
)
def test_planted_differences_are_found(planted: str, found: list[str]) -> None:
    assert list(differences(ORIGINAL, planted)) == found
