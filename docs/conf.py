"""The site: `make docs` builds it, and the slides by the tag `slides`."""

import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[1]
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "racewalk/src")]

project = "Overdraft"
language = "en"
extensions = ["myst_parser", "sphinx_design", "sphinx_revealjs", "docs.extension.setup"]
exclude_patterns = ["_build", "slides"]
templates_path = ["_templates"]
root_doc = "index"

nitpicky = True
steppers_required = True
highlight_language = "text"
show_warning_types = True

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Overdraft"
html_favicon = "../shared_db/static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [(file, {"defer": "defer"}) for file in ("question.js", "scroll.js")]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
# Excerpts of what is found are fetched, which a page that was opened from a disk cannot do.
html_show_search_summary = False
html_theme_options: dict[str, Any] = {"top_of_page_buttons": []}

# Slides have their own folder of pages, and this one's settings: `make docs`.
revealjs_static_path = ["_static"]
revealjs_css_files = ["site.css", "slides.css"]
revealjs_js_files = ["question.js"]
revealjs_script_conf = {
    "hash": True,
    "width": 1280,
    "height": 800,
    "center": False,
    "slideNumber": True,
}
revealjs_style_theme = "white"
