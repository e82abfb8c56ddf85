"""What a lesson's front matter says, on its page."""

import html as escape
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from docs.extension.beliefs import misconceptions
from docs.extension.lesson import LESSONS, Lesson, file_of, order, parse, problems
from docs.extension.raw import html, wrapped
from shared_db.catalogue import strategies

log = logging.getLogger(__name__)


def _of(directive: SphinxDirective) -> Lesson:
    path, _ = directive.get_source_info()
    try:
        return parse(Path(path).read_text("utf-8"))
    except OSError as error:
        raise directive.error(f"this is no lesson's page: {error}") from error


class LessonHead(SphinxDirective):
    """Show the question, the minutes, what is needed, and the objectives."""

    def run(self) -> list[nodes.Node]:
        """Return the box at the top of the page."""
        front = _of(self).front
        minutes = f"{front['teaching']} minutes to teach, {front['exercises']} for the exercise."
        lines = [
            f"**{front['question']}**",
            "",
            f"{minutes} Before it: {', '.join(self._needed(front)) or 'nothing'}.",
            "",
            "Afterwards you can",
            "",
            *(f"- {each}" for each in front["objectives"]),
        ]
        inside = list(self.parse_text_to_nodes("\n".join(lines)))
        return wrapped('<div class="lesson-head">', inside, "</div>")

    def _needed(self, front: dict[str, Any]) -> Iterator[str]:
        for slug in front["prerequisites"]:
            file = file_of(slug)
            if not file.is_file():  # still to be written
                yield slug
                continue
            self.env.note_dependency(str(file))
            yield f"[{parse(file.read_text('utf-8')).title}]({file.name})"


class KeyPoints(SphinxDirective):
    """List what a lesson's reader should keep."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        points = [f"- {each}" for each in _of(self).front["key_points"]]
        return list(self.parse_text_to_nodes("\n".join(points)))


class Instructor(SphinxDirective):
    """A closed box for whoever teaches the lesson."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the box."""
        before = '<details class="instructor"><summary>For whoever teaches this</summary><div>'
        return [html(before), *self.parse_content_to_nodes(), html("</div></details>")]


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of each strategy without a lesson, and of each lesson that lacks something."""
    if app.builder.name == "revealjs":
        return
    for slug in sorted({each.slug for each in strategies()} ^ set(order())):
        log.warning("the catalogue and lessons/order.toml differ about %s", slug)
    for slug in order():
        if not file_of(slug).is_file():
            log.warning("%s has no lesson: %s is missing", slug, file_of(slug).name)
            continue
        for problem in problems(parse(file_of(slug).read_text("utf-8")), slug, {*misconceptions()}):
            log.warning(problem, location=f"lessons/{file_of(slug).stem}")


def name_strategy(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, object], doctree: nodes.Node
) -> None:
    """Have a lesson's page carry its strategy's slug."""
    folder, _, stem = pagename.rpartition("/")
    if folder == LESSONS.name and stem.isdecimal():
        slug = escape.escape(order()[int(stem) - 1])
        context["metatags"] = f'{context["metatags"]}<meta name="strategy" content="{slug}">\n'
