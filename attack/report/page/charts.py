"""Plots as SVG, by Vega, in the colours of the page, in light and in dark."""

import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from attack.counting import counted
from attack.history import Request, Trial
from attack.report.page.evidence import Salvos
from attack.runs.records import Certificate, Measured
from shared_db.errors import LabError

_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
_FOR_SCRIPTS: Final = re.compile(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"')
"""What Vega writes for scripts and for each mark alone: the picture has one name, and a table."""
_FATES: Final = ("paid", "done", "refused", "lost", "unknown")
_INK: Final = {"labelColor": "var(--ink)", "titleColor": "var(--ink)"}
_CONFIG: Final = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": "var(--line)"},
    "axis": {
        **_INK,
        "gridColor": "var(--line)",
        "domainColor": "var(--soft)",
        "tickColor": "var(--soft)",
    },
    "legend": {**_INK, "orient": "bottom"},
    "header": _INK,
}
_WIDTH: Final = 470
_BAND: Final = {"type": "ordinal", "axis": {"labelAngle": 0}}


def timeline(trial: Trial) -> Markup:
    """Draw the requests of a trial: sent and answered as a line, withdraw() as a bar; in ms."""
    begin = min((request.sent_ns for request in trial.salvo), default=0)
    rows = [
        {
            "request": number,
            "fate": request.fate,
            "sent": 0.0,
            **{name: _ms(at, begin) for name, at in _times(request)},
        }
        for number, request in enumerate(in_order(trial), 1)
    ]
    words = (
        f"{counted(len(rows), 'request')}: {sum(row['fate'] == 'paid' for row in rows)} paid, "
        f"{sum(row['fate'] == 'refused' for row in rows)} refused."
    )
    return _drawn(
        {
            "data": {"values": rows},
            "width": _WIDTH,
            "height": {"step": 13},
            "layer": _timeline_layers(),
        },
        words,
    )


def _timeline_layers() -> list[dict[str, Any]]:
    """A line from sent to answered, a bar inside withdraw(), a mark where it was answered."""
    x: dict[str, Any] = {"type": "quantitative", "title": "ms after the first was sent"}
    y = {"field": "request", "type": "ordinal", "title": "request"}
    colour = _colours("fate", "fate", _FATES, [f"var(--{fate})" for fate in _FATES])
    return [
        {
            "mark": {"type": "rule", "color": "var(--soft)"},
            "encoding": {"x": x | {"field": "sent"}, "x2": {"field": "answered"}, "y": y},
        },
        {
            "transform": [{"filter": "isValid(datum.entered)"}],
            "mark": {"type": "bar", "height": 9},
            "encoding": {"x": x | {"field": "entered"}, "x2": {"field": "left"}, "y": y, **colour},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
            "encoding": {
                "x": x | {"field": "answered"},
                "y": y,
                "shape": {
                    "field": "fate",
                    "scale": {
                        "domain": list(_FATES),
                        "range": ["circle", "diamond", "square", "triangle-up", "cross"],
                    },
                },
                **colour,
            },
        },
    ]


def in_order(trial: Trial) -> list[Request]:
    """Return the requests in the order in which withdraw() was entered, the others last."""
    return sorted(trial.salvo, key=lambda each: (each.entered_ns is None, each.entered_ns or 0))


def payouts(salvos: Salvos) -> Markup:
    """Draw how many trials had so many payouts, and the interval of those that paid wrongly."""
    low, high = salvos.interval
    words = (
        f"{salvos.exploited} of {counted(len(salvos.trials), 'trial')} paid wrongly; "
        f"with 95 % certainty between {low:.0%} and {high:.0%} do."
    )
    return _drawn({"vconcat": [_distribution(salvos), _interval(salvos)]}, words)


def _distribution(salvos: Salvos) -> dict[str, Any]:
    rows = [
        {"payouts": made, "trials": count, "is": "right" if made == salvos.right else "wrong"}
        for made, count in salvos.payouts.items()
    ]
    title = f"payouts of a trial ({salvos.right} are right)"
    return {
        "data": {"values": rows},
        "width": _WIDTH,
        "height": 90,
        "mark": {"type": "bar", "size": 18},
        "encoding": {
            "x": _BAND | {"field": "payouts", "title": title},
            "y": {"field": "trials", "type": "quantitative", "axis": {"tickMinStep": 1}},
            **_colours("is", "payouts", ("right", "wrong"), ["var(--good)", "var(--bad)"]),
        },
    }


def _interval(salvos: Salvos) -> dict[str, Any]:
    low, high = salvos.interval
    share = {"low": low, "high": high, "share": salvos.exploited / len(salvos.trials)}
    scale = {"scale": {"domain": [0, 1]}, "axis": {"format": "%"}, "type": "quantitative"}
    title = "share of trials that paid wrongly, with its 95 % Wilson interval"
    ink = {"color": "var(--ink)"}
    return {
        "data": {"values": [share]},
        "width": _WIDTH,
        "height": 24,
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, **ink},
                "encoding": {
                    "x": scale | {"field": "low", "title": title},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, **ink},
                "encoding": {"x": scale | {"field": "share"}},
            },
        ],
    }


