"""The element that becomes a stepper, its scripts, and a page that stands by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from racewalk.stepper.fallback import fallback
from racewalk.stepper.recording import Recording

STATIC: Final = Path(__file__).parent / "static"
"""Folder of the scripts and the style."""

SCRIPTS: Final = (
    "dom.js",
    "graph.js",
    "commute.js",
    "schedule.js",
    "words.js",
    "source.js",
    "story.js",
    "state.js",
    "map.js",
    "goals.js",
    "controls.js",
    "stepper.js",
)
"""In the order in which a page has to load them; scripts with recordings come behind them."""

STYLE: Final = "stepper.css"

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def data_script(recording: Recording, name: str) -> str:
    """Return the script that brings a recording to the steppers of a page.

    It can stand in a file of its own, or within an HTML page: no text in it ends an element.

    Args:
        recording: what was recorded.
        name: by which elements ask for it, such as 'flask-row_lock-10'.
    """
    data = json.dumps(recording, separators=(",", ":"))
    for sign, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        data = data.replace(sign, escaped)
    return f"overdraft.recording({data}, {json.dumps(name)});\n"


def fragment(
    recording: Recording,
    name: str,
    start: int | None = None,
    switches: str = "",
    without: str = "",
) -> str:
    """Return the element that becomes a stepper; what is in it is for those who run no scripts.

    Args:
        recording: what was recorded.
        name: of the recording, without the start, such as 'flask-row_lock'.
        start: what the account holds, the last part of the recording's name; None: its name has
            no such part.
        switches: those that are on at first, or with a '-' off, such as 'hints -count'.
        without: name of the recording of the same race without its lock, to switch to; or ''.
    """
    full = name if start is None else f"{name}-{start}"
    shown = fallback(recording, f"picture-{full}")
    template = _TEMPLATES.get_template("fragment.html.jinja")
    return template.render(name=name, start=start, switches=switches, without=without, shown=shown)


def page(recording: Recording, name: str, without: Recording | None = None) -> str:
    """Return a page with the stepper of one recording: one file that asks for nothing else.

    Args:
        recording: what was recorded.
        name: of the recording, such as 'flask-row_lock-10'.
        without: the same race without its lock, to switch to; or None.
    """
    other = without_name(name) if without else ""
    data = data_script(recording, name) + (data_script(without, other) if without else "")
    return _TEMPLATES.get_template("page.html.jinja").render(
        title=str(recording["cell"].get("title", name)),
        style=(STATIC / STYLE).read_text("utf-8"),
        scripts=[(STATIC / script).read_text("utf-8") for script in SCRIPTS],
        data=data,
        fragment=fragment(recording, name, without=other),
    )


def without_name(name: str) -> str:
    """Return what the recording of a race without its lock is called.

    Args:
        name: of the recording as it is, such as 'flask-row_lock-10'.
    """
    return f"{name}-without"
