"""Python as HTML.

What reads it is made when this is imported: that compiles a hundred expressions, once for all
processes that are forked afterwards.
"""

from typing import Final

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

_LEXER: Final = PythonLexer(stripnl=False)
_FORMATTER: Final = HtmlFormatter(nowrap=True)


def highlighted(text: str) -> str:
    """Return Python as HTML, whose classes style.css colours."""
    return highlight(text, _LEXER, _FORMATTER)
