"""The admin of either stack: each framework's own pages, told apart by data."""

import re
from dataclasses import dataclass

from tests.contract.browser import Browser, Fields, Page


@dataclass(frozen=True)
class Addresses:
    """Where a stack's admin keeps what a person does with accounts."""

    users: str
    withdrawals: str
    search: str
    new: str
    edit: str
    delete: str
    form: str
    delete_form: str


ADDRESSES = {
    "flask": Addresses(
        users="/admin/user_admin/",
        withdrawals="/admin/withdrawals/",
        search="/admin/user_admin/?search={username}",
        new="/admin/user_admin/new/",
        edit="/admin/user_admin/edit/?id={id}",
        delete="/admin/user_admin/?search={username}",
        form="form.admin-form",
        delete_form="form[action*='/delete/']",
    ),
    "django": Addresses(
        users="/admin/django_app/user/",
        withdrawals="/admin/django_app/withdrawlog/",
        search="/admin/django_app/user/?q={username}",
        new="/admin/django_app/user/add/",
        edit="/admin/django_app/user/{id}/change/",
        delete="/admin/django_app/user/{id}/delete/",
        form="#user_form",
        delete_form="#content form",
    ),
}
_IDS = {"flask": r"/edit/\?id=(\d+)", "django": r"/user/(\d+)/change/"}


class AdminPages:
    """What an administrator does, by the forms of the stack's admin."""

    def __init__(self, stack: str, browser: Browser) -> None:
        self.browser, self.at = browser, ADDRESSES[stack]
        self._id = re.compile(_IDS[stack])

    def find(self, username: str) -> str | None:
        """Return the id of an account, or None where the admin lists none of that name."""
        listed = self.browser.get(self.at.search.format(username=username))
        assert listed.status == 200, listed.status
        found = self._id.search(listed.response.text)
        return found[1] if found else None

    def create(self, values: Fields) -> Page:
        """Fill in the form of a new account."""
        return self.browser.fill(self.at.new, values, self.at.form)

    def edit_page(self, username: str) -> Page:
        """Open the form of an account."""
        return self.browser.get(self.at.edit.format(id=self.find(username)))

    def edit(self, username: str, values: Fields) -> Page:
        """Change an account."""
        return self.browser.submit(self.edit_page(username), values, self.at.form)

    def delete(self, username: str) -> Page:
        """Delete an account, confirm it, and return the page that is shown at the end."""
        where = self.at.delete.format(id=self.find(username), username=username)
        page = self.browser.get(where)
        if page.html.css_first(self.at.delete_form) is None:
            return page  # Django offers no button where it refuses.
        done = self.browser.submit(page, form=self.at.delete_form)
        assert done.status == 302, done.status
        return self.browser.get(done.location)


def saved(page: Page) -> bool:
    """Tell whether an admin form was taken: it redirects, and shows what it refuses."""
    assert page.status in (200, 302, 400), page.status
    return page.status == 302
