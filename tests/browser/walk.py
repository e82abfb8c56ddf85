"""A walk through every kind of page of a stack, errors included."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page

from shared_db import catalogue
from shared_db.catalogue import Strategy
from shared_db.lesson import lesson_of
from tests.contract.admin_pages import ADDRESSES

Visit = tuple[str, Page]


def log_in(page: Page, username: str) -> None:
    """Log in by the form; the demo password is the name."""
    page.goto("/login")
    send(page, {"username": username, "password": username})


def send(page: Page, values: dict[str, str], button: str = "main form button") -> None:
    """Fill in fields of the page by their names, and press a button."""
    for name, value in values.items():
        page.fill(f"main [name={name}]", value)
    follow(page, page.locator(button).first)


def follow(page: Page, target: Locator) -> None:
    """Click on what leads to another page, and wait until it is there."""
    with page.expect_navigation():
        target.click()


def guess(page: Page, letter: str) -> None:
    """Answer the question of a strategy's page."""
    page.check(f"#guess input[value={letter}]")
    follow(page, page.locator("#guess button"))


def open_all(page: Page) -> None:
    """Open all that is closed at first."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def kinds(stack: str) -> list[Strategy]:
    """Return strategies whose pages show, together, all that a strategy's page has on a stack."""
    seen, first = set[str](), []
    for strategy in catalogue.strategies():
        shown = {
            f"kind {strategy.kind}",
            f"account {strategy.account}",
            f"ledger {strategy.ledger}",
            f"keyed {strategy.keyed}",
            f"beside {strategy.beside}",
            f"starves {strategy.starves}",
            f"recorded {stack in lesson_of(strategy.slug).stories}",
            f"last {catalogue.by_number(strategy.number + 1) is None}",
        }
        if not shown <= seen:
            first.append(strategy)
        seen |= shown
    return first


def share(stack: str, turn: int, turns: int) -> list[Strategy]:
    """Return every kind of a strategy's page, and of the others those whose turn it is."""
    each = kinds(stack)
    others = [strategy for strategy in catalogue.strategies() if strategy not in each]
    return each + others[turn::turns]


def as_a_visitor(page: Page) -> Iterator[Visit]:
    """Visit what is shown to those who are not logged in."""
    yield at(page, "/login")
    send(page, {"username": "nobody", "password": "wrong"})
    yield "wrong password", page
    yield at(page, "/nothing-here")


def as_a_user(page: Page, username: str, strategies: list[Strategy]) -> Iterator[Visit]:
    """Visit the site's own pages, and those of these strategies before and after a guess."""
    log_in(page, username)
    yield at(page, "/")
    for strategy in strategies:
        page.goto(strategy.path)
        open_all(page)
        yield strategy.path, page
        guess(page, "b")
        open_all(page)
        yield f"{strategy.path}, guessed", page
    yield at(page, "/")
    yield at(page, "/email")
    page.evaluate("document.querySelector('main form').noValidate = true")
    send(page, {"email": "none"})
    yield "refused address", page
    for amount in ("ten", "1000"):
        page.goto("/withdraw1")
        send(page, {"amount": amount})
        yield f"refused amount {amount}", page
    page.goto("/withdraw3")
    send(page, {"amount": "1"})
    yield "home after a withdrawal", page
    send(page, {}, "main form button:has-text('Reset')")
    yield "home after a reset", page
    page.goto("/withdraw1")
    page.evaluate("document.querySelector('main [type=hidden]').value = 'x'")
    send(page, {"amount": "1"})
    yield "refused token", page
    yield at(page, "/admin/")


def as_an_administrator(page: Page, stack: str, user: str) -> Iterator[Visit]:
    """Visit the admin's pages, each framework's own."""
    log_in(page, "admin")
    page.goto("/withdraw3")
    send(page, {"amount": "1"})
    admin = ADDRESSES[stack]
    for path in ("/admin/", admin.users, admin.withdrawals, admin.search.format(username=user)):
        yield at(page, path)
    save = {"flask": "main button:text-is('Save')", "django": "main [name=_save]"}[stack]
    yield at(page, admin.new)
    page.evaluate("document.querySelector('main form.admin-form, #user_form').noValidate = true")
    send(page, {"username": "", "money": ""}, save)
    yield "refused account", page
    page.goto(admin.search.format(username=user))
    follow(page, page.get_by_role("row", name=user).get_by_role("link").first)
    yield "edit", page
    yield from BEYOND[stack](page)


def beyond_flask(page: Page) -> Iterator[Visit]:
    """Visit what Flask-Admin has besides."""
    send(page, {}, "main button:text-is('Save')")
    yield "saved", page
    page.locator(".actions summary").first.click()
    yield "delete?", page
    yield at(page, "/admin/user_admin/?search=nobody-of-that-name")


def beyond_django(page: Page) -> Iterator[Visit]:
    """Visit what Django's admin has besides."""
    edit = page.url
    yield at(page, edit.replace("/change/", "/history/"))
    yield at(page, edit.replace("/change/", "/delete/"))
    yield at(page, "/admin/password_change/")
    page.goto(ADDRESSES["django"].withdrawals)
    follow(page, page.locator("#result_list a").last)
    yield "a withdrawal", page
    follow(page, page.locator("#logout-form button"))
    yield "logged out", page


BEYOND: dict[str, Callable[[Page], Iterator[Visit]]] = {
    "flask": beyond_flask,
    "django": beyond_django,
}


def at(page: Page, path: str) -> Visit:
    """Open a page."""
    page.goto(path)
    return path, page
