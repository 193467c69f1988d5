"""Figures over calls: what people answered, seen through the mask; conditions held apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain.calls import Span, Track
from app.domain.clock import utc_now
from app.domain.evaluation import NewResult
from app.domain.ids import new_id
from app.domain.metrics import MetricValue
from app.domain.new import AudioBlob, NewCall
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.rubrics import RubricVersion
from app.eval.registry import PLACES, evaluator_class
from app.eval.set_metrics import MOS_LEAST_VOTES, SET_METRICS
from app.services import browsing, calls, raters, rating, rubrics
from app.services.assets import asset
from app.services.set_figures import (
    SetFigure,
    condition_figures,
    has_interference,
    human_figures,
    mean_opinion,
)
from app.services.workspace import Workspace
from db.repos.scores import NewScore

RATE, FRAMES = 8000, 80_000
TURNS = (Span(0, 8000), Span(20_000, 40_000))


@dataclass
class Scene:
    ws: Workspace
    rubric: RubricVersion
    people: list[Viewer]
    lead: Viewer
    ids: list[str] = field(default_factory=list)

    def call(self, **conditions: Any) -> str:
        sha = new_id()
        track = Track(
            id=new_id(), role="mix", audio_sha256=sha, channel_index=0, rate_hz=RATE,
            frame_count=FRAMES,
        )  # fmt: skip
        new = NewCall(
            title="A call", rate_hz=RATE, frame_count=FRAMES, channel_map="mono",
            tracks=(track,), blobs=(AudioBlob(sha256=sha, ext=".wav", size_bytes=1),),
            source_path="a.wav", content_sha256=sha,
            extra={"conditions": conditions} if conditions else {},
        )  # fmt: skip
        with self.ws.db.machine() as uow:
            call_id = calls.add_call(uow, new)
            browsing.update_summary(uow, call_id, None)
        self.ids.append(call_id)
        return call_id

    def answer(self, who: Viewer, call_id: str, **given: int | Sequence[int]) -> None:
        """`sasr=1` for the call, `emotion_match=(2, 0)` for its agent turns; submitted."""
        by = {c.key: c for c in self.rubric.criteria}
        for key, values in given.items():
            whole = isinstance(values, int)
            for at, value in enumerate([values] if isinstance(values, int) else values):
                item = ItemRef(
                    kind="call" if whole else "turn", call_id=call_id,
                    span=Span(0, FRAMES) if whole else TURNS[at],
                    turn_index=None if whole else at + 1, speaker=None if whole else "agent",
                    layer_id=None, layer_version=None,
                )  # fmt: skip
                answer = Answer(status="observed", value=value, rationale="heard it so")
                rating.draft(self.ws, who, item, by[key].id, answer)
        rating.submit(self.ws, who, call_id, self.rubric.id)

    def figures(self, viewer: Viewer | None = None) -> dict[str, SetFigure]:
        found = human_figures(self.ws, viewer or self.lead, self.ids)
        return {f.metric_id: f for f in found}


@pytest.fixture
def scene(workspace: Workspace) -> Scene:
    rubrics.load_rubrics(workspace, asset("rubrics"))
    rubric = next(r for r in rubrics.rubric_versions(workspace) if r.key == "voice_metrics")
    people = [raters.sign_in(workspace, name, "reviewer") for name in ("Ann", "Bo", "Cy")]
    return Scene(workspace, rubric, people, raters.sign_in(workspace, "Lee", "lead"))


def test_without_answers_everything_waits_for_people(scene: Scene) -> None:
    scene.call(noise="babble", snr_db=5)
    found = scene.figures()
    symbols = found.pop("symbol_error")
    assert (symbols.status, symbols.reason) == (
        "undefined",
        "Symbols were not looked at yet in 1 of these calls.",
    )
    assert {f.status for f in found.values()} == {"needs_answer"}
    assert {f.value for f in found.values()} == {None}
    assert found["mos"].reason == "MOS comes from listening studies, and there is none yet."


def test_selective_attention_counts_calls_under_interference_by_majority(scene: Scene) -> None:
    ann, bo, cy = scene.people
    noisy = [scene.call(noise="babble", snr_db=5) for _ in range(4)]
    quiet = scene.call()
    for who, given in ((ann, (1, 1, 0)), (bo, (1, 0, 0)), (cy, (1, 1, 1))):
        for call_id, value in zip(noisy[:3], given, strict=True):
            scene.answer(who, call_id, sasr=value)
    scene.answer(ann, quiet, sasr=0)
    sasr = scene.figures()["sasr"]
    assert (sasr.value, sasr.n, sasr.raters, sasr.calls) == (pytest.approx(2 / 3), 9, 3, 3)
    assert sasr.interval is not None
    assert sasr.interval.low == pytest.approx(0.2077, abs=1e-3)
    assert sasr.components["unanswered"] == 1
    assert sasr.components["answered_without_interference"] == 1


def test_a_split_call_is_not_counted(scene: Scene) -> None:
    ann, bo, _ = scene.people
    call_id = scene.call(noise="babble")
    scene.answer(ann, call_id, sasr=1)
    scene.answer(bo, call_id, sasr=0)
    sasr = scene.figures()["sasr"]
    assert (sasr.value, sasr.reason) == (None, "Raters are split on every call.")


def test_without_interference_selective_attention_is_undefined(scene: Scene) -> None:
    scene.answer(scene.people[0], scene.call(accent="indian"), sasr=1)
    sasr = scene.figures()["sasr"]
    assert sasr.status == "undefined"
    assert "interference" in sasr.reason


def test_turn_answers_pool_over_calls(scene: Scene) -> None:
    ann, bo, _ = scene.people
    one, two = scene.call(), scene.call()
    scene.answer(ann, one, emotion_match=(2, 1), code_switch=(5,), term_read=(1,))
    scene.answer(bo, one, emotion_match=(2, 2), code_switch=(4,), term_read=(1,))
    scene.answer(ann, two, emotion_match=(0,), code_switch=(2,), term_read=(0,))
    found = scene.figures()
    emotion = found["emotion_match"]
    assert emotion.value == pytest.approx((7 / 5) / 2)
    assert (emotion.n, emotion.raters, emotion.calls) == (5, 2, 2)
    assert emotion.components == {"points": 7, "most_points": 10}
    assert emotion.interval is not None
    assert emotion.interval.low < emotion.value < emotion.interval.high
    assert found["code_switch"].value == pytest.approx(11 / 3)
    read = found["term_read"]
    assert (read.value, read.n) == (pytest.approx(2 / 3), 3)


def test_only_the_newest_version_of_a_form_counts(scene: Scene) -> None:
    ann, call_id = scene.people[0], scene.call()
    scene.answer(ann, call_id, emotion_match=(0,))
    scene.answer(ann, call_id, emotion_match=(2,))
    emotion = scene.figures()["emotion_match"]
    assert (emotion.value, emotion.n) == (1.0, 1)


def test_drafts_and_not_applicable_are_in_no_figure(scene: Scene) -> None:
    ann, call_id = scene.people[0], scene.call()
    item = ItemRef(kind="turn", call_id=call_id, span=TURNS[0], speaker="agent", turn_index=1)
    by = {c.key: c.id for c in scene.rubric.criteria}
    rating.draft(scene.ws, ann, item, by["code_switch"], Answer(status="observed", value=5))
    assert scene.figures(ann)["code_switch"].status == "needs_answer", "a draft is none"
    rating.draft(scene.ws, ann, item, by["code_switch"], Answer(status="not_applicable"))
    rating.submit(scene.ws, ann, call_id, scene.rubric.id)
    assert scene.figures()["code_switch"].status == "needs_answer"


def test_a_reviewer_learns_nothing_of_others_before_submitting(scene: Scene) -> None:
    ann, bo, _ = scene.people
    one, two = scene.call(noise="babble"), scene.call(noise="babble")
    for call_id in (one, two):
        scene.answer(bo, call_id, sasr=0, emotion_match=(0, 0), code_switch=(1,), term_read=(0,))
    masked = scene.figures(ann)
    empty = human_figures(scene.ws, ann, [])
    assert {f.value for f in masked.values()} == {None}
    assert {f.n for f in masked.values()} == {0}
    assert [f.reason for f in masked.values()][1:-1] == [f.reason for f in empty][1:-1]
    item = ItemRef(kind="call", call_id=one, span=Span(0, FRAMES))
    criterion = next(c.id for c in scene.rubric.criteria if c.key == "sasr")
    rating.draft(scene.ws, ann, item, criterion, Answer(status="observed", value=1))
    assert scene.figures(ann)["sasr"].value is None, "a draft opens nothing"
    scene.answer(ann, one, sasr=1, emotion_match=(2,))
    opened = scene.figures(ann)
    assert opened["emotion_match"].n == 2, "the first turn only, Bo's and Ann's"
    assert opened["sasr"].reason == "Raters are split on every call."
    assert scene.figures(bo)["emotion_match"].n == 5, "Bo has submitted on both turns of both"


def test_a_judges_answers_are_in_no_figure_of_people(scene: Scene) -> None:
    call_id = scene.call(noise="babble")
    with scene.ws.db.machine() as uow:
        run = uow.connection.exec_driver_sql
        judge, version = new_id(), new_id()
        run(
            "INSERT INTO judge_version (id, provider, model, prompt_sha256, created_at) "
            "VALUES (?, 'none', 'm', 'x', ?)",
            (version, utc_now()),
        )
        run(
            "INSERT INTO rater (id, kind, name, role, judge_version_id, created_at) "
            "VALUES (?, 'judge', 'judge', 'lead', ?, ?)",
            (judge, version, utc_now()),
        )
        item = ItemRef(kind="call", call_id=call_id, span=Span(0, FRAMES))
        uow.scores.add(
            NewScore(
                call_id=call_id, item_id=uow.scores.item(item),
                rubric_version_id=scene.rubric.id, criterion_id=scene.rubric.criteria[0].id,
                rater_id=judge, answer=Answer(status="observed", value=1), phase="submitted",
                blind=True,
            )
        )  # fmt: skip
    assert scene.figures()["sasr"].status == "needs_answer"


@pytest.mark.parametrize(
    ("conditions", "there"),
    [
        ({}, False),
        ({"accent": "x", "line": "mulaw-8k"}, False),
        ({"noise": "babble"}, True),
        ({"snr_db": 0}, True),
        ({"interference": "radio"}, True),
        ({"noise": ""}, False),
    ],
)
def test_what_interference_is(scene: Scene, conditions: dict[str, Any], there: bool) -> None:
    call = calls.get_call(scene.ws, scene.call(**conditions))
    assert has_interference(call) is there


def test_mos_is_preliminary_until_enough_people_voted_often_enough() -> None:
    few = mean_opinion({str(r): [3.0, 4.0] * 4 for r in range(3)})
    assert (few.value, few.n, few.raters, few.is_final) == (3.5, 24, 3, False)
    seldom = mean_opinion({str(r): [3.0, 4.0] for r in range(11)})
    assert seldom.n == MOS_LEAST_VOTES - 2
    assert not seldom.is_final
    enough = mean_opinion({"a": [3.0] * 6, "b": [4.0] * 6, "c": [3.0] * 6, "d": [5.0] * 6})
    assert enough.is_final
    assert enough.interval is not None
    assert enough.interval.high - 3.75 == pytest.approx(3.1824 * 0.9574 / 2, abs=1e-3)


def rate(scene: Scene, call_id: str, errors: int, text: str = "t", **more: Any) -> None:
    """Store a caller's error rate over 100 words, as the evaluator leaves it."""
    metric = more.get("metric", "wer")
    size = "reference_words" if metric == "wer" else "reference_characters"
    value = MetricValue(
        metric_id=metric, value=errors / 100, speaker=more.get("speaker", "caller"),
        profile=more.get("profile", "whisper-en"), n=100,
        components={"errors": errors, size: 100, "reference_hash": text},
    )  # fmt: skip
    args = {"hypothesis": more.get("hypothesis", "spoken"), "normaliser": ""}
    with scene.ws.db.machine() as uow:
        uow.evaluations.add(
            NewResult(
                call_id=call_id, evaluator="text.error_rates", version="1", args=args,
                key=new_id(), inputs={}, status="ok", values=(value,),
                detail={"producer": more.get("producer", "pocketsphinx")},
            )
        )  # fmt: skip


