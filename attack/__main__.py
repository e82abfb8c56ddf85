"""The command line as a module: python -m attack <command>."""

from attack.cli import main

main(prog_name="attack")
