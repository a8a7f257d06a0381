"""What the charts share: their colours, the axis of months, the axis of amounts, tooltips, labels at the end of a series.

Months are categories ("2026-10"), never moments, so that no viewer's time zone can move one. Colours come from a palette: fixed
ones for pictures, CSS variables for the page, which then follows light, dark and print by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import altair as alt

from serving import spoken

Rows = Sequence[Mapping[str, Any]]

HEIGHT = 240
MANY_MONTHS = 14


@dataclass(frozen=True)
class Palette:
    """Colours by what they stand for.

    Args:
        ink: targets, totals and the text on them.
        quiet: axes and secondary text.
        line: grid and axis lines.
        ground: behind the marks.
        main: what happened or can be delivered.
        soft: the same, not complete yet.
        accent: what is expected.
    """

    ink: str
    quiet: str
    line: str
    ground: str
    main: str
    soft: str
    accent: str


PICTURE = Palette("#17202b", "#5b6775", "#dfe4ea", "#ffffff", "#2f6db5", "#a9c6e6", "#b4540a")
PAGE = Palette(*(f"var(--{name})" for name in ("ink", "quiet", "line", "card", "main", "soft", "accent")))


def framed(layers: Sequence[alt.Chart], palette: Palette, height: int = HEIGHT) -> alt.LayerChart:
    """The look that all charts share."""
    font = "system-ui, 'Segoe UI', 'Liberation Sans', sans-serif"
    framed: alt.LayerChart = (
        alt.LayerChart(layer=list(layers))
        .properties(height=height, padding={"left": 0, "top": 6, "right": 4, "bottom": 0}, background="transparent")
        .configure(font=font)
        .configure_view(stroke=None)
        .configure_text(fontSize=12)
        .configure_axis(
            labelColor=palette.quiet, labelFontSize=12, labelPadding=6, titleColor=palette.quiet, titleFontWeight="normal",
            gridColor=palette.line, domainColor=palette.line, tickColor=palette.line,
        )
    )  # fmt: skip
    return framed


def months(rows: Rows, measures: Sequence[str]) -> list[dict[str, Any]]:
    """Plain values: the month as text, numbers as floats, and each number as people say it for the tooltip."""
    plain = []
    for row in rows:
        item: dict[str, Any] = {"month": f"{row['month']:%Y-%m}", "when": spoken.month(row["month"])}
        if "is_complete" in row:
            item["is_complete"] = row["is_complete"]
        for measure in measures:
            if row.get(measure) is not None:
                item[measure] = float(row[measure])
                item[f"{measure}_said"] = spoken.amount(row[measure])
        plain.append(item)
    return plain


def known(data: list[dict[str, Any]], measure: str) -> alt.InlineData:
    return alt.InlineData(values=[row for row in data if measure in row])


def axes(rows: Rows, measures: Sequence[str], points: bool = False) -> tuple[alt.X, dict[str, Any]]:
    """The shared axis of months (for bars, or for points alone), and the scale and axis of the amounts, shortened to k or M."""
    months: list[dt.date] = sorted({row["month"] for row in rows})
    names = [f"{month:%Y-%m}" for month in months]
    shown = names if len(names) <= MANY_MONTHS else [name for name in names if int(name[5:]) % 3 == 1]
    first = year_label_first(shown, "01")
    label = (
        f"[monthAbbrevFormat(+slice(datum.value, 5) - 1), "
        f"slice(datum.value, 5) == '01' || datum.value == '{first}' ? slice(datum.value, 0, 4) : '']"
    )
    x = alt.X(
        "month:O",
        title=None,
        scale=alt.Scale(domain=names, padding=0.3) if points else alt.Scale(domain=names, paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(values=shown, labelExpr=label, labelAngle=0, ticks=False, labelOverlap="greedy"),
    )
    size, unit = _unit(_top(rows, measures))
    axis = alt.Axis(
        labelExpr=f"datum.value == 0 ? '0' : format(datum.value / {size}, '~g') + '{unit}'",
        tickCount=4,
        domain=False,
        ticks=False,
    )
    return x, {"title": None, "scale": alt.Scale(domain=[0, 1.06 * _top(rows, measures)], nice=True), "axis": axis}


def _top(rows: Rows, measures: Sequence[str]) -> float:
    return max([float(row[name]) for row in rows for name in measures if row.get(name) is not None], default=0.0) or 1.0


def _unit(top: float) -> tuple[int, str]:
    for size, unit in ((10**9, " bn"), (10**6, " M"), (10**3, " k")):
        if top >= size:
            return size, unit
    return 1, ""


def year_label_first(names: Sequence[str], start: str) -> str:
    """The first name, if it should carry its year: not when the next one starts a year and carries its own right beside it."""
    return names[0] if names and not any(name.endswith(start) for name in names[1:2]) else ""


def share_axis(field: str, low: float, high: float) -> alt.Y:
    """An axis of shares in percent, from the ten per cent below `low` to the ten above `high`."""
    bounds = [max(0.0, floor(10 * low - 0.2) / 10), min(1.0, ceil(10 * high + 0.2) / 10)]
    return alt.Y(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(domain=bounds, zero=False),
        axis=alt.Axis(labelExpr="format(100 * datum.value, '.0f') + ' %'", tickCount=4, domain=False, ticks=False),
    )


def tooltip(*measures: str) -> list[alt.Tooltip]:
    return [alt.Tooltip("when:N", title="month"), *(alt.Tooltip(f"{name}_said:N", title=name) for name in measures)]


def end_labels(data: list[dict[str, Any]], ends: list[tuple[str, str, str]], scale: dict[str, Any]) -> list[alt.Chart]:
    """The name of each series right of its last value, pushed apart where they would touch.

    Args:
        data: of months().
        ends: (measure, text, colour).
        scale: of the amounts.
    """
    last = {
        name: next(row[name] for row in reversed(data) if name in row) for name, _, _ in ends if any(name in r for r in data)
    }
    gap = 0.075 * float(scale["scale"].domain[1])
    places: dict[str, float] = {}
    below = -gap
    for name in sorted(last, key=lambda one: (last[one], one)):
        places[name] = below = max(last[name], below + gap)
    return [
        alt.Chart(alt.InlineData(values=[{"place": places[name], "text": text}]))
        .mark_text(align="left", x="width", dx=8, color=colour, fontWeight="bold")
        .encode(y=alt.Y("place:Q", **scale), text="text:N")
        for name, text, colour in ends
        if name in places
    ]
