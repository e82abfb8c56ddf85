"""Where the stacks under attack answer."""

from dataclasses import dataclass

from shared_db.errors import LabError


@dataclass(frozen=True)
class Instance:
    """A gunicorn of one stack, with its number of workers, and where it answers."""

    stack: str
    workers: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """Where both stacks and their database answer.

    `lab_id` is what each answer of theirs carries, or empty where they were started without one.
    `urls` are the main instances, with `workers` each; `others` have another number of them.
    `admin_url` has a superuser's rights where the database is the lab's own. Where `scale` is more
    than 1, a proxy stands at `urls`, and so many main instances behind it.
    """

    lab_id: str = ""
    urls: tuple[tuple[str, str], ...] = ()
    database_url: str = ""
    admin_url: str = ""
    workers: int = 0
    scale: int = 1
    others: tuple[Instance, ...] = ()

    def instances(self) -> dict[tuple[str, int], str]:
        """Return the URL of every instance by its stack and its number of workers."""
        main = {(stack, self.workers): url for stack, url in self.urls}
        return main | {(each.stack, each.workers): each.url for each in self.others}

    def require_workers(self, workers: frozenset[int]) -> None:
        """See to it that there is an instance for each of these numbers of workers.

        Raises:
            LabError: there is not.
        """
        missing = workers - {count for _, count in self.instances()}
        if missing:
            raise LabError(
                f"the stacks that are up have no instance with {min(missing)} worker(s): "
                "`make down` stops them, and `make up` starts all instances"
            )
