"""The report's plots as drawings: confusion, limits of agreement, curve, figures in rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.eval.agreement.resampling import Estimate
from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.detail_curve import CurveView
from app.services.calibrating.detail_limits import LimitsView
from app.services.calibrating.report_canvas import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Canvas,
    Shape,
)
from app.services.calibrating.report_words import number

CELL_PX = 62.0
PALEST, DARKEST = 0.06, 0.55
"""Of the accent over the ground, so that the same ink is legible on every cell in both themes."""
ROW_PX, NAMES_PX = 26, 164
LABELS_PX = 46
"""At the right of the limits of agreement, for their values."""
APART_PX = 14
MOST_POINTS = 600
"""Of more a sample, as every fifth or so: the page must stay small."""
NAME_CHARS = 25

Row = tuple[str, Estimate, bool]
"""A name, a figure and whether it stands out."""


def confusion(view: ConfusionView, title: str, words: str = "") -> str:
    """People's common value against the judge's, with counts; darker is more of its row."""
    size = len(view.labels)
    side = min(CELL_PX, (WIDTH - LEFT - RIGHT) / max(size, 1))
    height = int(TOP + size * side + BOTTOM)
    left = (WIDTH - size * side) / 2
    drawing = Canvas((0, 1), (0, 1), title=title, words=words, size=(WIDTH, height))
    for row, counts in enumerate(view.counts):
        y = TOP + (size - 1 - row) * side
        drawing.text(left - 8, y + side / 2 + 4, view.labels[row], anchor="end")
        for column, count in enumerate(counts):
            share = count / max(sum(counts), 1)
            x = left + column * side
            solid = PALEST + (DARKEST - PALEST) * share
            drawing.box(x + 1, y + 1, side - 2, side - 2, "accent", solid)
            middle = (x + side / 2, y + side / 2 + 4)
            ink = "t1" if count else "t3"
            drawing.text(*middle, str(count) if count else "·", colour=ink, bold=row == column)
    for column, label in enumerate(view.labels):
        drawing.text(left + (column + 0.5) * side, TOP + size * side + 17, label)
    drawing.text(WIDTH / 2, height - 8, "judge", colour="t3")
    turned = max(13.0, left - 40)
    drawing.text(turned, TOP + size * side / 2, "people, common value", colour="t3", turned=True)
    return drawing.svg()


def limits(view: LimitsView, title: str, words: str = "") -> str:
    """Bland and Altman's plot: difference over mean, with bias, slope and limits of agreement."""
    found = view.limits
    assert found is not None, "callers draw it only where there is something"
    known = [v for v in (found.upper, found.bias, found.lower) if v is not None]
    reach = max(float(np.abs(view.y).max(initial=0.5)), *map(abs, known))
    low, high = view.ends
    drawing = Canvas(view.ends, (-reach, reach), title=title, words=words, right=LABELS_PX)
    drawing.axes("mean of judge and people", "judge − people")
    every = max(1, -(-len(view.x) // MOST_POINTS))
    for x, y in zip(view.x[::every].tolist(), view.y[::every].tolist()):
        drawing.mark(drawing.x(x), drawing.y(y), "accent", 2.5, solid=0.45)
    drawing.line((low, 0.0), (high, 0.0), "t3")
    if found.slope is not None:
        middle = float(view.x.mean())
        ends = [found.bias + found.slope * (x - middle) for x in (low, high)]
        drawing.line((low, ends[0]), (high, ends[1]), "accent", width=1.5, dashed=True)
    floor = -1e9
    for value in known:
        place = drawing.y(value)
        drawing.line((low, value), (high, value), "warn", width=1.5, dashed=value != found.bias)
        floor = max(floor + APART_PX, place + 4)
        label = number(value, signed=True)
        drawing.text(drawing.end + 4, floor, label, colour="t1", anchor="start")
    return drawing.svg()


def curve(view: CurveView, title: str, words: str = "") -> str:
    """People's mean at each level of the judge; the dashed line is perfect."""
    low, high = view.ends
    reach = [v for x in view.levels for v in (x.people.low, x.people.high) if v is not None]
    tall = (min(low, *reach), max(high, *reach)) if reach else view.ends
    drawing = Canvas(view.ends, tall, title=title, words=words)
    drawing.axes("judge", "people's mean")
    drawing.line((low, low), (high, high), "t3", dashed=True)
    for level in view.levels:
        found = level.people
        if found.value is None:
            continue
        if found.low is not None and found.high is not None:
            drawing.line((level.judge, found.low), (level.judge, found.high), "accent", width=2)
        drawing.mark(drawing.x(level.judge), drawing.y(found.value), "accent", 4)
        if level.corrected is not None:
            place = drawing.x(level.corrected), drawing.y(found.value)
            drawing.mark(*place, "warn", 4, shape="ring")
    return drawing.svg()


def rows(
    found: Sequence[Row], name: str, title: str, words: str = "", *, zero: bool = False
) -> str:
    """Figures with their intervals, one below the other; a diamond stands out."""
    shown = [r for r in found if r[1].value is not None]
    known = [v for _, e, _ in shown for v in (e.value, e.low, e.high) if v is not None]
    ends = (min([*known, *([0.0] if zero else [])]), max([*known, *([0.0] if zero else [])]))
    height = TOP + len(shown) * ROW_PX + BOTTOM
    size = (WIDTH, height)
    drawing = Canvas(ends, (0, 1), title=title, words=words, size=size, left=NAMES_PX)
    drawing.axes(name, "", y_ticks=False)
    if zero:
        at = drawing.x(0.0)
        drawing.raw_line((at, TOP), (at, height - BOTTOM), "t3")
    for n, (label, figure, stands_out) in enumerate(shown):
        y = TOP + (n + 0.5) * ROW_PX
        colour = "warn" if stands_out else "accent"
        drawing.text(NAMES_PX - 8, y + 4, _short(label), anchor="end", colour="t1")
        if figure.low is not None and figure.high is not None:
            ends_px = (drawing.x(figure.low), drawing.x(figure.high))
            drawing.raw_line((ends_px[0], y), (ends_px[1], y), colour, width=2)
        shape: Shape = "diamond" if stands_out else "dot"
        drawing.mark(drawing.x(figure.value or 0.0), y, colour, 4, shape=shape)
    return drawing.svg()


def _short(label: str) -> str:
    return label if len(label) <= NAME_CHARS else f"{label[: NAME_CHARS - 1]}…"
