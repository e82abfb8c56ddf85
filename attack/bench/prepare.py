"""What has to be there before anything is measured: accounts, sessions, scripts, generators."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from attack.bench.accounts import Accounts, accounts
from attack.bench.capture import capture
from attack.bench.limit import Pgbench
from attack.bench.load import Load
from attack.bench.measure import Bench
from attack.bench.orders import Sent
from attack.bench.plan import Plan
from attack.bench.script import Script
from attack.bench.sessions import Sessions, page_without_database
from attack.counting import counted
from attack.ledger import Ledger
from attack.stacks.where import Kind, Stacks
from attack.targets import Target
from attack.targets.addresses import require_lab_address


@contextmanager
def prepared(
    target: Target, stacks: Stacks, plan: Plan, load: Load, say: Callable[[str], None]
) -> Iterator[Bench]:
    """Yield a bench that is ready; the accounts that it made are gone afterwards.

    Args:
        target: what is withdrawn from.
        stacks: that run.
        plan: what is to be measured.
        load: the generator, not yet started.
        say: told in a few words what is under way.

    Raises:
        LabError: something that is needed does not answer, or another attack is under way.
    """
    instances = stacks.instances()
    for url in instances.values():
        require_lab_address(url)
    pgbench = Pgbench(stacks.database_url)
    with ExitStack() as stack:
        ledger = Ledger(target, stacks.database_url)
        stack.callback(ledger.close)
        ledger.lock()
        made = stack.enter_context(accounts(stacks.database_url, max(plan.accounts)))
        sessions = Sessions(target)
        stack.callback(sessions.close)
        pages: dict[str, Sent] = {}
        scripts: dict[tuple[str, str], Script] = {}
        for name in plan.stacks:
            url = instances[Kind(name, stacks.workers)]
            say(f"logging {counted(made.count, 'account')} in to {name}")
            sessions.log_in(url, made.count)
            pages[name] = page_without_database(url, target)
            say(f"learning the SQL of {name}")
            scripts |= _scripts(target, name, stacks.database_url, plan, made)
        say("starting the load generator")
        yield Bench(
            target=target,
            instances=instances,
            workers=stacks.workers,
            accounts=made,
            sessions=sessions,
            scripts=scripts,
            pages=pages,
            load=stack.enter_context(load),
            pgbench=pgbench,
        )


def _scripts(
    target: Target, stack: str, database_url: str, plan: Plan, made: Accounts
) -> dict[tuple[str, str], Script]:
    with capture(target, stack, database_url) as overheard:
        return {
            (stack, strategy.slug): overheard.script(strategy, made)
            for strategy in plan.strategies_on(stack)
        }
