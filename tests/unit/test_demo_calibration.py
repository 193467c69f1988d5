"""What was planted in the calibration demo is found by the figures, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from app.domain.errors import Cancelled
from app.domain.new import NewCall
from app.domain.query import parse
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.eval.calibration.biases import score_biases
from app.services import calls, demo_calibration, demo_truth, raters, timing
from app.services.assets import asset
from app.services.calibrating import agreement, board, gather, queues, rules, splits
from app.services.calibrating.agreement import Cell
from app.services.calibrating.correcting import gold
from app.services.calibrating.detail_biases import biases_of
from app.services.calibrating.detail_confusion import confusion_of
from app.services.calibrating.detail_source import Source, source_of
from app.services.calibrating.dimension import dimension
from app.services.calibrating.rating_set import RatingSet
from app.services.calibrating.votes_behind import Wanted, matching, rows_of, spot_of, votes_of
from app.services.demo_truth import Truth
from app.services.rating_forms import items_of
from app.services.rubrics import read_rubric
from app.services.workspace import Workspace

KEYS = ("brevity", "redundancy", "repetition", "placeholders", "speakability")


class Made(NamedTuple):
    ws: Workspace
    lead: Viewer
    truth: Truth
    found: RatingSet
    cells: Mapping[tuple[str, str], Cell]


class Stops(Quiet):
    """Cancels when the raters begin to answer."""

    def progress(self, done: int, total: int, note: str = "") -> None:
        self.late = "synthetic raters" in note and done == 2

    def raise_if_cancelled(self) -> None:
        if getattr(self, "late", False):
            raise Cancelled


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    ws = Workspace.open(tmp_path_factory.mktemp("calibration"))
    with pytest.raises(Cancelled):
        demo_calibration.add(Stops(), ws)
    demo_calibration.add(Quiet(), ws)  # goes on where it was stopped
    lead = raters.cli_viewer(ws)
    found = gather.load(ws, lead, "reply_basics")
    cells = agreement.matrix(found, rules.current(ws))
    yield Made(
        ws, lead, demo_truth.read_truth(), found,
        {(c.judge.ref.partition("@")[0], c.criterion.key): c for c in cells},
    )  # fmt: skip
    ws.close()


def test_the_assets_are_small_and_nothing_in_them_is_a_result() -> None:
    folder = asset(demo_truth.FOLDER)
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in files) < 4_200_000
    assert len([p for p in files if p.suffix == ".flac"]) >= 60
    assert {p.suffix for p in files} == {".flac", ".json", ".yaml", ".md"}


def test_every_planned_reply_is_a_turn(made: Made) -> None:
    for call_id in made.found.calls:
        call = calls.get_call(made.ws, call_id)
        planned = made.truth.plan[call.extra["calibration_demo"]]
        turns = timing.turn_set(made.ws, call_id)
        assert len(items_of(call_id, made.found.rubric, turns)) == len(planned)
        assert call.archived
    assert len(made.found.calls) == len(made.truth.plan) >= 60


def test_the_library_shows_none_of_its_calls_until_it_is_asked(made: Made) -> None:
    def shown(text: str) -> int:
        query = parse(text)
        with made.ws.db.read() as uow:
            return len(uow.library.seqs(made.lead, query))

    assert shown("") == 0
    assert shown("archived:yes") == len(made.truth.plan)


def test_raters_say_that_they_are_synthetic_and_nobody_can_be_them(made: Made) -> None:
    names = sorted(r.name for r in made.truth.raters)
    told = [made.found.names[made.found.raters[n]] for n in made.found.people]
    assert sorted(name for _, name, _ in told) == names
    assert {expertise for _, _, expertise in told} == {board.SYNTHETIC}
    assert all(name.startswith("Synthetic rater") for name in names)
    assert not {r.name for r in raters.raters(made.ws)} & set(names)


def test_each_raters_bias_is_found_in_its_order_and_sign(made: Made) -> None:
    by_bias = [r.name for r in sorted(made.truth.raters, key=lambda r: r.bias)]
    for panel in agreement.panels(made.found):
        harsh = {made.found.names[r][1]: v for r, v in panel.harshness.items()}
        assert sorted(harsh, key=lambda n: -harsh[n]) == by_bias, panel.criterion.key
        assert harsh[by_bias[0]] > 0 > harsh[by_bias[-1]]


def test_answers_are_drawn_anew_the_same_way() -> None:
    truth = demo_truth.read_truth()
    rubric = read_rubric(asset(demo_truth.FOLDER, "rubrics", "reply_basics.yaml"))
    first, second = (demo_truth.answers(truth, rubric) for _ in range(2))
    assert first == second
    assert {len(of_calls) for of_calls in first.values()} == {truth.labelled}
    a, b, c = first.values()
    assert a != b != c != a


@pytest.mark.parametrize("key", KEYS)
def test_leniency_is_found_as_large_as_it_was_planted(made: Made, key: str) -> None:
    """The share that it raises, of the replies that the plain rules leave room above."""
    share = made.truth.judges["demo_rules_lenient"]["share"]
    plain, lenient = (_scores(made, n, key) for n in ("demo_rules", "demo_rules_lenient"))
    top = max(level.value for level in made.found.rubric.criteria[KEYS.index(key)].levels)
    expected = share * float(np.mean(plain < top))
    rules_bias = made.cells["demo_rules", key].found.gold["bias"].value or 0.0
    bias = made.cells["demo_rules_lenient", key].found.gold["bias"]
    assert bias.low is not None
    assert bias.high is not None
    assert bias.low > 0
    assert bias.low <= expected + rules_bias <= bias.high
    assert set((lenient - plain).tolist()) == {0.0, 1.0}


def test_length_sways_the_one_judge_that_was_made_so_and_not_the_plain_rules(made: Made) -> None:
    key = "redundancy"
    found = {}
    for name in ("demo_rules", "demo_rules_long"):
        one = dimension(made.found, key)
        judge = made.cells[name, key].judge
        numbers = one.items.tolist()
        words = np.array([_words(made, n) for n in numbers])
        residual = one.judges[judge.rater_id] - gold(one)
        keep = ~np.isnan(residual)
        found[name] = score_biases(
            residual[keep], {"words": words[keep]}, one.people.calls[keep]
        ).coefficients["words"]
    assert found["demo_rules_long"].low > 0.01
    assert abs(found["demo_rules"].value) < 0.005


def test_good_and_bad_judges_end_on_different_rungs(made: Made) -> None:
    states = {pair: c.verdict.state for pair, c in made.cells.items()}
    assert sum(s >= 3 for (name, _), s in states.items() if name == "demo_rules") >= 2
    assert all(s >= 2 for (name, _), s in states.items() if name == "demo_rules")
    for key in ("brevity", "redundancy", "repetition"):
        assert states["demo_rules_noisy", key] == 1
        gap = made.cells["demo_rules_noisy", key].found.evidence.agreement.gap
        assert gap.high is not None
        assert gap.high < -0.3
    assert all(s <= 1 for (name, _), s in states.items() if name == "demo_rules_noisy")
    assert set(states.values()) == {0, 1, 2, 3, 4}
    best = made.cells["demo_rules", "redundancy"]
    assert best.verdict.state == 4
    assert best.found.evidence.repeat_consistency == 1.0
    assert best.found.evidence.anchors == "held"


def test_the_better_agent_is_seen_to_be_better(made: Made) -> None:
    one = dimension(made.found, "brevity")
    truth = gold(one)
    systems = made.found.strata["system"][one.items]
    assert np.nanmean(truth[systems == "nora 2.1.0"]) > np.nanmean(truth[systems == "otto 1.4.0"])


@pytest.mark.parametrize("kind", ["measure", "learn"])
def test_calls_whose_replies_are_judged_can_be_labelled_next(
    made: Made, kind: queues.QueueKind
) -> None:
    judge = made.found.judges_named("demo_rules_lenient")[0]
    wish = queues.Wish(kind=kind, minutes=20.0)
    told = queues.plan(made.ws, made.found, judge, "brevity", wish)
    assert told.picks
    assert told.pool == len(made.truth.plan)


def test_adding_it_again_adds_nothing(made: Made) -> None:
    before = _counts(made.ws)
    again = demo_calibration.add(Quiet(), made.ws)
    assert again.imported == ()
    assert len(again.duplicates) == len(made.truth.plan)
    assert _counts(made.ws) == before


def test_anchors_are_frozen_only_where_no_work_of_others_lies(made: Made) -> None:
    with made.ws.db.read() as uow:
        assert splits.stored(uow).is_frozen
    alone = demo_calibration._holds_samples_alone
    assert alone(made.ws, len(made.truth.plan))
    with made.ws.db.machine() as uow:
        other = NewCall(
            title="Own", rate_hz=8000, frame_count=8000, channel_map="mono", tracks=(), blobs=(),
            source_path="/home/me/own.wav", content_sha256="0" * 64,
        )  # fmt: skip
        calls.add_call(uow, other)
    assert not alone(made.ws, len(made.truth.plan))


def _counts(ws: Workspace) -> list[Any]:
    names = ("call", "score", "submission", "assignment", "run", "judge_version", "rater", "item")
    with ws.db.read() as uow:
        query = uow.connection.exec_driver_sql
        return [query(f"SELECT count(*) FROM {name}").scalar() for name in names]


def _scores(made: Made, name: str, key: str) -> Any:
    one = dimension(made.found, key)
    scores = one.judges[made.cells[name, key].judge.rater_id]
    return scores[one.is_labelled]


def _words(made: Made, number: int) -> int:
    item = made.found.items[number]
    turns = timing.turn_set(made.ws, item.call_id).turns
    return next(len(t.text.split()) for t in turns if t.span.start == item.start)


def test_every_asset_of_it_is_named_in_its_page() -> None:
    page = (Path(asset(demo_truth.FOLDER)) / "README.md").read_text(encoding="utf-8")
    for name in ("plan.json", "truth.yaml", "rubrics/", "judges/", "make_calibration_demo"):
        assert name in page


@pytest.fixture(scope="module")
def compared(made: Made) -> Mapping[str, Source]:
    """The judges of pairs by name."""
    rule, found = rules.current(made.ws), gather.load(made.ws, made.lead, "reply_pairs")
    cells = agreement.matrix(found, rule)
    return {c.judge.ref.partition("@")[0]: source_of(found, c, rule) for c in cells}


def test_pairs_are_of_one_topic_by_both_agents_and_their_raters_say_that_they_are_synthetic(
    made: Made, compared: Mapping[str, Source]
) -> None:
    found = compared["demo_pairs"].found
    assert len(found.items) == made.truth.pairs.count
    for item in found.items:
        one, two = found.calls[item.call_id], found.calls[item.other_call_id]
        assert one.agent != two.agent
        assert one.scenario_key == two.scenario_key
    assert set(board.facts_of(found).synthetic) == {r.name for r in made.truth.raters}
    assert (~np.isnan(compared["demo_pairs"].people.values)).all()
    offered = board.rubrics_scored(made.ws, made.lead)
    assert [o.version.key for o in offered] == ["reply_basics", "reply_pairs"]


def test_a_taste_for_what_is_shown_first_is_found_in_the_one_judge_that_was_made_so(
    made: Made, compared: Mapping[str, Source]
) -> None:
    """As often as it was planted: ties are followed by either order, verdicts by one."""
    share = made.truth.pairs.judges["demo_pairs_first"]["share"]
    plain, swayed = (compared[n] for n in ("demo_pairs", "demo_pairs_first"))
    expected = np.where(plain.judge == 0, (1 - share) ** 2, 1 - share).mean()
    told = biases_of(made.ws, swayed)
    assert told.position is not None
    assert told.position.consistency.low is not None
    assert told.position.consistency.high is not None
    assert told.position.consistency.low < expected < told.position.consistency.high
    assert told.position.first > 20 > told.position.second == 0
    assert told.regression.coefficients["intercept"].low > 0.5

    told = biases_of(made.ws, plain)
    assert told.position is not None
    assert told.position.consistency.value == 1.0
    assert told.regression.coefficients["intercept"].low <= 0


def test_a_number_leads_to_the_sound_of_both_calls(
    made: Made, compared: Mapping[str, Source]
) -> None:
    one = compared["demo_pairs_first"]
    listed = rows_of(one, matching(one, confusion_of(one), Wanted(row=2, column=1)))
    assert listed.total > 5
    heard = 0
    for row in listed.rows:
        votes = votes_of(made.ws, made.lead, one, row.place)
        assert {v.kind for v in votes} == {"person", "judge", "other judge"}
        item = one.found.items[int(one.numbers[row.place])]
        for second, call_id in ((False, item.call_id), (True, item.other_call_id)):
            spot = spot_of(row, votes, second=second)
            assert spot is not None
            assert spot.call_id == call_id
            assert 0 <= spot.start < spot.end <= one.found.calls[call_id].frame_count
            turns = timing.turn_set(made.ws, call_id).turns
            heard += (spot.start, spot.end) in {
                (t.span.start, t.span.end) for t in turns if t.speaker == "agent"
            }
    assert heard > listed.total, "most verdicts point at a reply in each call"


def test_order_decides_whether_a_judge_of_pairs_may_be_used(compared: Mapping[str, Source]) -> None:
    plain, swayed = (compared[n].cell for n in ("demo_pairs", "demo_pairs_first"))
    assert plain.verdict.state >= 2
    assert swayed.verdict.state == 1
    assert "order" in {c.name for c in swayed.verdict.failing}
