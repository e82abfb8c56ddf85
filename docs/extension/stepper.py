"""`stepper`: the reader picks which request goes next.

`{stepper} flask-no_lock` shows a cell's recorded graph, recordings/flask-no_lock-10.json; its
option `start` takes another start than 10. Where recordings/without has the same cell without its
lock, a switch goes there. The first stepper of a page brings the scripts.
"""

import shutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs.extension.raw import html
from racewalk.stepper import page, recording

RECORDINGS = Path(__file__).parents[1] / "recordings"
WITHOUT = RECORDINGS / "without"
_BROUGHT = "stepper_scripts"
_ABSENT = """<div data-stepper="{name}" data-start="{start}">
<p>This stepper is not part of this build.</p></div>"""


class Stepper(SphinxDirective):
    """The place of a stepper, and what is shown there without JavaScript."""

    required_arguments = 1
    option_spec = {"start": directives.nonnegative_int}

    def run(self) -> list[nodes.Node]:
        """Return the element that becomes a stepper, and the scripts that make it one."""
        name, start = self.arguments[0], self.options.get("start", 10)
        full = f"{name}-{start}"
        file = RECORDINGS / f"{full}.json"
        self.env.note_dependency(str(file))
        if not (file.is_file() or self.config.steppers_required):
            return [html(_ABSENT.format(name=name, start=start))]
        try:
            recorded = recording.read(file)
        except (OSError, ValueError) as error:
            raise self.error(f"no stepper without its recording: {error}") from error
        alone = self.env.app.builder.name == "singlehtml"
        static = "../" * (0 if alone else self.env.docname.count("/")) + "_static"
        brought = self.env.temp_data.setdefault(_BROUGHT, set())
        style = f'<link rel="stylesheet" href="{static}/stepper/{page.STYLE}">'
        pieces = [] if brought else [style]
        other = page.without_name(full) if (WITHOUT / file.name).is_file() else ""
        pieces += [page.fragment(recorded, name, start, without=other)]
        wanted = [] if brought else [f"stepper/{script}" for script in page.SCRIPTS]
        shown = [each for each in (full, other) if each]
        wanted += [] if full in brought else [f"recordings/{each}.js" for each in shown]
        brought.add(full)
        pieces += [f'<script defer src="{static}/{script}"></script>' for script in wanted]
        return [html("\n".join(pieces))]


def bring(app: Sphinx, exception: Exception | None) -> None:
    """Put the scripts, and the recordings as scripts, beside the pages."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    shutil.copytree(page.STATIC, static / "stepper", dirs_exist_ok=True)
    (static / "recordings").mkdir(exist_ok=True)
    for folder, named in ((RECORDINGS, str), (WITHOUT, page.without_name)):
        for file in folder.glob("*.json"):
            name = named(file.stem)
            script = page.data_script(recording.read(file), name)
            (static / "recordings" / f"{name}.js").write_text(script, "utf-8")
