"""The bench itself: round after round, each cell beside its limit, and the money after each."""

from collections.abc import Iterator, Mapping

from attack.bench import money
from attack.bench.accounts import Accounts
from attack.bench.limit import Pgbench
from attack.bench.load import Load
from attack.bench.orders import Order, Sent
from attack.bench.plan import WARM_S, Cell, Page, Plan
from attack.bench.records import Repeat, Result
from attack.bench.script import Script
from attack.bench.sessions import Sessions
from attack.stacks.where import Kind
from attack.targets import Target

Scripts = Mapping[tuple[str, str], Script]
"""The SQL of a withdrawal, by stack and slug."""


class Bench:
    """Carries out a plan against running stacks."""

    def __init__(
        self,
        target: Target,
        instances: Mapping[Kind, str],
        workers: int,
        accounts: Accounts,
        sessions: Sessions,
        scripts: Scripts,
        pages: Mapping[str, Sent],
        load: Load,
        pgbench: Pgbench,
    ) -> None:
        """Get ready.

        Args:
            target: what is withdrawn from.
            instances: URL of each.
            workers: of the main instances.
            accounts: that are withdrawn from.
            sessions: theirs.
            scripts: for the limit.
            pages: the page without a database, by stack.
            load: the generator.
            pgbench: the limit's generator.
        """
        self._target, self._instances, self._workers = target, instances, workers
        self._accounts, self._sessions, self._scripts = accounts, sessions, scripts
        self._pages, self._load, self._pgbench = pages, load, pgbench
        self._limits: dict[Cell, float] = {}

    def run(self, plan: Plan, seconds: float) -> Iterator[list[Result]]:
        """Yield all results so far, after each measurement: the same list, with more in it.

        Raises:
            LabError: a stack, the database or a generator failed.
        """
        pages = [Result(page) for page in plan.pages(self._workers)]
        cells = [Result(cell, self._script(cell).statements) for cell in plan.cells(self._workers)]
        for _ in range(plan.rounds):
            for result in (*pages, *cells):
                result.repeats.append(self.measure(result.of, seconds))
                yield [*pages, *cells]

    def measure(self, of: Cell | Page, seconds: float) -> Repeat:
        """Measure a cell or a page once, for so many seconds.

        Raises:
            LabError: a stack, the database or a generator failed.
        """
        return self._page(of, seconds) if isinstance(of, Page) else self._cell(of, seconds)

    def _page(self, page: Page, seconds: float) -> Repeat:
        order = Order(
            host=self._instances[page.kind],
            requests=(self._pages[page.stack],),
            clients=page.clients,
            warm_s=WARM_S,
            seconds=seconds,
            withdraws=False,
            location=self._target.login_path,
            lab_id=self._target.lab_id,
        )
        return Repeat(seconds, self._load.send(order))

    def _cell(self, cell: Cell, seconds: float) -> Repeat:
        strategy = cell.strategy
        limit = self._limit(cell, seconds)
        self._accounts.reset(forbid_overdraft=strategy.forbid_overdraft)
        main = self._instances[Kind(cell.stack, self._workers)]
        order = Order(
            host=self._instances[cell.kind],
            requests=self._sessions.withdrawals(main, strategy)[: cell.accounts],
            clients=cell.clients,
            warm_s=WARM_S,
            seconds=seconds,
            key_field=self._target.key_field if strategy.keyed else "",
            lab_id=self._target.lab_id,
        )
        tally = self._load.send(order)
        derived = strategy.ledger == "derived"
        ledgers = money.read(self._accounts.connection, cell.accounts, derived=derived)
        faults = money.faults(ledgers, tally, cell.accounts)
        return Repeat(seconds, tally, limit, tuple(faults))

    def _limit(self, cell: Cell, seconds: float) -> float | None:
        self._accounts.reset(forbid_overdraft=cell.strategy.forbid_overdraft)
        script = self._script(cell)
        known = self._limits.get(cell)
        rate = self._pgbench.rate(script, cell.accounts, cell.clients, seconds, known)
        if rate:
            self._limits[cell] = rate
        return rate

    def _script(self, cell: Cell) -> Script:
        return self._scripts[cell.stack, cell.strategy.slug]
