"""The charts of the plan book, one function each: rows in, an Altair chart out, and any of them as a PNG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from serving import spoken
from serving.chart_parts import (
    PICTURE,
    Palette,
    Rows,
    axes,
    end_labels,
    framed,
    known,
    months,
    share_axis,
    tooltip,
    year_label_first,
)

PNG_WIDTH = 720
PNG_SCALE = 2.0


def revenue_against_target(rows: Rows, target_name: str, palette: Palette = PICTURE) -> alt.LayerChart:
    """Bars of revenue and a tick at each month's target.

    Args:
        rows: month (date), revenue and target (number or None), is_complete.
        target_name: what the ticks are.
        palette: the colours.
    """
    data, x, scale = months(rows, ("revenue", "target")), *axes(rows, ("revenue", "target"))
    bars = (
        alt.Chart(known(data, "revenue"))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=x,
            y=alt.Y("revenue:Q", **scale),
            color=alt.Color(
                "is_complete:N", scale=alt.Scale(domain=[True, False], range=[palette.main, palette.soft]), legend=None
            ),
            tooltip=tooltip("revenue"),
        )
    )
    ticks = (
        alt.Chart(known(data, "target"))
        .mark_tick(thickness=2.5, color=palette.ink, opacity=1)
        .encode(x=x, y=alt.Y("target:Q", **scale), tooltip=tooltip("target"))
    )
    ends = [("revenue", "revenue", palette.main), ("target", target_name, palette.ink)]
    return framed([bars, ticks, *end_labels(data, ends, scale)], palette)


def open_pipeline(rows: Rows, palette: Palette = PICTURE) -> alt.LayerChart:
    """A bar for each stage, in the order of the stages, with its amount and number of deals.

    Args:
        rows: stage, amount (number), label (the text at the bar's end), in the order of the stages.
        palette: the colours.
    """
    values = [{"stage": row["stage"], "amount": float(row["amount"]), "label": row["label"]} for row in rows]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("amount:Q", axis=None, scale=alt.Scale(domainMin=0, nice=False)),
        y=alt.Y("stage:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=130)),
        tooltip=[alt.Tooltip("stage:N", title="stage"), alt.Tooltip("label:N", title="open")],
    )
    bars = base.mark_bar(color=palette.main, cornerRadiusEnd=2, height=26)
    labels = base.mark_text(align="left", dx=6, color=palette.ink).encode(text="label:N")
    return framed([bars, labels], palette, height=max(80, 40 * len(values)))


def win_rate(rows: Rows, palette: Palette = PICTURE) -> alt.LayerChart:
    """The win rate to the end of each fiscal quarter with its interval.

    Args:
        rows: quarter (as FY27 Q3), rate, low and high (0 to 1), decided (count), is_complete.
        palette: the colours.
    """
    values = [
        {
            **row,
            "text": spoken.share(row["rate"], 0),
            "said": spoken.share(row["rate"]),
            "range": f"{spoken.share(row['low'])} to {spoken.share(row['high'])}",
        }
        for row in rows
    ]
    starts = f"slice(datum.value, -2) == 'Q1' || datum.value == '{year_label_first([row['quarter'] for row in rows], 'Q1')}'"
    label = f"[slice(datum.value, -2), {starts} ? slice(datum.value, 0, -3) : '']"
    bounds = min(row["low"] for row in rows), max(row["high"] for row in rows)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("quarter:N", sort=None, title=None, axis=alt.Axis(labelExpr=label, labelAngle=0, ticks=False)),
        y=share_axis("rate", *bounds),
        tooltip=[
            alt.Tooltip("quarter:N", title="quarter"),
            alt.Tooltip("said:N", title="win rate"),
            alt.Tooltip("range:N", title="95 % interval"),
            alt.Tooltip("decided:Q", title="decided deals", format=","),
        ],
    )
    bar = base.mark_rule(color=palette.soft, strokeWidth=6, strokeCap="round")
    span = bar.encode(y=share_axis("low", *bounds), y2="high:Q")
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        color=alt.Color(
            "is_complete:N", scale=alt.Scale(domain=[True, False], range=[palette.main, palette.quiet]), legend=None
        )
    )
    texts = base.mark_text(baseline="bottom", dy=-7, color=palette.ink).encode(text="text:N", y=share_axis("high", *bounds))
    layers = [span, dots, texts]
    return framed(layers, palette)


def forecast_fan(history: Rows, forecast: Rows, palette: Palette = PICTURE) -> alt.LayerChart:
    """Past months as a line, then the median with the band that holds eight of ten outcomes.

    Args:
        history: month (date), value.
        forecast: month (date), p10, p50, p90; the band starts at the last past month.
        palette: the colours.
    """
    measures = ("value", "p10", "p50", "p90")
    last = history[-1] if history else None
    joint = [{"month": last["month"], **dict.fromkeys(("p10", "p50", "p90"), last["value"])}] if last else []
    past, ahead = months(history, measures), months([*joint, *forecast], measures)
    x, scale = axes([*history, *forecast], measures, points=True)
    band = (
        alt.Chart(alt.InlineData(values=ahead))
        .mark_area(color=palette.accent, opacity=0.18)
        .encode(x=x, y=alt.Y("p10:Q", **scale), y2="p90:Q")
    )
    median = (
        alt.Chart(alt.InlineData(values=ahead))
        .mark_line(color=palette.accent, strokeWidth=2.5, strokeJoin="round", strokeDash=[5, 3])
        .encode(x=x, y=alt.Y("p50:Q", **scale))
    )
    points = (
        alt.Chart(alt.InlineData(values=ahead[len(joint) :]))
        .mark_point(color=palette.accent, filled=True, size=36, opacity=1)
        .encode(x=x, y=alt.Y("p50:Q", **scale), tooltip=tooltip("p10", "p50", "p90"))
    )
    line = (
        alt.Chart(alt.InlineData(values=past))
        .mark_line(
            color=palette.main,
            strokeWidth=2.5,
            strokeJoin="round",
            point=alt.OverlayMarkDef(color=palette.main, size=24, filled=True),
        )
        .encode(x=x, y=alt.Y("value:Q", **scale), tooltip=tooltip("value"))
    )
    ends = [("p90", "p90", palette.accent), ("p50", "p50", palette.accent), ("p10", "p10", palette.accent)]
    return framed([band, line, median, points, *end_labels(ahead, ends, scale)], palette)


def capacity_against_demand(rows: Rows, palette: Palette = PICTURE) -> alt.LayerChart:
    """Bars of what can be delivered, a line of what is demanded, a tick at each month's target.

    Args:
        rows: month (date), capacity, demand and target (number or None).
        palette: the colours.
    """
    measures = ("capacity", "demand", "target")
    data, x, scale = months(rows, measures), *axes(rows, measures)
    bars = (
        alt.Chart(known(data, "capacity"))
        .mark_bar(color=palette.soft, cornerRadiusEnd=2)
        .encode(x=x, y=alt.Y("capacity:Q", **scale), tooltip=tooltip("capacity"))
    )
    line = (
        alt.Chart(known(data, "demand"))
        .mark_line(
            color=palette.accent,
            strokeWidth=2.5,
            strokeJoin="round",
            point=alt.OverlayMarkDef(color=palette.accent, size=40, filled=True),
        )
        .encode(x=x, y=alt.Y("demand:Q", **scale), tooltip=tooltip("demand"))
    )
    ticks = (
        alt.Chart(known(data, "target"))
        .mark_tick(thickness=2.5, color=palette.ink, opacity=1)
        .encode(x=x, y=alt.Y("target:Q", **scale), tooltip=tooltip("target"))
    )
    ends = [("target", "target", palette.ink), ("demand", "demand", palette.accent), ("capacity", "capacity", palette.main)]
    return framed([bars, line, ticks, *end_labels(data, ends, scale)], palette)


def specification(chart: alt.LayerChart) -> dict[str, Any]:
    """The chart as Vega-Lite, as wide as its place on a page.

    The check against Vega-Lite's schema is left to the tests: it takes as long as all the rest of the page.
    """
    found: dict[str, Any] = chart.properties(width="container").to_dict(validate=False)
    found.pop("$schema")  # an address on another host that nobody needs
    return found


def write_png(chart: alt.LayerChart, title: str, subtitle: str, target: Path, palette: Palette = PICTURE) -> Path:
    """Draw a chart into a file, with its title and unit above it, for readers without the page."""
    heading = alt.TitleParams(
        text=title, subtitle=subtitle, anchor="start", fontSize=17, subtitleFontSize=13, offset=14, color=palette.ink,
        subtitleColor=palette.quiet,
    )  # fmt: skip
    drawn = chart.properties(width=PNG_WIDTH, title=heading, background=palette.ground).to_dict()
    drawn["padding"] = {**drawn["padding"], "left": 16, "top": 16, "right": 16, "bottom": 16}
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    target.write_bytes(vl_convert.vegalite_to_png(drawn, vl_version=version, scale=PNG_SCALE, allowed_base_urls=[]))
    return target
