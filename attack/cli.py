"""The command line: fire, explore, step, whatif, bench, report, compare, figures, up, down …"""

import click

from attack.commands.bench import bench
from attack.commands.compare import compare
from attack.commands.explore import explore
from attack.commands.figures import write_figures
from attack.commands.fire import fire
from attack.commands.grade import exercise_command, grade_command
from attack.commands.matrix import write_matrix
from attack.commands.report import report
from attack.commands.stacks import down, reset, up
from attack.commands.step import step
from attack.commands.whatif import what_if
from attack.group import LabGroup


@click.group(cls=LabGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="overdraft", message="overdraft %(version)s")
def main() -> None:
    """Overdraft: attack the withdrawal in Flask and in Django, and judge by the database."""


_ATTACKS = (fire, explore, step, what_if, bench)
_EXERCISES = (exercise_command, grade_command)
_COMMANDS = (*_ATTACKS, *_EXERCISES, report, compare, write_matrix, write_figures, up, down, reset)
for command in _COMMANDS:
    main.add_command(command)
