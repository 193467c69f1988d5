"""The metrics tab says every state in words, and plays what a number came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.calls import Span
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.services.call_figures import CallFigures, Figure
from app.ui.review.metrics_panel import MetricsPanel
from app.ui.review.metrics_words import (
    REPORTED,
    STALE_WORDS,
    THIS_TURN,
    MetricRow,
    metric_rows,
)
from tests.ui import review_support as support
from tests.ui.review_support import frames

SPEC = MetricSpec(
    id="latency", title="Median response latency", unit="ms", direction="down", family="turns",
    evaluator="turns.callbench", about="Half of the responses are faster.", decimals=0,
    headline=True,
)  # fmt: skip
SPANS = (Span(frames(6.9), frames(7.8)), Span(frames(15.5), frames(17.3)))


def figure(**changes: Any) -> Figure:
    value = MetricValue(
        metric_id="latency", value=1840.4, unit="ms", n=2, speaker="agent", profile="callbench-1",
        components={"responses": 2}, evidence=tuple(Evidence(span=s) for s in SPANS),
    )  # fmt: skip
    made = Figure(spec=SPEC, value=value, evaluator="turns.callbench", version="1")
    return replace(made, **changes)


def figures(*made: Figure, **more: Any) -> CallFigures:
    return CallFigures(figures=made, reported=more.pop("reported", {}), **more)


def row_of(made: Figure) -> Any:
    return metric_rows(figures(made))[1]


def test_a_value_has_unit_decimals_direction_and_what_it_rests_on() -> None:
    row = row_of(figure())
    assert row.value == "1\u202f840 ms"
    assert row.arrow == "↓"
    assert "n 2" in row.small
    assert "turns.callbench 1" in row.small
    assert row.speaker == "agent"
    assert "Half of the responses" in row.about
    assert "responses 2" in row.about


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("undefined", "undefined: No agent turn."),
        ("unavailable", "unavailable: No agent turn."),
        ("needs_answer", "asks a person · 0 answers"),
    ],
)
def test_what_has_no_value_says_why(status: Any, words: str) -> None:
    row = row_of(figure(value=missing("latency", "No agent turn.", status=status)))
    assert row.value == ""
    assert row.note == words
    assert row.asks == (status == "needs_answer")


def test_an_old_value_says_so_and_a_reported_one_is_no_measurement() -> None:
    assert row_of(figure(is_current=False)).note == STALE_WORDS
    rows = metric_rows(figures(figure(), reported={"mean_latency": 0.4}))
    assert rows[-1].group == REPORTED
    assert "not measured here" in rows[-1].note


def test_long_groups_are_folded_behind_their_headlines_and_turns_stand_apart() -> None:
    tail = replace(SPEC, id="x", title="Tail", headline=False)
    many = [replace(figure(spec=tail), value=replace(figure().value, metric_id=f"x{n}"))
            for n in range(9)]  # fmt: skip
    turn = figure(value=replace(figure().value, turn_id="t3"))
    found = figures(*many, figure(), turn)
    rows = metric_rows(found, turn_id="t3")
    assert [r.group for r in rows[:2]] == [THIS_TURN, THIS_TURN]
    group = rows[2].group
    assert rows[3].title == SPEC.title
    assert rows[-1].title == "4 more"
    whole = metric_rows(found, turn_id="t3", unfolded={group})
    assert sum(r.kind == "figure" for r in whole) == 11
    assert not any(r.group == THIS_TURN for r in metric_rows(found))


@pytest.fixture
def panel(qtbot: Any) -> Iterator[MetricsPanel]:
    ctx = support.context()
    made = MetricsPanel(ctx, support.session(ctx))
    qtbot.addWidget(made)
    made.resize(469, 400)
    made.figures = figures(figure(), figure(value=missing(
        "latency", "Nobody answered.", status="needs_answer")))  # fmt: skip
    made._show()
    yield made
    ctx.runner.close()


def test_enter_plays_one_span_after_the_other_and_says_which(panel: MetricsPanel) -> None:
    session, rows = panel._session, panel.list.metrics.rows
    at = next(n for n, r in enumerate(rows) if r.evidence)
    panel.list.setCurrentIndex(panel.list.metrics.index(at))
    for n, span in ((1, SPANS[0]), (2, SPANS[1]), (1, SPANS[0])):
        QTest.keyClick(panel.list, Qt.Key.Key_Return)
        assert session.view.selection == span
        assert session.playback.is_playing
        assert panel._ctx.player.at == span.start
        assert panel.list.metrics.place(rows[at]) == f"{n} of 2"


def test_what_asks_a_person_leads_to_the_scoring(qtbot: Any, panel: MetricsPanel) -> None:
    row = next(r for r in panel.list.metrics.rows if r.asks)
    with qtbot.waitSignal(panel.score_asked):
        panel.act(row)


def test_symbols_in_doubt_are_answered_one_by_one() -> None:
    """The figure of symbols asks for its own list, every other one for the form."""
    from types import SimpleNamespace

    from app.ui.review.metrics_panel import SYMBOLS, MetricsPanel

    heard: list[str] = []
    panel = SimpleNamespace(
        symbols_asked=SimpleNamespace(emit=lambda: heard.append("symbols")),
        score_asked=SimpleNamespace(emit=lambda: heard.append("form")),
    )
    for metric in (SYMBOLS, "sasr"):
        row = MetricRow(kind="figure", group="g", title="t", asks=True, key=(metric, "", "", ""))
        MetricsPanel.act(panel, row)  # type: ignore[arg-type]
    assert heard == ["symbols", "form"]


def test_direction_is_spoken() -> None:
    row = MetricRow(kind="figure", group="g", title="Word error rate", value="0.1", arrow="↓")
    assert "lower is better" in row.spoken
