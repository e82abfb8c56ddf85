"""Where the stacks under attack answer."""

from dataclasses import dataclass
from typing import NamedTuple

from shared_db.errors import LabError

DATABASE = "database"
"""What `Stacks.logs` calls it."""


class Kind(NamedTuple):
    """What tells the instances of the lab apart."""

    stack: str
    workers: int
    atomic_requests: bool = False

    @classmethod
    def parse(cls, text: str) -> "Kind":
        """Return the kind that str() gave this text for."""
        stack, workers, *settings = text.split(":")
        return cls(stack, int(workers), "atomic_requests" in settings)

    def __str__(self) -> str:
        setting = ":atomic_requests" if self.atomic_requests else ""
        return f"{self.stack}:{self.workers}{setting}"

    @property
    def words(self) -> str:
        """The same for a person: 'flask with 1 worker'."""
        setting = " and ATOMIC_REQUESTS" if self.atomic_requests else ""
        return f"{self.stack} with {self.workers} worker{'s' * (self.workers != 1)}{setting}"


@dataclass(frozen=True)
class Instance:
    """A gunicorn of one stack: workers, setting of Django's own, and where it answers."""

    stack: str
    workers: int
    url: str
    atomic_requests: bool = False

    @property
    def kind(self) -> Kind:
        """What tells it apart."""
        return Kind(self.stack, self.workers, self.atomic_requests)


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """Where both stacks and their database answer.

    `lab_id` is what each answer of theirs carries.
    `urls` are the main instances, with `workers` each; `others` are of another kind.
    `admin_url` has a superuser's rights where the database is the lab's own. Where `scale` is more
    than 1, a proxy stands at `urls`, and so many main instances behind it. `logs` says where the
    log of an instance is, by its kind, and that of the database, by DATABASE: a file or a command.
    """

    lab_id: str = ""
    urls: tuple[tuple[str, str], ...] = ()
    database_url: str = ""
    admin_url: str = ""
    workers: int = 0
    scale: int = 1
    others: tuple[Instance, ...] = ()
    logs: tuple[tuple[str, str], ...] = ()

    def log_of(self, whose: Kind | None) -> str:
        """Return where the log of an instance, or for None of the database, is; '' if unknown."""
        return dict(self.logs).get(str(whose) if whose else DATABASE, "")

    def instances(self) -> dict[Kind, str]:
        """Return the URL of every instance."""
        main = {Kind(stack, self.workers): url for stack, url in self.urls}
        return main | {each.kind: each.url for each in self.others}

    def require(self, kinds: frozenset[Kind]) -> None:
        """See to it that there is an instance of each of these kinds.

        Raises:
            LabError: there is not.
        """
        missing = kinds - self.instances().keys()
        if missing:
            raise LabError(
                f"the stacks that are up have no instance of {min(missing).words}: "
                "`make down` stops them, and `make up` starts all instances"
            )
