"""A mutant as data, and how it is planted in a copy of the project."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attack import targets

STACKS = targets.load().stacks


@dataclass(frozen=True)
class Patch:
    """A text of one file, and what it is replaced by; the text must be there exactly once."""

    file: str
    old: str
    new: str

    def applied(self, source: str) -> str:
        """Return the file's text with the mistake in it."""
        assert source.count(self.old) == 1, f"{self.file} has not exactly one {self.old!r}"
        return source.replace(self.old, self.new)

    def plant(self, root: Path) -> None:
        """Write the mistake into a copy of the project."""
        path = root / self.file
        path.write_text(self.applied(path.read_text(encoding="utf-8")), encoding="utf-8")


@dataclass(frozen=True)
class Mutant:
    """One mistake in one or several strategies, on both stacks."""

    name: str
    strategies: tuple[str, ...]
    patches: tuple[Patch, ...]
    survives: str = ""
    escapes_explorer: str = ""

    @property
    def title(self) -> str:
        return f"{', '.join(self.strategies)}: {self.name}"

    @property
    def escapes(self) -> bool:
        """Whether the attack or the explorer cannot find it."""
        return bool(self.survives or self.escapes_explorer)

    @property
    def files(self) -> frozenset[str]:
        return frozenset(patch.file for patch in self.patches)


def mutants() -> tuple[Mutant, ...]:
    """Return every mutant of mutants.toml."""
    text = Path(__file__).with_name("mutants.toml").read_text(encoding="utf-8")
    return tuple(_mutant(entry) for entry in tomllib.loads(text)["mutant"])


def _mutant(entry: dict[str, Any]) -> Mutant:
    strategies = tuple(entry["strategies"])
    # Two strategies that share a patched file share the patch.
    patches = tuple(dict.fromkeys(_patches(entry, strategies)))
    survives = entry.get("survives", "")
    escapes_explorer = entry.get("escapes_explorer", survives)
    return Mutant(entry["name"], strategies, patches, survives, escapes_explorer)


def _patches(entry: dict[str, Any], strategies: tuple[str, ...]) -> Iterator[Patch]:
    if "shared" in entry:
        yield Patch(**entry["shared"])
        return
    for stack in STACKS:
        patch = entry.get(stack) or entry["both"]
        for strategy in strategies:
            file = patch.get("file", f"strategies/{strategy}.py")
            yield Patch(f"{stack}_app/{file}", patch["old"], patch["new"])


def batches(found: tuple[Mutant, ...]) -> list[list[Mutant]]:
    """Share the mutants out, so that no two of a batch touch one strategy or one file."""
    result: list[list[Mutant]] = []
    for mutant in found:
        for batch in result:
            if not any(_meet(mutant, other) for other in batch):
                batch.append(mutant)
                break
        else:
            result.append([mutant])
    return result


def _meet(one: Mutant, other: Mutant) -> bool:
    return bool(set(one.strategies) & set(other.strategies) or one.files & other.files)
