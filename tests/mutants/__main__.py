"""Attack every mutant and write docs/mutants.md: python -m tests.mutants."""

from tests.mutants.report import PAGE, page
from tests.mutants.trial import attack_all

PAGE.parent.mkdir(exist_ok=True)
PAGE.write_text(page(list(attack_all())), encoding="utf-8")
