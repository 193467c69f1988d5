"""Every read path of figures, tried by whoever placed a live call before and after they rate it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain.browsing import CallRow, Sort, SummaryFigures
from app.domain.errors import BadInput
from app.domain.evaluation import NewResult
from app.domain.ids import new_id
from app.domain.metrics import MetricValue
from app.domain.ratings import Answer, Viewer
from app.domain.segments import Layer
from app.domain.work import Quiet
from app.services import (
    browsing,
    call_figures,
    comparing,
    evaluating,
    exporting,
    layers,
    live_calls,
    raters,
    review_page,
    reviewing,
    set_figures,
    timing,
)
from app.services.judging import set_scores
from app.services.live_calls import caller_rating
from app.services.workspace import Workspace
from app.ui.library.fetch_overview import open_overview
from tests.unit.services.conftest import make_layer, speech_segments

FIGURES = SummaryFigures(
    turns=4, p50_ms=900, p95_ms=1700, max_latency_ms=1900, interruptions=2, overlaps=3,
    silence_ms=2000, longest_silence_ms=1500, reaction_p50_ms=400,
)  # fmt: skip
EVENTS = [
    {"kind": "other", "start": 10, "label": "a mark"},
    {"kind": "other", "start": 20, "label": "cut after 800 ms", "is_timing": True},
]
LIVE = {"turns": [{"mouth_to_ear_ms": 900}], "barge_ins": [], "talk_overs": [], "stream": {}}
MEASURED = ("metric.wer@caller:>0.1", "metric.wer@caller:<9", "-metric.wer@caller:>9")
TIMED = ("p50:>100ms", "p95:>1500ms", "latency:<9s", "-latency:>9s", "silence:>1ms", "overlap:>0",
         "interruptions:>0", "-p95:<100ms")  # fmt: skip
SORTED = ("p50", "p95", "latency", "interruptions", "overlaps", "metric:wer@caller")


@dataclass
class Scene:
    ws: Workspace
    me: Viewer
    mine: str
    theirs: str

    def found(self, viewer: Viewer, text: str, sort: Sort = Sort("code", False)) -> list[str]:  # noqa: B008
        seqs = browsing.call_ids(self.ws, viewer, browsing.parse_query(text), sort)
        return browsing.uuids(self.ws, seqs)

    def row(self, viewer: Viewer) -> CallRow:
        with self.ws.db.read() as uow:
            seq = uow.calls.seq(self.mine)
        assert seq is not None
        return browsing.call_rows(self.ws, viewer, [seq], ["wer@caller"])[0]

    def counted(self, viewer: Viewer, key: str) -> int:
        facets = browsing.facets(self.ws, viewer, browsing.parse_query(""))
        return sum(v.count for f in facets if f.key == key for v in f.values)

    def rate(self, viewer: Viewer) -> None:
        rubric = live_calls.conversation_rubric(self.ws)
        one = Answer(status="observed", value=1)
        live_calls.rate(self.ws, viewer, self.mine, {c.key: one for c in rubric.criteria})


@pytest.fixture(params=["reviewer", "lead"])
def me(request: pytest.FixtureRequest, ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Me", request.param)


@pytest.fixture
def scene(ws: Workspace, me: Viewer, make_call: Callable[..., str]) -> Scene:
    """Two calls, of which I placed the first; all that is measured is as high or higher there."""
    ids: list[str] = []
    for placed_by in (me.rater_id, new_id()):
        call_id = make_call(
            extra={"live": {"placed_by": placed_by, **LIVE}, "responses": [], "events": EVENTS}
        )
        layer: Layer = make_layer(call_id, "speech", "detector")
        layers.add_layer(ws, layer, speech_segments())
        with ws.db.machine() as uow:
            uow.summaries.set_figures(call_id, FIGURES)
            uow.evaluations.add(result(call_id, wer=0.3 if ids else 0.4))
        ids.append(call_id)
    return Scene(ws, me, *ids)


def result(call_id: str, *, wer: float) -> NewResult:
    value = MetricValue(metric_id="wer", value=wer, speaker="caller")
    return NewResult(
        call_id=call_id, evaluator="text.error_rates", version="1", args={}, key=new_id(),
        inputs={}, status="ok", values=(value,),
    )  # fmt: skip


def told(row: CallRow) -> tuple[Any, ...]:
    return (row.p50_ms, row.p95_ms, row.max_latency_ms, row.interruptions, row.overlaps)


def test_rows_of_the_library(scene: Scene, other_reviewer: Viewer) -> None:
    row = scene.row(scene.me)
    assert told(row) == (None,) * 5
    assert (row.awaits_caller, dict(row.figures), row.ticks) == (True, {}, b"")
    assert row.turns == FIGURES.turns
    other = scene.row(other_reviewer)
    assert told(other) == (900, 1700, 1900, 2, 3)
    assert (other.awaits_caller, dict(other.figures)) == (False, {"wer@caller": 0.4})
    scene.rate(scene.me)
    assert told(scene.row(scene.me)) == told(other)
    assert dict(scene.row(scene.me).figures) == {"wer@caller": 0.4}


def test_filters_find_it_by_no_figure(scene: Scene, other_reviewer: Viewer) -> None:
    both = [scene.mine, scene.theirs]
    for query in (*MEASURED, *TIMED):
        assert scene.found(scene.me, query) == [scene.theirs], query
        assert scene.found(scene.me, f"{query} archived:any") == [scene.theirs], query
        assert scene.found(other_reviewer, query) == both, query
    scene.rate(scene.me)
    for query in (*MEASURED, *TIMED):
        assert scene.found(scene.me, query) == both, query


def test_sorts_put_it_behind_both_ways(scene: Scene, other_reviewer: Viewer) -> None:
    with scene.ws.db.machine() as uow:
        low = SummaryFigures(
            turns=4, p50_ms=1, p95_ms=1, max_latency_ms=1, interruptions=0, overlaps=0
        )
        uow.summaries.set_figures(scene.theirs, low)
    rising = [scene.theirs, scene.mine]
    for key, query in product(SORTED, ("", "archived:any", "turns:>0")):
        for descending in (False, True):
            sort = Sort(key, descending)
            assert scene.found(other_reviewer, query, sort) == rising[:: -1 if descending else 1]
            assert scene.found(scene.me, query, sort) == [scene.theirs, scene.mine], (key, query)
    scene.rate(scene.me)
    for key in SORTED:
        assert scene.found(scene.me, "", Sort(key, True)) == [scene.mine, scene.theirs], key


def test_facets_do_not_count_it(scene: Scene, other_reviewer: Viewer) -> None:
    figures = [f.key for f in browsing.facets(scene.ws, scene.me, browsing.parse_query(""))
               if sum(v.count for v in f.values) == 1]  # fmt: skip
    assert "p95" in figures
    for key in figures:
        assert scene.counted(other_reviewer, key) == 2
    assert scene.counted(scene.me, "flagged") == 2
    scene.rate(scene.me)
    assert scene.counted(scene.me, "p95") == 2


def test_the_preview(scene: Scene, other_reviewer: Viewer) -> None:
    shown = browsing.preview(scene.ws, scene.me, scene.mine)
    assert (shown.silence_ms, shown.longest_silence_ms, shown.reaction_p50_ms) == (None,) * 3
    assert told(shown.row) == (None,) * 5
    assert "turns" not in shown.call.extra["live"]
    assert browsing.preview(scene.ws, other_reviewer, scene.mine).silence_ms == 2000


def test_the_review_has_turns_and_no_figure(scene: Scene, other_reviewer: Viewer) -> None:
    mine = reviewing.load(scene.ws, scene.me, scene.mine)
    other = reviewing.load(scene.ws, other_reviewer, scene.mine)
    assert mine.turn_set is not None
    assert other.turn_set is not None
    assert mine.awaits_caller
    assert len(mine.turn_set.turns) == len(other.turn_set.turns) == 4
    assert not any(t.latency for t in mine.turn_set.turns)
    assert not mine.turn_set.latencies
    assert mine.stats.count == 0
    assert len(other.turn_set.latencies) == 3
    assert "turns" not in mine.call.extra["live"]
    assert [e.label for e in mine.events] == ["a mark"]
    assert [e.label for e in other.events] == ["a mark", "cut after 800 ms", "dead air"]
    # An edit of a boundary derives all of it anew.
    assert mine.layer is not None
    moved = reviewing.rederived(mine, layer=mine.layer, segments=mine.segments, overrides={})
    assert moved.turn_set is not None
    assert not moved.turn_set.latencies
    scene.rate(scene.me)
    assert reviewing.load(scene.ws, scene.me, scene.mine).stats == other.stats


def test_the_metrics_tab_and_values(scene: Scene, other_reviewer: Viewer) -> None:
    assert call_figures.call_figures(scene.ws, scene.me, scene.mine).figures == ()
    assert evaluating.values(scene.ws, scene.mine, viewer=scene.me) == []
    assert len(evaluating.values(scene.ws, scene.mine, viewer=other_reviewer)) == 1
    assert not timing.turn_set(scene.ws, scene.mine, viewer=scene.me).latencies
    scene.rate(scene.me)
    assert len(evaluating.values(scene.ws, scene.mine, viewer=scene.me)) == 1


def test_comparisons_and_sets_count_it_as_not_measured(
    scene: Scene, other_reviewer: Viewer
) -> None:
    def compared(viewer: Viewer) -> int:
        found = comparing.compare(scene.ws, [scene.mine], [scene.theirs], viewer=viewer)
        return len(found.metrics)

    assert (compared(scene.me), compared(other_reviewer)) == (0, 1)
    ids = [scene.mine, scene.theirs]
    assert evaluating.values_of(scene.ws, ids, ["wer"], viewer=scene.me)[0].call_id == scene.theirs
    assert scene.mine not in set_scores.load(scene.ws, scene.me, ids).measured
    assert set_figures.condition_figures(scene.ws, scene.me, [scene.mine]) == []
    scene.rate(scene.me)
    assert compared(scene.me) == 1


def test_exports(scene: Scene, other_reviewer: Viewer, tmp_path: Path) -> None:
    def written(viewer: Viewer, form: str) -> str:
        done = exporting.export(
            Quiet(), scene.ws, viewer, form, tmp_path / viewer.name / form, call_ids=[scene.mine]
        )
        assert bool(done.warnings) == (viewer == scene.me)
        return "".join((done.out_dir / f).read_text() for f in done.files)

    latency = "0.125"  # the agent's, by the fixture's segments
    for form in ("jsonl", "csv", "textgrid", "eaf"):
        assert latency in written(other_reviewer, form), form
        assert latency not in written(scene.me, form), form


def test_the_page_for_machines_without_a_display(
    scene: Scene, other_reviewer: Viewer, tmp_path: Path
) -> None:
    def latencies(viewer: Viewer) -> int:
        page = review_page.write(scene.ws, viewer, tmp_path / viewer.name, [])
        return page.read_text().count("125 ms")

    assert latencies(other_reviewer) == 2 * latencies(scene.me) > 0


def test_the_picture_of_the_preview(
    scene: Scene, other_reviewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = browsing.preview(scene.ws, scene.me, scene.mine).call
    bare = SimpleNamespace(peaks=None)
    monkeypatch.setattr("app.services.media.open_media", lambda *_: bare)
    call = replace(call, tracks=())
    assert not open_overview(Quiet(), scene.ws, scene.me, call).data.responses
    assert open_overview(Quiet(), scene.ws, other_reviewer, call).data.responses


def test_a_rating_that_is_skipped_with_a_reason_opens_the_call(scene: Scene) -> None:
    with pytest.raises(BadInput, match="reason"):
        caller_rating.skip(scene.ws, scene.me, scene.mine, "  ")
    assert told(scene.row(scene.me)) == (None,) * 5
    caller_rating.skip(scene.ws, scene.me, scene.mine, "a trial of the devices")
    assert told(scene.row(scene.me)) == (900, 1700, 1900, 2, 3)
    assert not reviewing.load(scene.ws, scene.me, scene.mine).awaits_caller
