"""The screen of comparisons: sets, table, panel, plot, exports, keys."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import Qt

from app.domain.comparing import ComparedMetric, Pair
from app.domain.errors import EnvironmentFault
from app.domain.evaluation import EvaluatorSpec
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.work import Quiet
from app.eval import registry
from app.eval.base import CallInput, Outcome, Watch
from app.services import calls, evaluating
from app.services.opening import open_workspace
from app.services.set_figures import SetFigure
from app.services.workspace import Workspace
from app.ui.comparing.export import HEAD, table, write_table
from app.ui.comparing.panel import figure_words
from app.ui.comparing.plot import MetricPlot
from app.ui.comparing.rows import figure, p_words, rows_of, signed
from app.ui.comparing.screen import CompareScreen
from app.ui.comparing.work import MOST_CODES, Side, sides_of
from app.ui.context import UiContext
from app.ui.library.words import MINUS
from app.ui.main_window import MainWindow
from app.ui.theme import Theme
from tests.ui.shell_support import add_calls, context

CALLS = 16


def _spec(ident: str, title: str, direction: Any) -> MetricSpec:
    return MetricSpec(
        id=ident, title=title, unit="s", direction=direction, family="signal",
        evaluator="test.lengths", about="Made for a test.", source="No paper",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The length of a call, which grows with its number; and what only the first half has."""

    name: ClassVar[str] = "test.lengths"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Lengths"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (
        _spec("constant", "Constant", "none"),
        _spec("length", "Length", "up"),
        _spec("half", "Only short calls", "down"),
    )
    reads: ClassVar[frozenset[Any]] = frozenset()
    needs: ClassVar[frozenset[Any]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        seconds = source.call.frame_count / source.call.rate_hz
        found = [
            MetricValue(metric_id="constant", value=1.0, unit="s"),
            MetricValue(metric_id="length", value=seconds, unit="s"),
        ]
        if seconds <= CALLS * 5:
            found.append(MetricValue(metric_id="half", value=seconds, unit="s"))
        return Outcome(values=tuple(found))


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> Iterator[UiContext]:
    """Sixteen measured calls; the second half of them are twice as far along as the first."""
    monkeypatch.setattr(registry, "PLACES", {"test.lengths": "tests.ui.test_comparing:Lengths"})
    monkeypatch.setattr(registry, "DEFAULT", ("test.lengths",))
    for cached in (registry.evaluator_class, registry.catalogue):
        cached.cache_clear()
    ws = open_workspace(tmp_path / "ws", create=True)
    add_calls(ws, CALLS)
    with context(ws) as made:
        yield made
        if made.has_runs:
            made.runs.close()
    ws.close()
    for cached in (registry.evaluator_class, registry.catalogue):
        cached.cache_clear()


def _ids(ws: Workspace) -> list[str]:
    return [calls.get_call(ws, f"CB-{n:05d}").id for n in range(1, CALLS + 1)]


def _measure(ctx: UiContext) -> None:
    specs = [EvaluatorSpec(name="test.lengths")]
    run = evaluating.create(ctx.ws, ctx.viewer, _ids(ctx.ws), specs, where="threads", workers=1)
    evaluating.drive(Quiet(), ctx.ws, run.id)


def _open(ctx: UiContext, qtbot: Any, **kwargs: Any) -> tuple[MainWindow, CompareScreen]:
    window = MainWindow(ctx)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.show_screen("compare", **kwargs)
    screen = window.front
    assert isinstance(screen, CompareScreen)
    return window, screen


def _halves(ctx: UiContext) -> dict[str, list[str]]:
    ids = _ids(ctx.ws)
    return {"a_ids": ids[: CALLS // 2], "b_ids": ids[CALLS // 2 :]}


def _shown(qtbot: Any, screen: CompareScreen) -> None:
    qtbot.waitUntil(lambda: screen.parts.shows_table, timeout=15_000)


def test_sets_are_compared_and_told(ctx: UiContext, qtbot: Any) -> None:
    _measure(ctx)
    _, screen = _open(ctx, qtbot, **_halves(ctx))
    _shown(qtbot, screen)
    rows = {row.metric.metric_id: row for row in screen.model.rows}
    assert set(rows) == {"constant", "length"}
    assert rows["length"].metric.difference == pytest.approx(80.0)
    assert rows["length"].metric.verdict == "better"
    assert rows["constant"].metric.verdict == "unclear"
    assert "Only short calls: set B has no value." in screen.panel.lacks.text()
    assert screen.panel.about.text().startswith("Made for a test.")
    assert screen.panel.source.text() == "No paper"
    assert "not paired" in screen.panel.how.text().lower()


def test_order_by_p_puts_the_clearest_first_and_keeps_the_choice(
    ctx: UiContext, qtbot: Any
) -> None:
    _measure(ctx)
    _, screen = _open(ctx, qtbot, **_halves(ctx))
    _shown(qtbot, screen)
    screen.table.step(1)
    chosen = screen.table.current
    assert chosen is not None
    assert chosen.metric.metric_id == "length"
    screen.parts.strip.order.setFocus()
    qtbot.keyClick(screen.parts.strip.order, Qt.Key.Key_Right)
    assert [r.metric.metric_id for r in screen.model.rows] == ["length", "constant"]
    assert screen.table.current is not None
    assert screen.table.current.metric.metric_id == "length"


def test_keys_move_swap_and_leave(ctx: UiContext, qtbot: Any) -> None:
    _measure(ctx)
    window, screen = _open(ctx, qtbot, **_halves(ctx))
    _shown(qtbot, screen)
    screen.table.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_Down)
    assert screen.table.current is not None
    assert screen.table.current.metric.metric_id == "length"
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    before = screen.head.a.side
    qtbot.keyClick(screen.table, Qt.Key.Key_S, control | shift)
    assert screen.head.b.side == before
    _shown(qtbot, screen)
    assert screen.model.rows[1].metric.difference == pytest.approx(-80.0)
    assert screen.model.rows[1].metric.verdict == "worse"
    screen.table.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_Escape)
    assert window.front is not None
    assert window.front.key == "library"


def test_typed_queries_are_compared_by_enter(ctx: UiContext, qtbot: Any) -> None:
    _measure(ctx)
    _, screen = _open(ctx, qtbot)
    qtbot.keyClicks(screen.head.a.edit, "agent:nora")
    qtbot.keyClicks(screen.head.b.edit, "agent:marlow")
    qtbot.keyClick(screen.head.b.edit, Qt.Key.Key_Return)
    _shown(qtbot, screen)
    assert screen.found is not None
    assert (screen.found.comparison.a_calls, screen.found.comparison.b_calls) == (8, 8)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("", "agent:nora", "Set A is not told"),
        ("agent:nora", "agent:nobody", "Set B is empty"),
        ("agent:nora", "agent:nora", "same calls"),
        ("nofield:1", "agent:nora", "nofield"),
    ],
)
def test_what_cannot_be_compared_is_said_in_words(
    ctx: UiContext, qtbot: Any, a: str, b: str, said: str
) -> None:
    _, screen = _open(ctx, qtbot)
    screen.head.a.set_side(Side(a))
    screen.head.b.set_side(Side(b))
    screen.compare()
    qtbot.waitUntil(lambda: said in screen.parts.words._title.text(), timeout=10_000)
    assert not screen.parts.shows_table
    assert screen.parts.words._text.text()


