"""Results against figures worked out by hand, from votes put straight into a workspace."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import insert

from app.domain.calls import Span
from app.domain.ids import new_id
from app.domain.imports import ImportOptions
from app.domain.ratings import ItemRef, Viewer
from app.domain.studies import Heard, Instrument, Stimulus, Study, StudyDesign, Trial, VoidReason
from app.domain.work import Quiet
from app.eval.listening.planning import half_width
from app.eval.listening.preference import share_of
from app.services import importing, opening, raters
from app.services.studies import making
from app.services.studies.results import Results, results
from app.services.workspace import Workspace
from db.schema import studies as t
from tests.audio_files import dialogue, write_wav

HEARD = json.dumps(asdict(Heard(plays=1, heard_pct=100.0)))


class Desk:
    """Makes studies that are voted on already."""

    def __init__(self, ws: Workspace, call_id: str) -> None:
        self.ws, self.call_id = ws, call_id
        self.lead = raters.sign_in(ws, "Lee", "lead")

    def study(
        self,
        conditions: Sequence[str],
        instrument: Instrument = "acr",
        other: str = "",
        **more: Any,
    ) -> tuple[Study, list[str]]:
        """A study of one stimulus for each condition named; the stimuli's ids."""
        study = making.create(self.ws, self.lead, "S", instrument, StudyDesign(**more))
        with self.ws.db.human() as uow:
            found = []
            for number, condition in enumerate(conditions, start=1):
                span = Span(number, number + 1)
                item = uow.scores.item(ItemRef(kind="clip", call_id=self.call_id, span=span))
                found.append(
                    Stimulus(
                        id=new_id(), study_id=study.id, number=number, role="rate", item_id=item,
                        call_id=self.call_id, condition=condition, other_condition=other,
                    )
                )  # fmt: skip
            uow.studies.add_stimuli(found)
            uow.studies.set_state(study.id, "open")
        return making.get(self.ws, study.id), [s.id for s in found]

    def vote(
        self,
        study: Study,
        name: str,
        given: Sequence[tuple[str, float | None]],
        *,
        void: VoidReason = "",
        block: int = 1,
        swapped: bool = False,
        answered: bool = True,
    ) -> Viewer:
        """Let someone vote on stimuli, in that order."""
        who = raters.sign_in(self.ws, name, "reviewer")
        with self.ws.db.human() as uow:
            at = len(uow.votes.trials(study.id, who.rater_id))
            trials = [
                Trial(
                    id=new_id(), study_id=study.id, rater_id=who.rater_id, position=at + n,
                    block=block, stimulus_id=stimulus, swapped=swapped,
                )
                for n, (stimulus, _) in enumerate(given, start=1)
            ]  # fmt: skip
            uow.votes.add_trials(trials)
            session_id = uow.votes.add_session(study.id, who.rater_id)
            rows = [
                {
                    "id": new_id(), "trial_id": trial.id, "session_id": session_id, "value": value,
                    "raw_value": value, "valid": int(not void), "void_reason": void,
                    "heard": HEARD, "rt_ms": 1, "note": "",
                    "voted_at": f"2026-01-01T00:00:{n % 60:02d}+00:00",
                    "valid_trial": None if void else trial.id,
                }
                for n, (trial, (_, value)) in enumerate(zip(trials, given, strict=True))
            ]  # fmt: skip
            if answered:
                uow.connection.execute(insert(t.vote), rows)
        return who

    def results(self, study: Study) -> Results:
        return results(self.ws, self.lead, study.id)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    ws = opening.open_workspace(folder / "ws", create=True)
    (folder / "in").mkdir()
    write_wav(folder / "in" / "a.wav", dialogue(3, 8000), 8000)
    found = importing.scan(Quiet(), ws, [folder / "in"], ImportOptions(channels="caller,agent"))
    (call,) = importing.commit(Quiet(), ws, found, detect=False).imported
    yield Desk(ws, call.id)
    ws.close()


def test_without_votes_there_are_no_figures(desk: Desk) -> None:
    study, _ = desk.study(["a", "b"])
    found = desk.results(study)
    assert [i.opinion.n for i in found.items] == [0, 0]
    assert all(i.opinion.mean is None and i.opinion.low is None for i in found.items)
    assert (found.conditions, found.raters, found.counted, found.wanted) == ({}, (), 0, 10)
    pairs, _ = desk.study(["a"], "pairwise", other="b")
    assert desk.results(pairs).preference is None


def test_one_vote_has_a_mean_and_no_interval(desk: Desk) -> None:
    study, (one, _) = desk.study(["a", "b"])
    desk.vote(study, "Ann", [(one, 4)])
    found = desk.results(study)
    assert (found.items[0].opinion.mean, found.items[0].opinion.low) == (4, None)
    assert found.conditions["a"].n == 1
    assert "b" not in found.conditions


def test_two_raters_by_hand(desk: Desk) -> None:
    study, (one, two, three) = desk.study(["a", "a", "b"])
    desk.vote(study, "Ann", [(one, 4), (two, 2), (three, 5)])
    desk.vote(study, "Bea", [(one, 5), (two, 3), (three, 5)])
    found = desk.results(study)
    first = found.items[0].opinion
    # mean 4.5, sd 1/sqrt(2), t(0.975, 1) = 12.706: half-width 6.353
    assert first.mean == 4.5
    assert first.sd == pytest.approx(0.70711, abs=5e-6)
    assert first.high == pytest.approx(4.5 + 6.353, abs=5e-4)
    a = found.conditions["a"]
    assert (a.mean, a.n, a.raters, dict(a.histogram)) == (3.5, 4, 2, {2: 1, 3: 1, 4: 1, 5: 1})
    assert a.method == "bootstrap over raters and clips"
    assert a.low is not None
    assert a.high is not None
    assert 2 <= a.low < 3.5 < a.high <= 5
    assert found.conditions["b"].mean == 5
    by_name = {r.name: r for r in found.raters}
    # Over the three clips both rise and fall together: 4, 2, 5 with 5, 3, 5.
    assert by_name["Ann"].consistency == pytest.approx(0.9449, abs=5e-5)
    assert (by_name["Ann"].done, by_name["Ann"].left) == (3, 0)


