"""The command line: fire, explore, step, whatif, bench, report, compare, figures, up, down …"""

import click

from attack.group import LabGroup

_COMMANDS = {
    "bench": "attack.commands.bench:bench",
    "compare": "attack.commands.compare:compare",
    "down": "attack.commands.stacks:down",
    "exercise": "attack.commands.grade:exercise_command",
    "explore": "attack.commands.explore:explore",
    "figures": "attack.commands.figures:write_figures",
    "fire": "attack.commands.fire:fire",
    "grade": "attack.commands.grade:grade_command",
    "matrix": "attack.commands.matrix:write_matrix",
    "report": "attack.commands.report:report",
    "reset": "attack.commands.stacks:reset",
    "step": "attack.commands.step:step",
    "up": "attack.commands.stacks:up",
    "whatif": "attack.commands.whatif:what_if",
}


@click.group(
    cls=LabGroup, places=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="overdraft", message="overdraft %(version)s")
def main() -> None:
    """Overdraft: attack the withdrawal in Flask and in Django, and judge by the database."""