def conditions_of(scene: Scene) -> list[SetFigure]:
    return condition_figures(scene.ws, scene.people[0], scene.ids)


def test_accents_are_compared_on_the_texts_that_both_sides_read(scene: Scene) -> None:
    for text, accent, errors in (
        ("a", "", 10), ("b", "", 10), ("only here", "", 90), ("a", "indian", 15),
        ("b", "Indian", 25), ("a", "scots", 10), ("b", "scots", 10),
    ):  # fmt: skip
        rate(scene, scene.call(**({"accent": accent} if accent else {})), errors, text)
    rate(scene, scene.call(accent="indian", noise="babble", snr_db=5), 99, "a")
    found = {(f.metric_id, f.components["accent"]): f for f in conditions_of(scene)}
    relative = found["accent_delta", "indian"]
    assert relative.value == pytest.approx(100)
    assert relative.components["texts_left_out"] == 1
    assert relative.calls == 4
    assert found["accent_delta_abs", "indian"].value == pytest.approx(10)
    assert found["accent_delta_abs", "scots"].value == pytest.approx(0)
    assert len(found) == 4


def test_accents_without_a_common_text_say_so(scene: Scene) -> None:
    rate(scene, scene.call(), 10, "a")
    rate(scene, scene.call(accent="scots"), 10, "b")
    assert {f.reason for f in conditions_of(scene)} == {"No text was read on both sides."}


