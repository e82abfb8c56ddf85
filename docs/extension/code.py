"""`strategy-code`: what a strategy does, in both stacks, cut from the files that run."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from shared_db.cut import functions
from shared_db.paths import CHECKOUT

STACKS = {"flask": "Flask", "django": "Django"}


class StrategyCode(SphinxDirective):
    """Show a strategy's functions in tabs that go in step over the whole site."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tabs."""
        lines = ["::::{tab-set}", ":sync-group: stack", ""]
        for stack, name in STACKS.items():
            file = CHECKOUT / f"{stack}_app/strategies/{self.arguments[0]}.py"
            if not file.is_file():
                raise self.error(f"there is no strategy {self.arguments[0]} in {stack}_app")
            self.env.note_dependency(str(file))
            lines += [f":::{{tab-item}} {name}", f":sync: {stack}", "", "```python"]
            lines += [*functions(file.read_text("utf-8")).splitlines(), "```", ":::", ""]
        return list(self.parse_text_to_nodes("\n".join([*lines, "::::"])))