def preemptions(certificates: Sequence[Certificate]) -> Markup:
    """Draw what share of all orders is unsafe, by number of preemptions, for each setting."""
    rows = [
        {
            "setting": each.setting,
            "preemptions": number,
            "orders": count,
            "is": kind,
            "label": f"{unsafe}/{all_}",
        }
        for each in certificates
        for number, (all_, unsafe) in sorted(each.by_preemptions.items())
        for kind, count in (("unsafe", unsafe), ("not unsafe", all_ - unsafe))
    ]
    order = [each.setting for each in certificates]
    facet = {"field": "setting", "type": "nominal", "title": None, "sort": order}
    told = "; ".join(f"{each.setting}: {each.unsafe} of {each.schedules}" for each in certificates)
    return _drawn(
        {
            "data": {"values": rows},
            "facet": facet | {"header": {"labelPadding": 18, "labelAnchor": "start"}},
            "columns": 1,
            "spec": _shares(),
            "resolve": {"scale": {"x": "independent"}},
        },
        f"Orders that are unsafe. {told}.",
    )


def _shares() -> dict[str, Any]:
    """The share of unsafe orders, a bar for each number of preemptions with its counts above."""
    number = _BAND | {"field": "preemptions", "title": "preemptions"}
    return {
        "width": {"step": 42},
        "height": 70,
        "layer": [
            {
                "mark": "bar",
                "encoding": {
                    "x": number,
                    "y": {
                        "field": "orders",
                        "aggregate": "sum",
                        "stack": "normalize",
                        "title": "share of all orders",
                        "axis": {"format": "%"},
                    },
                    **_colours(
                        "is", "order", ("unsafe", "not unsafe"), ["var(--bad)", "var(--good)"]
                    ),
                },
            },
            {
                "transform": [{"filter": "datum.is == 'unsafe'"}],
                "mark": {"type": "text", "color": "var(--ink)", "y": -7, "fontSize": 10},
                "encoding": {"x": number, "text": {"field": "label"}},
            },
        ],
    }


def cost(measured: Sequence[Measured]) -> Markup:
    """Draw the throughput by number of clients, beside the limit, for each number of accounts."""
    rows = [
        {
            "accounts": f"{each.accounts} account{'s' * (each.accounts != 1)}",
            "clients": each.clients,
            "stack": each.stack,
            "rate": each.throughput,
            "least": each.throughput_spread[0] if each.throughput_spread else None,
            "largest": each.throughput_spread[1] if each.throughput_spread else None,
            "limit": each.limit_throughput,
        }
        for each in measured
    ]
    facet = {"column": {"field": "accounts", "type": "nominal", "title": None, "sort": None}}
    words = (
        "Throughput by clients, with the least and the largest of the repeats; "
        "the black line is the same SQL without a framework."
    )
    return _drawn({"data": {"values": rows}, "facet": facet, "spec": _rates()}, words)


def _rates() -> dict[str, Any]:
    """Throughput as a bar with its spread, and the limit as a line across it."""
    clients = _BAND | {"field": "clients"}
    offset = {"xOffset": {"field": "stack"}}
    return {
        "width": {"step": 22},
        "height": 140,
        "layer": [
            {
                "mark": "bar",
                "encoding": {
                    "x": clients,
                    "y": {"field": "rate", "type": "quantitative", "title": "withdrawals a second"},
                    **offset,
                    **_colours(
                        "stack", "stack", ("flask", "django"), ["var(--flask)", "var(--django)"]
                    ),
                },
            },
            {
                "mark": {"type": "rule", "color": "var(--ink)"},
                "encoding": {
                    "x": clients,
                    "y": {"field": "least", "type": "quantitative"},
                    "y2": {"field": "largest"},
                    **offset,
                },
            },
            {
                "mark": {"type": "tick", "color": "var(--ink)", "thickness": 3},
                "encoding": {
                    "x": clients,
                    "y": {"field": "limit", "type": "quantitative"},
                    **offset,
                },
            },
        ],
    }


def _times(request: Request) -> list[tuple[str, int | None]]:
    return [
        ("sent", request.sent_ns),
        ("answered", request.answered_ns),
        ("entered", request.entered_ns),
        ("left", request.left_ns),
    ]


def _ms(at: int | None, begin: int) -> float | None:
    return None if at is None else round((at - begin) / 1e6, 3)


def _colours(field: str, title: str, domain: Sequence[str], colours: list[str]) -> dict[str, Any]:
    scale = {"domain": list(domain), "range": colours}
    return {"color": {"field": field, "type": "nominal", "title": title, "scale": scale}}


def _drawn(spec: dict[str, Any], words: str) -> Markup:
    """Return a plot as one picture with a name: a page has a hundred, of hundreds of marks each."""
    svg = _as_svg({"$schema": _SCHEMA, "config": _CONFIG, **spec})
    head, rest = _FOR_SCRIPTS.sub("", svg).split(">", 1)
    colours = Path(__file__).with_name("colours.css").read_text(encoding="utf-8")
    address = data_url(f"{head}><style>{colours}</style>{rest}")
    return Markup('<img class="plot" alt="{}" src="{}">').format(words, address)


def _as_svg(spec: dict[str, Any]) -> str:
    try:
        import vl_convert  # not among the packages of a student, who makes no report
    except ModuleNotFoundError:
        raise LabError(
            "a report's plots need vl-convert-python: install all packages, "
            "with `make clean` and `make report`"
        ) from None
    return vl_convert.vegalite_to_svg(spec)


def data_url(svg: str) -> str:
    """Return an SVG as an address; as a picture it runs no script, whoever wrote it."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