def test_unmeasured_sets_say_what_to_do(ctx: UiContext, qtbot: Any) -> None:
    window, screen = _open(ctx, qtbot, **_halves(ctx))
    words = screen.parts.words
    qtbot.waitUntil(lambda: "No figure" in words._title.text(), timeout=10_000)
    words._button.click()
    assert window.front is not None
    assert window.front.key == "library"


def test_before_anything_is_told_the_way_leads_to_the_library(ctx: UiContext, qtbot: Any) -> None:
    window, screen = _open(ctx, qtbot)
    for press in (lambda: None, screen.compare):
        press()
        assert screen.parts.words._button.text() == "Go to the library"
        screen.parts.words._button.click()
        assert window.front is not None
        assert window.front.key == "library"
        window.show_screen("compare")


def test_stop_drops_the_answer(ctx: UiContext, qtbot: Any) -> None:
    _measure(ctx)
    _, screen = _open(ctx, qtbot)
    halves = _halves(ctx)
    screen.loader.fetch(Side(ids=tuple(halves["a_ids"])), Side(ids=tuple(halves["b_ids"])))
    assert screen.parts.words._button.text() == "Stop"
    screen.parts.words._button.click()
    assert not screen.loader.is_busy
    qtbot.waitUntil(lambda: not ctx.runner.live, timeout=10_000)
    assert screen.found is None
    assert not screen.parts.shows_table


