"""What if: which lock it is that holds a race, and which one would.

said      what each request says, statement by statement, in the runs of a race
relations which tables lie behind a view, and which ones a table refers to
sites     which changes there are to be tried
refusal   why a change cannot be made: PostgreSQL is asked
result    what came of one, in numbers and in words
inquiry   each change explored in full: single ones first, then pairs
advice    what to write in SQLAlchemy and in Django for a change that repairs
table     all of it in the terminal
"""

from racewalk.rewrite.changes import Change, Kind
from racewalk.whatif.advice import Advice, advice
from racewalk.whatif.inquiry import Inquiry
from racewalk.whatif.result import Found, Result
from racewalk.whatif.table import show

__all__ = ["Advice", "Change", "Found", "Inquiry", "Kind", "Result", "advice", "show"]
