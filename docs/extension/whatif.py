"""`whatif`: what each change of the SQL would do, out of docs/whatif.json.

`{whatif} holds` lists the locks that hold a strategy, `{whatif} matrix` all strategies with each
kind of change, `{whatif} all` each strategy with each change, `{whatif} transaction_only` one of
them; `{whatif} made` says when and with what.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

FILE = Path(__file__).parents[1] / "whatif.json"
STACKS = {"flask": "Flask", "django": "Django"}
_NONE = "\N{EN DASH}"
_LONG = 160
"""Characters of a statement."""
Row = dict[str, Any]
"""A strategy on one stack, as it is kept."""
_KINDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "without a lock": lambda change: change["kind"] == "take_away",
    "a lock put in": lambda change: change["kind"] == "lock",
    "REPEATABLE READ": lambda change: change["text"].startswith("REPEATABLE READ"),
    "SERIALIZABLE": lambda change: change["text"].startswith("SERIALIZABLE"),
    "one transaction": lambda change: change["kind"] == "one_transaction",
}


class WhatIf(SphinxDirective):
    """Tables of what was found."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        self.env.note_dependency(str(FILE))
        kept = json.loads(FILE.read_text("utf-8"))
        rows: list[Row] = kept["rows"]
        match self.arguments[0]:
            case "made":
                lines = _made(kept)
            case "holds":
                lines = _holds(rows)
            case "matrix":
                lines = _matrix(rows)
            case "all":
                lines = _sections(rows)
            case slug:
                chosen = [row for row in rows if row["strategy"] == slug]
                if not chosen:
                    raise self.error(f"{FILE.name} has no strategy {slug!r}")
                lines = _tabs(chosen)
        return list(self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True))


def _made(kept: dict[str, Any]) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in kept["versions"].items())
    yield f"Explored on {kept['made']} with {versions}; SHA-256 of the results `{kept['hash']}`."


def _holds(rows: list[Row]) -> Iterator[str]:
    yield "| strategy | stack | without | unsafe orders | with it |"
    yield "|---|---|---|---|---|"
    for row in rows:
        for each in row["changes"]:
            if each["holds"]:
                without = each["title"].removeprefix("without ")
                yield (
                    f"| {row['number']}. {row['label']} | {STACKS[row['stack']]} | {without} | "
                    f"{_counts(each)} | {_counts(row['as_is'])} |"
                )


def _matrix(rows: list[Row]) -> Iterator[str]:
    for stack, title in STACKS.items():
        yield f"**{title}**\n"
        yield f"| strategy | as it is | {' | '.join(_KINDS)} | two together |"
        yield f"|---|---|{'---|' * len(_KINDS)}---|"
        for row in rows:
            if row["stack"] == stack:
                found = [_best(row, wanted) for wanted in _KINDS.values()]
                cells = " | ".join([_short(row["as_is"]), *found, _pair(row)])
                yield f"| {row['number']}. {row['label']} | {cells} |"
        yield ""


def _best(row: Row, wanted: Callable[[dict[str, Any]], bool]) -> str:
    """Of the single changes of a kind the one that tells most: what breaks, or what repairs."""
    those = [
        each for each in row["changes"] if len(each["changes"]) == 1 and wanted(each["changes"][0])
    ]
    told = [each for each in those if each["verdict"] != "impossible"]
    if not told:
        return "cannot be made" if those else _NONE
    broken = those[0]["changes"][0]["kind"] == "take_away"
    order = sorted(told, key=_share, reverse=broken)
    return _short(order[0])


def _share(each: dict[str, Any]) -> tuple[bool, float]:
    return each["verdict"] != "safe", each["unsafe"] / max(each["schedules"], 1)


def _pair(row: Row) -> str:
    found = [each for each in row["changes"] if len(each["changes"]) > 1 and each["repairs"]]
    return f"repaired by {len(found)}" if found else _NONE


def _short(each: dict[str, Any]) -> str:
    mark = {"safe": "holds", "unsafe": "unsafe"}.get(each["verdict"], each["verdict"])
    tries = " ↻" if each["errors"] else ""
    return f"{mark} {each['unsafe']}/{each['schedules']}{tries}"


def _counts(each: dict[str, Any]) -> str:
    return f"{each['unsafe']} of {each['schedules']}"


def _sections(rows: list[Row]) -> Iterator[str]:
    labels = dict.fromkeys((row["number"], row["label"]) for row in rows)
    for number, label in labels:
        yield f"### {number}. {label}\n"
        yield from _tabs([row for row in rows if row["label"] == label])


def _tabs(rows: list[Row]) -> Iterator[str]:
    yield "::::{tab-set}"
    for row in rows:
        yield f":::{{tab-item}} {STACKS[row['stack']]}"
        yield from _table(row)
        yield ":::"
    yield "::::\n"


def _table(row: Row) -> Iterator[str]:
    as_is = row["as_is"]
    yield "| what if | unsafe orders | orders with a wait | to be tried again | so |"
    yield "|---|---|---|---|---|"
    told = [_counts(as_is), str(as_is["waits"]), _errors(as_is), as_is["verdict"]]
    yield f"| as it is | {' | '.join(told)} |"
    for each in row["changes"]:
        impossible = each["verdict"] == "impossible"
        counts = _NONE if impossible else _counts(each)
        waits = _NONE if impossible else each["waits"]
        says = each["says"].partition(" unsafe")[2].partition(" (")[0].lstrip(": ")
        told = each["says"] if impossible or not each["schedules"] else says or each["verdict"]
        yield f"| {each['title']} | {counts} | {waits} | {_errors(each)} | {told} |"

    yield ""
    for number, text in row["statements"].items():
        yield f"Statement {number}: ``{_cut(text)}``\n"
    yield from _to_write(row)


def _to_write(row: Row) -> Iterator[str]:
    told = {
        each["change"]: each[row["stack"]] for change in row["changes"] for each in change["write"]
    }
    if told:
        yield "To write for what repairs:\n"
        yield from (f"- {change}: ``{code}``" for change, code in told.items())
        yield ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]} …"


def _errors(each: dict[str, Any]) -> str:
    return ", ".join(f"{code} in {number}" for code, number in each["errors"].items()) or _NONE