def test_selection_becomes_a_query_or_is_kept(ctx: UiContext, qtbot: Any) -> None:
    few, _ = sides_of(ctx.ws, "", [1, 2])
    assert few.query == "code:CB-00001,CB-00002"
    many, other = sides_of(ctx.ws, "", list(range(1, MOST_CODES + 2)))
    assert len(many.ids) == MOST_CODES + 1
    assert other.is_empty
    assert sides_of(ctx.ws, " agent:nora ", [])[0] == Side("agent:nora")
    _, screen = _open(ctx, qtbot, query="", seqs=list(range(1, 13)))
    kept = screen.head.a.kept
    qtbot.waitUntil(lambda: kept.text() == "12 selected calls", timeout=10_000)
    kept.click()
    assert screen.head.a.side.is_empty
    assert screen.head.a.edit.isVisible()


def test_table_is_exported_as_it_is_sorted(ctx: UiContext, qtbot: Any, tmp_path: Path) -> None:
    _measure(ctx)
    _, screen = _open(ctx, qtbot, **_halves(ctx))
    _shown(qtbot, screen)
    target = tmp_path / "out.csv"
    screen.saving.write(target, screen.write_table)
    read = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert [r["metric_id"] for r in read] == ["constant", "length"]
    assert float(read[1]["difference"]) == pytest.approx(80.0)
    said: list[str] = []
    ctx.bus.message.connect(lambda level, _text, _remedy: said.append(level))
    screen.saving.write(tmp_path / "no" / "out.csv", screen.write_table)
    assert said == ["error"]


def test_plot_is_written_as_png_and_svg(ctx: UiContext, qtbot: Any, tmp_path: Path) -> None:
    _measure(ctx)
    _, screen = _open(ctx, qtbot, **_halves(ctx))
    _shown(qtbot, screen)
    screen.saving.write(tmp_path / "plot.png", screen.panel.plot.save)
    screen.saving.write(tmp_path / "plot.svg", screen.panel.plot.save)
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "plot.svg").read_bytes()
    with pytest.raises(EnvironmentFault, match="could not be written"):
        screen.panel.plot.save(tmp_path / "no" / "plot.svg")


METRIC = ComparedMetric(
    metric_id="m", title="=cmd()", unit="s", direction="up", decimals=2, speaker="caller",
    profile="@p", n=2, n_a=2, n_b=2, mean_a=1.5, mean_b=2.5, difference=1.0, low=-1.0, high=2.0,
    p=0.5, p_holm=0.5,
    pairs=(
        Pair(label="x", a=1.0, b=3.0, a_ids=("a1", "a2"), b_ids=("b1",)),
        Pair(label="y", a=2.0, b=2.0, a_ids=("a3",), b_ids=("b2",)),
    ),
)  # fmt: skip


def test_cells_that_a_spreadsheet_would_run_are_marked() -> None:
    read = dict(zip(HEAD, list(csv.reader(table([METRIC]).splitlines()))[1], strict=True))
    for name in ("title", "profile"):
        assert read[name][0] not in "=+-@"
    assert read["low_95"] == "-1.0"
    assert (
        dict(
            zip(
                HEAD,
                list(csv.reader(table([replace(METRIC, p=None)]).splitlines()))[1],
                strict=True,
            )
        )["p"]
        == ""
    )


