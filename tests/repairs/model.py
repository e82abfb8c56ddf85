"""A claim as data: a change to a strategy, and what the explorer must find of it then."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from attack import targets
from tests.mutants.model import Patch

STACKS = targets.load().stacks


@dataclass(frozen=True)
class Claim:
    """One change to one strategy on one stack.

    Attributes:
        name: what is changed.
        strategy: slug.
        stack: 'flask' or 'django'.
        patches: the change.
        verdict: the worst that the explorer finds of one account, at either balance.
        errors: SQLSTATEs that some schedule must meet.
        free_of: SQLSTATEs that none may.
    """

    name: str
    strategy: str
    stack: str
    patches: tuple[Patch, ...]
    verdict: str
    errors: frozenset[str]
    free_of: frozenset[str]

    @property
    def title(self) -> str:
        """What its test is called."""
        return f"{self.stack}-{self.strategy}-{self.name}"


def claims() -> tuple[Claim, ...]:
    """Return every claim of claims.toml, on each stack that it is made of."""
    text = Path(__file__).with_name("claims.toml").read_text(encoding="utf-8")
    return tuple(
        Claim(
            name=entry["name"],
            strategy=entry["strategy"],
            stack=stack,
            patches=tuple(_patch(stack, entry["strategy"], patch) for patch in entry[stack]),
            verdict=entry["verdict"],
            errors=frozenset(entry.get("errors", ())),
            free_of=frozenset(entry.get("free_of", ())),
        )
        for entry in tomllib.loads(text)["claim"]
        for stack in STACKS
        if stack in entry
    )


def _patch(stack: str, strategy: str, patch: dict[str, str]) -> Patch:
    file = patch.get("file", f"strategies/{strategy}.py")
    return Patch(f"{stack}_app/{file}", patch["old"], patch["new"])


def batches(found: tuple[Claim, ...]) -> list[list[Claim]]:
    """Share the claims out, so that none touches what another of its batch is explored with."""
    result: list[list[Claim]] = []
    for claim in found:
        for batch in result:
            if not any(_meet(claim, other) for other in batch):
                batch.append(claim)
                break
        else:
            result.append([claim])
    return result


def _meet(one: Claim, other: Claim) -> bool:
    files = [patch.file for claim in (one, other) for patch in claim.patches]
    if any("/strategies/" not in file for file in files):
        return True  # such as a model, which all strategies share
    return (one.strategy, one.stack) == (other.strategy, other.stack)
