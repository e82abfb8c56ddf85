"""`misconceptions`: all of them in a table."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from docs.extension.beliefs import FILE, misconceptions


class Misconceptions(SphinxDirective):
    """List what people take to be true, and what is so instead."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        self.env.note_dependency(str(FILE))
        lines = ["| id | what many believe | what is so |", "|---|---|---|"]
        lines += [
            f"| {each.id} | {each.belief} | {each.truth} |" for each in misconceptions().values()
        ]
        return list(self.parse_text_to_nodes("\n".join(lines)))
