"""Traps, golds, obvious pairs, training and references are what they say, and are held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from app.audio.polyphase import convert
from app.domain.calls import Call
from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.domain.studies import StudyDesign
from app.domain.work import Quiet
from app.services import perturbing
from app.services.calls import get_call
from app.services.studies import making, rendering
from app.services.studies.choosing import ClipRule
from app.services.studies.controls import ORDERS
from app.services.studies.opening import open_study
from app.services.studies.planning import advice, plan_items
from app.services.workspace import Workspace

Filled = Callable[[int], list[Call]]
RULE = ClipRule(condition_by="agent")


def test_every_order_is_there_to_be_heard() -> None:
    import soundfile

    from app.services.assets import asset

    for orders in ORDERS.values():
        for name in orders:
            info = soundfile.info(str(asset("listening", "orders", f"{name}.flac")))
            assert (info.samplerate, info.channels) == (16_000, 1)
            assert info.duration > 1.5


def test_a_study_of_clips_gets_its_controls(
    ws: Workspace, lead: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = making.create(ws, lead, "Voices", "acr", StudyDesign(block=4), seed=3)
    ids = [c.id for c in filled(4)]
    planned = plan_items(ws, lead, study, ids, rule=RULE, with_references=True)
    roles = Counter(p.role for p in planned)
    assert roles == {"rate": 8 + 3 * 4, "training": 5, "trap": 2, "gold": 2}
    assert planned == plan_items(ws, lead, study, ids, rule=RULE, with_references=True)
    opened = open_study(Quiet(), ws, lead, study.id, planned)
    stimuli = making.stimuli(ws, lead, opened.id)
    assert all(1 <= (s.expected or 0) <= 5 for s in stimuli if s.role == "trap")
    assert {s.expected for s in stimuli if s.role == "gold"} == {1.0}, "nothing here is clean"
    rated = [s for s in stimuli if s.role == "rate"]
    assert len({s.item_id for s in rated}) == len(rated), "a treated clip is an item of its own"
    assert len({s.condition for s in rated}) == 5


def test_a_trap_is_the_beginning_of_a_clip_and_then_the_order(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    import soundfile

    from app.services.assets import asset

    study = making.create(ws, lead, "Voices", "acr", StudyDesign(training=0), seed=1)
    planned = plan_items(ws, lead, study, [c.id for c in filled(2)], rule=RULE)
    open_study(Quiet(), ws, lead, study.id, planned)
    trap = next(s for s in making.stimuli(ws, lead, study.id) if s.role == "trap")
    samples, rate_hz = rendering.load(ws, trap.sha256)
    spoken, spoken_hz = soundfile.read(
        str(asset("listening", "orders", f"{trap.expected:g}.flac")), dtype="float32"
    )
    wanted = convert(spoken, spoken_hz, rate_hz)
    # The clips are 2.5 s with their edges, so 3 s at most come before the order.
    assert 2.5 + len(wanted) / rate_hz < len(samples) / rate_hz < 3.3 + len(wanted) / rate_hz
    tail = samples[-len(wanted) :]
    assert np.corrcoef(tail[:-100], wanted[:-100])[0, 1] > 0.99


def test_copies_have_references_and_clean_golds(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    ids = [c.id for c in filled(2)]
    recipe = perturbing.parse("mulaw", speakers=("agent",))
    made = [copy for _, copy in perturbing.perturb(Quiet(), ws, ids, recipe).made]
    assert [get_call(ws, c).extra["conditions"]["perturbed_from"] for c in made] == ids
    rule = ClipRule(of="call", condition_by="perturbation")
    design = StudyDesign(block=1, training=2)
    acr = making.create(ws, lead, "A", "acr", design, seed=1)
    golds = [p for p in plan_items(ws, lead, acr, made, rule=rule) if p.role == "gold"]
    assert {p.expected for p in golds} == {1.0, 5.0}
    assert {p.clip.call.id in ids for p in golds if p.expected == 5} == {True}
    dcr = making.create(ws, lead, "D", "dcr", design, seed=1)
    planned = plan_items(ws, lead, dcr, made, rule=rule)
    assert all(p.other is not None for p in planned)
    rated = [p for p in planned if p.role == "rate"]
    assert all(p.other and p.other.call.id in ids and p.clip.call.id in made for p in rated)
    assert Counter(p.role for p in planned)["trap"] >= 1
    opened = open_study(Quiet(), ws, lead, dcr.id, planned)
    assert opened.state == "open"


@pytest.mark.parametrize(("points", "value"), [(7, 3.0), (2, 1.0)])
def test_pairs_get_obvious_ones(
    ws: Workspace, lead: Viewer, filled: Filled, points: int, value: float
) -> None:
    calls = filled(4)
    design = StudyDesign(points=points, ties=points == 7, null_share=0.5, obvious_share=0.5)
    study = making.create(ws, lead, "P", "pairwise", design, seed=2)
    planned = plan_items(ws, lead, study, [c.id for c in calls], rule=RULE)
    obvious = [p for p in planned if p.role == "obvious"]
    assert {p.expected for p in obvious} == {value}
    assert all(p.other and p.other.recipe and not p.clip.recipe for p in obvious)
    assert Counter(p.role for p in planned) == {"rate": 4, "null": 2, "obvious": 2, "training": 5}
    with pytest.raises(BadInput, match="finds no calls"):
        plan_items(ws, lead, study, [])


def test_what_fails_a_trap_or_an_obvious_pair_voids_the_block(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    calls = filled(4)
    study = kit.open(ws, lead, calls, with_controls=True, block=8, training=0)
    kit.Session(ws, rater, study).finish(lambda n: 1 + n % 2)
    with ws.db.read() as uow:
        rules = [b["rule"] for b in uow.votes.voided_blocks(study.id)]
    assert rules
    assert set(rules) <= {"trap", "gold"}
    pairs = kit.open(
        ws, lead, calls, "pairwise", with_controls=True,
        training=0, obvious_share=0.5, null_share=0.0, repeat_share=0.0,
    )  # fmt: skip
    # Whatever is heard first is said to be better: about half of the obvious pairs are wrong. Where
    # none is swapped all answers are the same, which is another rule's business.
    kit.Session(ws, rater, pairs).finish(lambda _n: 3)
    with ws.db.read() as uow:
        broken = {b["rule"] for b in uow.votes.voided_blocks(pairs.id)} - {"straight"}
        trials = {t.stimulus_id: t for t in uow.votes.trials(pairs.id, rater.rater_id)}
        wrong = [
            s for s in uow.studies.stimuli(pairs.id) if s.role == "obvious" and trials[s.id].swapped
        ]
    assert bool(broken) == bool(wrong)


def test_advice_is_that_of_the_tables() -> None:
    found = advice(0.8, half_widths=(0.34, 0.51))
    assert found.votes_for_half_width == ((0.34, 24), (0.51, 12))
    assert dict(found.pairs_for_preference) == {0.60: 194, 0.65: 85, 0.70: 47, 0.75: 29}
    with pytest.raises(BadInput, match="positive"):
        advice(0)
