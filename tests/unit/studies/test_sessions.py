"""A session from its first trial to its last, and everything that can go wrong in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from types import SimpleNamespace

import pytest

from app.domain.calls import Call
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.services import raters
from app.services.studies import joining, making, sessions, voting
from app.services.workspace import Workspace

Filled = Callable[[int], list[Call]]


def scores_of(ws: Workspace, viewer: Viewer) -> list[float]:
    with ws.db.read() as uow:
        found = [s for s in uow.scores.visible(viewer) if s.rater_id == viewer.rater_id]
    return [s.answer.value for s in found if s.answer.value is not None]


def test_every_clip_is_voted_on_once_and_becomes_a_score(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(6), block=5, repeat_share=0.0)
    session = kit.Session(ws, rater, study)
    assert session.finish(lambda n: 1 + n % 5) == 12
    assert sorted(scores_of(ws, rater)) == sorted(1 + n % 5 for n in range(12))
    with ws.db.read() as uow:
        votes = uow.votes.of_rater(rater, study.id)
    assert len({v.stimulus_id for v in votes}) == 12
    assert all(v.valid and v.score_id for v in votes)


def test_a_rater_is_told_nothing_of_what_they_hear(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    calls = filled(4)
    trial = kit.Session(ws, rater, kit.open(ws, lead, calls)).step().trial
    assert trial is not None
    told = " ".join(str(getattr(trial, f.name)) for f in fields(trial))
    secrets = {c.id for c in calls} | {c.code for c in calls} | {"kestrel", "orin", "call0"}
    assert not [s for s in secrets if s in told]


def test_what_was_not_heard_properly_is_kept_void_and_asked_again(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2), block=4)
    session = kit.Session(ws, rater, study)
    bad = [
        replace(kit.HEARD, heard_pct=99.0),
        replace(kit.HEARD, underruns=1),
        replace(kit.HEARD, device_changed=True),
        replace(kit.HEARD, level_changed=True),
        replace(kit.HEARD, speed=1.25),
    ]
    reasons = [session.vote(3, heard).void_reason for heard in bad]
    assert reasons == ["not_heard", "underrun", "device", "level", "speed"]
    assert session.vote(None, fault=True, note="crackles").void_reason == "fault"
    assert scores_of(ws, rater) == []
    session.finish(lambda n: 1 + n % 4)
    with ws.db.read() as uow:
        votes = uow.votes.of_rater(rater, study.id)
    assert Counter(v.valid for v in votes) == {True: 4, False: 6}
    assert len(scores_of(ws, rater)) == 4


def test_a_value_that_is_not_offered_is_refused(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    session = kit.Session(ws, rater, kit.open(ws, lead, filled(2)))
    with pytest.raises(BadInput, match="Use 5, 4, 3, 2, 1"):
        session.vote(6)
    with pytest.raises(BadInput, match="needs a value"):
        session.vote(None)


def test_a_trial_has_one_vote_and_one_window(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2))
    one, two = kit.Session(ws, rater, study, "w1"), kit.Session(ws, rater, study, "w2")
    trial = one.step().trial
    assert trial is not None
    assert two.step().kind == "busy"
    assert one.step().trial == trial
    one.vote(4)
    with pytest.raises(NotAllowed, match="its vote already"):
        voting.vote(ws, rater, one.id, trial.trial_id, 5, kit.HEARD)
    assert two.step().kind == "trial"


def test_sessions_and_trials_of_others_are_out_of_reach(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2))
    session = kit.Session(ws, rater, study)
    trial = session.step().trial
    other = raters.sign_in(ws, "Bo", "reviewer")
    with pytest.raises(NotFound):
        sessions.next_step(ws, other, session.id, "w")
    with pytest.raises(NotFound):
        voting.vote(ws, other, session.id, trial.trial_id, 3, kit.HEARD)
    own = kit.Session(ws, other, study)
    with pytest.raises(NotFound):
        voting.vote(ws, other, own.id, trial.trial_id, 3, kit.HEARD)
    session.vote(5)
    with ws.db.read() as uow:
        assert uow.votes.of_study(other, study.id) == []
        assert len(uow.votes.of_study(lead, study.id)) == 1


def test_set_up_comes_first_and_again_after_another_device(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2))
    session_id = sessions.begin(ws, rater, study.id)
    step = sessions.next_step(ws, rater, session_id, "w")
    assert step.missing == ("consent", "declaration", "device", "digits", "level")
    for kind in step.missing:
        sessions.note(ws, rater, session_id, kind, {"passed": True})
    assert sessions.next_step(ws, rater, session_id, "w").kind == "trial"
    sessions.note(ws, rater, session_id, "device_changed", {})
    missing = sessions.next_step(ws, rater, session_id, "w").missing
    assert missing == ("device", "digits", "level")
    sessions.note(ws, rater, session_id, "digits", {"passed": False})
    assert "digits" in sessions.next_step(ws, rater, session_id, "w").missing


def test_a_straight_block_does_not_count_and_is_asked_again_once(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(4), block=4, repeat_share=0.0)
    session = kit.Session(ws, rater, study)
    assert session.finish(lambda _n: 3) == 16
    with ws.db.read() as uow:
        assert [b["rule"] for b in uow.votes.voided_blocks(study.id)] == ["straight"] * 4
        assert len(uow.votes.of_rater(rater, study.id)) == 16
    assert scores_of(ws, rater) == []


def test_a_block_that_is_asked_again_counts_the_second_time(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2), block=4)
    session = kit.Session(ws, rater, study)
    assert session.finish(lambda n: 3 if n < 4 else 1 + n % 4) == 8
    assert len(scores_of(ws, rater)) == 4
    with ws.db.read() as uow:
        assert not uow.votes.open_trials(study.id, rater.rater_id)


def test_pairs_are_always_stored_as_first_less_second(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(
        ws,
        lead,
        filled(12),
        "pairwise",
        with_controls=True,
        training=0,
        null_share=0.1,
        obvious_share=0.0,
        repeat_share=0.1,
        rules={"straight": False},
    )
    session = kit.Session(ws, rater, study)
    # Whoever is heard first is preferred: the stored sign follows the side.
    count = session.finish(lambda _n: 2)
    with ws.db.read() as uow:
        votes = uow.votes.of_rater(rater, study.id)
        trials = {t.id: t for t in uow.votes.trials(study.id, rater.rater_id)}
        stimuli = {s.id: s for s in uow.studies.stimuli(study.id)}
    assert count == len(votes) > 12
    assert all(v.value == (-2 if trials[v.trial_id].swapped else 2) for v in votes)
    assert abs(2 * sum(t.swapped for t in trials.values()) - len(trials)) <= 1
    rated = [v for v in votes if stimuli[v.stimulus_id].role == "rate"]
    repeats = [v for v in rated if trials[v.trial_id].repeat_of]
    assert len(repeats) >= 1
    assert not [v for v in repeats if v.score_id]
    assert sum(bool(v.score_id) for v in votes) == 12
    assert {s.role for s in stimuli.values()} == {"rate", "null"}


def test_orders_are_the_same_again_and_items_are_shared_out(
    ws: Workspace, lead: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(6), raters_per_item=2, overlap=0.0)
    people = [raters.sign_in(ws, f"R{n}", "reviewer") for n in range(3)]
    stimuli = making.stimuli(ws, lead, study.id)
    orders = []
    for person in people[:2]:
        with ws.db.read() as uow:
            planned = uow.votes.planned(study.id)
        again = joining.order(study, person.rater_id, stimuli, planned)
        made = joining.join(ws, person, study.id)
        assert [t.stimulus_id for t in made] == [t.stimulus_id for t in again]
        assert joining.join(ws, person, study.id) == made
        orders.append([t.stimulus_id for t in made])
    assert orders[0] != orders[1]
    assert set(orders[0]) == set(orders[1])  # each has repeats of their own
    with pytest.raises(BadInput, match="has its 2 raters"):
        joining.join(ws, people[2], study.id)


def test_the_rest_is_shared_out_among_the_panel(
    ws: Workspace, lead: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(6), raters_per_item=1, overlap=0.0, panel=3)
    shares = [
        {t.stimulus_id for t in joining.join(ws, raters.sign_in(ws, f"R{n}", "reviewer"), study.id)}
        for n in range(3)
    ]
    assert [len(s) for s in shares] == [4, 4, 4]
    assert len(set.union(*shares)) == 12


def test_what_a_retired_rater_leaves_goes_to_others(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(2), raters_per_item=1)
    joining.join(ws, rater, study.id)
    other = raters.sign_in(ws, "Bea", "reviewer")
    with pytest.raises(BadInput, match="has its 1 raters"):
        joining.join(ws, other, study.id)
    raters.set_active(ws, lead, rater.rater_id, False)
    assert len(joining.join(ws, other, study.id)) == 4
    with pytest.raises(NotAllowed, match="Nobody signs in"):
        raters.sign_in(ws, "Ann", "reviewer")
    raters.set_active(ws, lead, rater.rater_id, True)
    assert raters.sign_in(ws, "Ann", "reviewer") == rater


def test_an_old_training_is_repeated(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(
        ws, lead, filled(2), with_controls=True, training=2, traps_per_block=0, golds_per_block=0,
        training_valid_min=0.0,
    )  # fmt: skip
    session = kit.Session(ws, rater, study)
    for _ in range(2):
        assert session.step().kind == "training"
        session.vote(3)
    assert session.step().kind == "block_end"
    session.close(0)
    assert session.step().kind == "trial"
    session.vote(4)
    again = kit.Session(ws, rater, study)
    assert again.step().kind == "training"
    again.vote(2)
    again.vote(2)
    assert again.step().kind == "trial"
    with ws.db.read() as uow:
        assert len(uow.votes.of_rater(rater, study.id)) == 5


def test_bandwidths_do_not_mix_in_a_block_unless_that_is_designed(
    ws: Workspace, lead: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(6), block=4)
    stimuli = [
        replace(s, bandwidth="WB" if at % 2 else "NB")
        for at, s in enumerate(making.stimuli(ws, lead, study.id))
    ]
    band = {s.id: s.bandwidth for s in stimuli}

    def bands_of_blocks(mixed: bool) -> list[set[str]]:
        design = replace(study.design, mix_bandwidths=mixed)
        trials = joining.order(replace(study, design=design), "r", stimuli, {})
        return [
            {band[t.stimulus_id] for t in trials if t.block == b}
            for b in sorted({t.block for t in trials})
        ]

    assert all(len(found) == 1 for found in bands_of_blocks(False))
    assert any(len(found) == 2 for found in bands_of_blocks(True))


def test_the_last_block_of_pairs_is_asked_again_too(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, kit: SimpleNamespace
) -> None:
    study = kit.open(ws, lead, filled(8), "pairwise", block=4, repeat_share=0.2)
    session = kit.Session(ws, rater, study)
    with ws.db.read() as uow:
        trials = uow.votes.trials(study.id, rater.rater_id)
    last = max(t.block for t in trials)
    assert any(t.repeat_of for t in trials if t.block == last), "it holds a repeat"
    # Nearly the same answer throughout: every block is void, and asked once more.
    session.finish(lambda n: 1)
    with ws.db.read() as uow:
        voided = [b["block"] for b in uow.votes.voided_blocks(study.id)]
    assert last in voided
    assert len(voided) == 2 * last
