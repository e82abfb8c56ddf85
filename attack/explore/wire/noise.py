"""Which groups pass without being a step: a rule for each, so that what passes can be counted.

Noise is what drivers and pools add for themselves and what neither reads nor locks anything. A
Parse without an Execute is *not* passed at once: parsing takes locks, and in REPEATABLE READ the
snapshot. It is held, and goes as the first half of the step that it prepares (see `link.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from attack.explore.wire.groups import Group

_LONG: Final = 1000
"""Characters from which on a text is no noise, and not worth remembering."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A name to count by, and whether a group falls under it."""

    name: str
    matches: Callable[[Group], bool]


def statements_like(name: str, pattern: str) -> Rule:
    """Return a rule for groups whose every statement matches the pattern, case ignored."""
    regex = re.compile(pattern, re.IGNORECASE | re.DOTALL)

    def matches(group: Group) -> bool:
        texts = group.texts
        return bool(texts) and all(len(text) < _LONG and is_noise(text) for text in texts)

    @lru_cache(maxsize=4096)
    def is_noise(text: str) -> bool:
        return regex.fullmatch(text.strip()) is not None

    return Rule(name, matches)


RULES: tuple[Rule, ...] = (
    Rule("close or describe", lambda group: all(m.kind in "CDS" for m in group.messages)),
    statements_like("ping", r";?|SELECT 1;?"),
    statements_like("deallocate", r"DEALLOCATE\b.*"),
)
"""What any driver may add; a target adds rules for the connection set-up of its framework."""


def rule_for(group: Group, rules: Sequence[Rule]) -> str | None:
    """Return the name of the first rule that the group falls under, or None for a real step."""
    return next((rule.name for rule in rules if rule.matches(group)), None)
