"""A command that goes where the stacks are: under Docker Compose it runs inside their network."""

import sys
from pathlib import Path
from typing import Any

import click

from attack.runs.keep import take_in
from attack.stacks import compose, elsewhere, engine


class InsideCommand(click.Command):
    """Checks its options here, and hands them to the harness's container where there is one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[__name__] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        if elsewhere.stacks() or engine.to_attack() == "local":
            return super().invoke(ctx)
        with compose.stacks() as started:
            which = "started for this run" if started else "which are up"
            click.echo(f"Attacking the stacks under Docker Compose, {which}.")
            sys.stdout.flush()
            json_file = ctx.params.get("json_file")
            code = compose.run_harness(
                [str(self.name), *ctx.meta[__name__]], Path(json_file) if json_file else None
            )
            take_in()
        return ctx.exit(code)