def test_void_votes_count_nowhere_but_are_counted(desk: Desk) -> None:
    study, (one,) = desk.study(["a"])
    desk.vote(study, "Ann", [(one, 4)], void="underrun")
    found = desk.results(study)
    assert (found.items[0].opinion.n, found.items[0].voids) == (0, 1)
    assert (found.raters[0].done, found.raters[0].voids) == (0, 1)
    assert found.conditions == {}


def test_a_void_block_is_left_out_and_shown_with_and_without(desk: Desk) -> None:
    study, (one, two) = desk.study(["a", "a"])
    ann = desk.vote(study, "Ann", [(one, 1), (two, 1)], block=1)
    desk.vote(study, "Bea", [(one, 5), (two, 5)])
    with desk.ws.db.human() as uow:
        uow.votes.void_block(study.id, ann.rater_id, 1, "straight", "All the same.")
    found = desk.results(study)
    assert (found.conditions["a"].mean, found.all_votes["a"].mean) == (5, 3)
    assert found.exclusions == {"straight": 2}
    assert {r.name: r.blocks_void for r in found.raters} == {"Ann": {"straight": 1}, "Bea": {}}


def test_an_inconsistent_rater_is_left_out_only_where_the_rule_is_on(desk: Desk) -> None:
    for on in (True, False):
        study, ids = desk.study(["a"] * 5, rules={"consistency": on})
        truth = [1, 2, 3, 4, 5]
        for name in ("Ann", "Bea", "Cy"):
            desk.vote(study, name, list(zip(ids, truth, strict=True)))
        desk.vote(study, "Dee", [(i, 6 - v) for i, v in zip(ids, truth, strict=True)])
        found = desk.results(study)
        assert found.all_votes["a"].n == 20
        assert found.conditions["a"].n == (15 if on else 20)
        dee = next(r for r in found.raters if r.name == "Dee")
        assert dee.consistency == pytest.approx(-1)
        assert bool(dee.excluded) is on
        assert found.exclusions == ({"consistency": 5} if on else {})


def test_outliers_are_shown_with_and_without(desk: Desk) -> None:
    study, ids = desk.study(["a"] * 40)
    desk.vote(study, "Ann", [(i, 4 + (n % 2)) for n, i in enumerate(ids[:-1])] + [(ids[-1], -9)])
    found = desk.results(study)
    assert (found.conditions["a"].n, found.without_outliers["a"].n) == (40, 39)
    mean = found.without_outliers["a"].mean
    assert mean == pytest.approx((20 * 4 + 19 * 5) / 39)


def test_pairs_by_hand(desk: Desk) -> None:
    study, ids = desk.study(["a"] * 10, "pairwise", other="b")
    # Ann prefers a 6 times, b twice, twice neither; half of them presented the other way round.
    values = [1, 2, 1, -1, 0, 3, 1, 1, -2, 0]
    desk.vote(study, "Ann", list(zip(ids[:5], values[:5], strict=True)))
    desk.vote(study, "Ann", list(zip(ids[5:], values[5:], strict=True)), swapped=True)
    found = desk.results(study).preference
    assert found is not None
    assert found.wins == {("a", "b"): 6, ("b", "a"): 2}
    assert found.tie_rate == 0.2
    # First heard was preferred: 3 of the 4 told ones unswapped, 1 of the 4 swapped ones.
    assert (found.picked_first.count, found.picked_first.n) == (4, 8)
    assert found.picked_first.p == 1.0


def test_the_figure_is_named_honestly(desk: Desk) -> None:
    study, (one,) = desk.study(["a"])
    who = [desk.vote(study, name, [(one, 4)]) for name in ("Nia", "Noa")]
    with desk.ws.db.human() as uow:
        for viewer in who:
            uow.votes.declare(viewer.rater_id, "naive", {})
    found = desk.results(study)
    assert found.title == "ACR-panel (P.800-style)"
    desk.vote(study, "Eve", [(one, 3)])
    found = desk.results(study)
    assert found.title == "ACR-expert"
    assert found.wording == (
        "ACR, expert panel, 3 raters, 3 votes, headphones, uncontrolled room, \u221226 dBov, "
        "P.800-style scale"
    )


@pytest.mark.parametrize("instrument", ["acr", "pairwise"])
def test_ten_thousand_votes_take_seconds_at_most(desk: Desk, instrument: Instrument) -> None:
    systems = [f"s{n % 5}" for n in range(400)]
    study, ids = desk.study(systems, instrument, other="s9" if instrument == "pairwise" else "")
    for rater in range(25):
        values = [float((n * 7 + rater * 3 + n * n) % 5 + 1) for n in range(400)]
        if instrument == "pairwise":
            values = [v - 3 for v in values]
        desk.vote(study, f"Many {rater}", list(zip(ids, values, strict=True)))
    half_width(5, 1.0), share_of(1, 2)  # what is loaded once is not the results' time
    begun = time.process_time()  # other work on the machine does not count
    found = desk.results(study)
    took_s = time.process_time() - begun
    assert found.counted == 10_000
    assert took_s < 6
