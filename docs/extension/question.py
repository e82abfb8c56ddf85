"""`question`: a concept question whose wrong answers each name a misconception.

The body has the question, one list of choices, and the explanation. A choice begins with `right:`
or with a misconception's id, as in `- M3: one of them gets an error`. Without JavaScript the
answer is a part to open; question.js hides it until somebody has voted.
"""

import re

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from docs.extension.beliefs import FILE, misconceptions
from docs.extension.raw import html, wrapped

RIGHT = "right"
CHOICE = re.compile(r"\s*(right|M\d+):\s*")


class Question(SphinxDirective):
    """Ask, let vote, and then explain."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the question, its choices and, hidden, the answer."""
        self.assert_has_content()
        self.env.note_dependency(str(FILE))
        inside = self.parse_content_to_nodes()
        place = next((n for n, node in enumerate(inside) if isinstance(node, nodes.bullet_list)), 0)
        choices = [self._choice(item) for item in getattr(inside[place], "children", [])]
        says = [said for said, _ in choices]
        if says.count(RIGHT) != 1 or len(says) < 3:
            raise self.error("a question has at least three choices, and one of them is right")
        listed: list[nodes.Node] = [html('<ol class="choices" type="a">')]
        for said, parts in choices:
            listed += wrapped(f'<li data-says="{said}">', parts, "</li>")
        answer = wrapped(
            '<details class="answer"><summary>The answer</summary>'
            f'<div class="answer-body">{_verdicts(says)}',
            inside[place + 1 :],
            "</div></details>",
        )
        body = [*inside[:place], *listed, html("</ol>"), *answer]
        return wrapped('<div class="question" role="group" aria-label="Question">', body, "</div>")

    def _choice(self, item: nodes.Node) -> tuple[str, list[nodes.Node]]:
        first = next(iter(item.findall(nodes.Text)), nodes.Text(""))
        found = CHOICE.match(first)
        if not found or (found[1] != RIGHT and found[1] not in misconceptions()):
            raise self.error(f"a choice begins with `right:` or a misconception's id: {first}")
        first.parent.replace(first, nodes.Text(first[found.end() :]))
        return found[1], list(item.children)


def _verdicts(says: list[str]) -> str:
    """Return what each wrong vote rests on, and which one is right."""
    letters = "abcdefgh"
    lines = [f'<p class="right-one">{letters[says.index(RIGHT)]} is right.</p><dl class="wrong">']
    for letter, said in zip(letters, says, strict=False):
        if said != RIGHT:
            known = misconceptions()[said]
            lines.append(
                f'<div data-says="{said}"><dt>{letter}: “{known.belief}” '
                f'<span class="id">{said}</span></dt><dd>{known.truth}</dd></div>'
            )
    return "".join([*lines, "</dl>"])
