"""`lesson-part`: a section of a lesson in another place, such as a slide."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from docs.extension.lesson import file_of, order, parse


class LessonPart(SphinxDirective):
    """Show what stands in a lesson's section: `{lesson-part} row_lock Predict`."""

    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the section without its heading."""
        slug, section = self.arguments[0], " ".join(self.arguments[1:])
        if slug not in order():
            raise self.error(f"no strategy is called {slug}")
        self.env.note_dependency(str(file_of(slug)))
        sections = parse(file_of(slug).read_text("utf-8")).sections
        if section not in sections:
            raise self.error(f"the lesson of {slug} has no section {section}")
        return list(self.parse_text_to_nodes(sections[section]))