def test_pairs_are_chosen_by_keys_and_opened(qtbot: Any) -> None:
    plot = MetricPlot(Theme())
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show()
    assert not plot.is_made
    plot.show_metric(METRIC, {"a1": "CB-1", "b1": "CB-2", "a3": "CB-3"}, "slopes")
    said, opened = [], []
    plot.words_changed.connect(said.append)
    plot.pair_opened.connect(opened.append)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert opened == []
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert said[-1] == "A CB-1, a2: 1.00, B CB-2: 3.00"
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert opened == ["a3"]
    plot.show_metric(METRIC, {}, "scatter")
    assert plot.plot.getAxis("bottom").labelText == "A, s"


def test_clicked_point_opens_its_first_call(qtbot: Any) -> None:
    plot = MetricPlot(Theme())
    qtbot.addWidget(plot)
    plot.show_metric(METRIC, {}, "scatter")
    scatter = next(i for i in plot.plot.items if hasattr(i, "sigClicked") and hasattr(i, "points"))
    with qtbot.waitSignal(plot.pair_opened) as told:
        plot._on_clicked(scatter, [scatter.points()[0]])
    assert told.args == ["a1"]


def test_plot_follows_the_theme(qtbot: Any) -> None:
    theme = Theme()
    plot = MetricPlot(theme)
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.show_metric(METRIC, {}, "slopes")
    plot.show()
    theme.apply("light")
    image = plot.grab().toImage()
    assert image.pixelColor(image.width() - 6, 6) == theme.color("canvas")


def test_figures_of_conditions_say_of_what_or_why_not() -> None:
    told = SetFigure(
        metric_id="wer_noise", title="Errors in noise", value=0.25, calls=4,
        components={"noise": "babble", "recogniser": "spoken, x"},
    )  # fmt: skip
    assert figure_words(told) == "Errors in noise (babble, spoken, x): 0.250, of 4 calls"
    lacking = SetFigure(metric_id="a", title="Accent", status="undefined", reason="None was read.")
    assert figure_words(lacking) == "Accent: None was read."


def test_words_of_numbers() -> None:
    assert figure(-0.001, 2) == "0.00"
    assert figure(-1.5, 1) == f"{MINUS}1.5"
    assert signed(0.0, 2) == "0.00"
    assert signed(0.25, 2) == "+0.25"
    assert p_words(None) == "–"
    assert p_words(0.0001).startswith("<")
    assert p_words(0.0123) == "0.012"


def test_interval_lies_on_the_rows_own_scale() -> None:
    row = rows_of([METRIC], "catalogue")[0]
    assert (row.low, row.share, row.high) == (-0.5, 0.5, 1.0)
    bare = rows_of([replace(METRIC, difference=0.0, low=None, high=None)], "p")[0]
    assert (bare.low, bare.share) == (None, 0.0)
    assert "too few" in bare.interval_words


def test_table_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        write_table(tmp_path / "no" / "x.csv", [METRIC])


def test_points_of_unpaired_sets_tell_their_calls(ctx: UiContext, qtbot: Any) -> None:
    _measure(ctx)
    window, screen = _open(ctx, qtbot, **_halves(ctx))
    _shown(qtbot, screen)
    screen.table.step(1)
    plot = screen.panel.plot
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    metric = screen.model.rows[1].metric
    code = plot._codes[plot._loose[0][0]]
    assert screen.panel.picked.text() == f"A {code}: {figure(metric.a[0], 2)}"
    assert metric.a[0] == 10.0 * int(code.removeprefix("CB-"))
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    code = plot._codes[plot._loose[-1][0]]
    assert metric.b[-1] == 10.0 * int(code.removeprefix("CB-"))
    with qtbot.waitSignal(screen.navigate) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert told.args[0] == "review"
    assert told.args[1]["call_id"] == plot._loose[-1][0]
    assert window.front is not None
    assert window.front.key == "review"