def test_noise_is_a_mean_over_three_levels_for_each_kind(scene: Scene) -> None:
    for snr, errors in ((15, 5), (10, 10), (5, 20), (0, 60)):
        rate(scene, scene.call(noise="babble", snr_db=snr), errors)
    rate(scene, scene.call(noise="street", snr_db=10), 10)
    found = {f.components["noise"]: f for f in conditions_of(scene)}
    assert found["babble"].value == pytest.approx(0.3)
    assert found["babble"].components["wer_15_db"] == pytest.approx(0.05)
    assert found["babble"].profile == "whisper-en"
    assert found["street"].reason == "There is no error rate at 5 dB, 0 dB."


def test_recognisers_normalisers_and_sides_are_never_mixed(scene: Scene) -> None:
    for snr in (10, 5, 0):
        call_id = scene.call(noise="babble", snr_db=snr)
        rate(scene, call_id, 30)
        rate(scene, call_id, 90, hypothesis="heard", producer="platform")
        rate(scene, scene.call(noise="babble", snr_db=snr), 50, speaker="agent")
        rate(scene, scene.call(noise="babble", snr_db=snr), 60, producer="whisper-tiny")
        rate(scene, scene.call(noise="babble", snr_db=snr), 80, profile="plain")
    found = {(f.components["recogniser"], f.profile): f.value for f in conditions_of(scene)}
    assert found == {
        ("spoken, pocketsphinx", "whisper-en"): pytest.approx(0.3),
        ("heard, platform", "whisper-en"): pytest.approx(0.9),
        ("spoken, whisper-tiny", "whisper-en"): pytest.approx(0.6),
        ("spoken, pocketsphinx", "plain"): pytest.approx(0.8),
    }


