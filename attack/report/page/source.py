"""Code, highlighted by Pygments in the page's own colours."""

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer


def highlighted(code: str) -> Markup:
    """Return Python as HTML: spans with short class names, nothing else."""
    formatter = HtmlFormatter[str](nowrap=True)
    return Markup(highlight(code, PythonLexer(), formatter))  # noqa: S704 - Pygments escapes
