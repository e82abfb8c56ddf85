"""The command line as a module: python -m attack <command>."""

from attack.entry import main

main(prog_name="attack")