def test_characters_count_only_where_there_are_no_words(scene: Scene) -> None:
    for snr in (10, 5, 0):
        call_id = scene.call(noise="babble", snr_db=snr)
        rate(scene, call_id, 20, metric="cer")
    found = conditions_of(scene)
    assert [(f.value, f.components["rate"]) for f in found] == [(pytest.approx(0.2), "cer")]


def test_calls_without_conditions_give_no_comparison(scene: Scene) -> None:
    rate(scene, scene.call(), 10)
    assert conditions_of(scene) == []
    assert condition_figures(scene.ws, scene.people[0], []) == []


def test_every_figure_of_ours_has_one_entry_in_the_catalogue() -> None:
    ids = [s.id for s in SET_METRICS]
    assert len(ids) == len(set(ids))
    assert {s.evaluator for s in SET_METRICS} == {"answers", "conditions"}
    assert {s.scope for s in SET_METRICS} == {("set",)}
    turns = [name for name in PLACES if name.startswith("turns.")]
    specs = [spec for name in turns for spec in evaluator_class(name).metrics]
    assert len({s.id for s in specs} | set(ids)) == len(specs) + len(ids)
    for name in turns:
        assert evaluator_class(name).name == name
        assert all(spec.evaluator == name for spec in evaluator_class(name).metrics)
