"""`exercise`: the story and the task, the file to repair, how to begin, and hints in steps."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from attack.grade import exercises
from docs.extension.code import STACKS
from docs.extension.raw import html, wrapped


class Exercise(SphinxDirective):
    """Show what a student begins with; nothing of the answer."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the page's body."""
        number = int(self.arguments[0])
        task = next((each for each in exercises.exercises() if each.number == number), None)
        if task is None:
            raise self.error(f"there is no exercise {number}")
        for name in ("README.md", "exercise.toml"):
            self.env.note_dependency(str(task.folder / name))
        story = (task.folder / "README.md").read_text("utf-8").partition("\n")[2]
        lines = [story.strip(), "", f"About {task.minutes} minutes.", "", *self._tabs(task), ""]
        lines += ["```sh", f"make exercise N={number}", f"make grade N={number} STACK=flask"]
        lines += [f"make grade N={number} STACK=flask WATCH=1    # at each save", "```", ""]
        found = list(self.parse_text_to_nodes("\n".join(lines)))
        for count, hint in enumerate(task.hints, 1):
            inside = list(self.parse_text_to_nodes(hint))
            before = f"<details><summary>Hint {count} of {exercises.HINTS}</summary><div>"
            found += wrapped(before, inside, "</div></details>")
        return [html('<div class="exercise">'), *found, html("</div>")]

    def _tabs(self, task: exercises.Exercise) -> list[str]:
        lines = ["::::{tab-set}", ":sync-group: stack", ""]
        for stack, name in STACKS.items():
            self.env.note_dependency(str(task.repair(stack)))
            lines += [f":::{{tab-item}} {name}", f":sync: {stack}", "", "```python"]
            lines += [*task.repair(stack).read_text("utf-8").splitlines(), "```", ":::", ""]
        return [*lines, "::::"]
