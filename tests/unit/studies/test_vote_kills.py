"""No vote that was acknowledged is lost, doubled or bound to another item by `kill -9`.

`CALLBENCH_VOTE_KILLS` sets the number of kills (the soak asks for 200).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.calls import Call, Span
from app.domain.ids import new_id
from app.domain.ratings import ItemRef, Viewer
from app.domain.studies import Instrument, Stimulus, Study, StudyDesign
from app.services.studies import making
from app.services.workspace import Workspace

KILLS = int(os.environ.get("CALLBENCH_VOTE_KILLS", "5"))
STIMULI = 600
KILLS_EACH = 10
"""Of one rater; then another one begins, before the first has nothing left to vote on."""
ROOT = Path(__file__).parents[3]
Line = dict[str, Any]


def study_of(ws: Workspace, lead: Viewer, call: Call, instrument: Instrument) -> Study:
    """An open study of many short stimuli, whose sounds need not exist: nothing plays them."""
    study = making.create(
        ws,
        lead,
        instrument,
        instrument,
        StudyDesign(block=10, max_blocks=STIMULI, raters_per_item=KILLS, break_after_min=600),
        seed=3,
    )
    pair = instrument == "pairwise"
    with ws.db.human() as uow:
        found = []
        for n in range(STIMULI):
            other = ItemRef(kind="clip", call_id=call.id, span=Span(n, n + 2))
            item = ItemRef(
                kind="pair" if pair else "clip", call_id=call.id, span=Span(n, n + 1),
                other_item_id=uow.scores.item(other) if pair else None,
            )  # fmt: skip
            found.append(
                Stimulus(
                    id=new_id(), study_id=study.id, number=n + 1, role="rate",
                    item_id=uow.scores.item(item), call_id=call.id, condition=f"s{n % 4}",
                    sha256=f"{n:064d}", other_sha256=f"{n:063d}x" if pair else "",
                )
            )  # fmt: skip
        uow.studies.add_stimuli(found)
        uow.studies.set_state(study.id, "open")
    return making.get(ws, study.id)


def killed_after(arguments: list[str], moment_s: float) -> list[Line]:
    """Run the child, kill it some time after it is ready; what it had acknowledged."""
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("vote_child.py")), *arguments],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    assert json.loads(child.stdout.readline())["kind"] == "ready"
    time.sleep(moment_s)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().decode()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL, "it must not run out of trials"
    return [json.loads(line) for line in rest.split("\n")[:-1]]


def rows(ws: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with ws.db.read() as uow:
        return [tuple(r) for r in uow.connection.exec_driver_sql(sql)]


class Ledger:
    """What was acknowledged, and what the workspace must therefore hold."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.lines: list[Line] = []
        self.kills = 0

    def check(self) -> None:
        assert rows(self.ws, "PRAGMA integrity_check") == [("ok",)]
        assert rows(self.ws, "PRAGMA foreign_key_check") == []
        votes = rows(
            self.ws,
            "SELECT v.id, v.trial_id, v.raw_value, v.void_reason, v.value, t.swapped, m.sha256, "
            "m.other_sha256, m.item_id, s.item_id, s.value, v.score_id FROM vote v "
            "JOIN trial t ON t.id = v.trial_id JOIN stimulus m ON m.id = t.stimulus_id "
            "LEFT JOIN score s ON s.id = v.score_id",
        )
        self._acknowledged({v[0]: v for v in votes})
        self._doubled(votes)
        for vote in votes:
            self._bound(vote)
        self._asked_again()

    def _acknowledged(self, stored: dict[str, tuple[Any, ...]]) -> None:
        """Each is there as it was given, on the trial and the sound that were presented."""
        for line in self.lines:
            _, trial, raw, void, _, swapped, sound, other, *_ = stored[line["id"]]
            assert (trial, raw, void) == (line["trial"], line["value"], line["void"])
            assert line["sound"] == (other if swapped else sound)
        # Each kill may have cut off one vote that was stored but not yet heard of.
        assert len(self.lines) <= len(stored) <= len(self.lines) + self.kills

    def _doubled(self, votes: list[tuple[Any, ...]]) -> None:
        assert max(Counter(v[1] for v in votes).values(), default=1) == 1
        scores = Counter(v[11] for v in votes if v[11])
        assert max(scores.values(), default=1) == 1

    def _bound(self, vote: tuple[Any, ...]) -> None:
        _, _, raw, void, value, swapped, _, _, item, scored_item, scored, score_id = vote
        assert value == (-raw if swapped else raw)
        if score_id is not None:
            assert not void
            assert (scored_item, scored) == (item, value)
        else:
            assert void or self._is_repeat(vote[1])

    def _is_repeat(self, trial_id: str) -> bool:
        found = rows(self.ws, f"SELECT repeat_of FROM trial WHERE id = '{trial_id}'")
        return found[0][0] is not None

    def _asked_again(self) -> None:
        """Every void vote has exactly one trial that asks again, in the same transaction."""
        again = rows(
            self.ws,
            "SELECT v.id, count(n.id) FROM vote v JOIN trial t ON t.id = v.trial_id LEFT JOIN "
            "trial n ON n.repeat_of = t.id AND n.block = t.block WHERE v.valid = 0 GROUP BY v.id",
        )
        assert all(count == 1 for _, count in again)


@pytest.mark.slow
def test_kill_at_random_moments_loses_no_acknowledged_vote(
    ws: Workspace, lead: Viewer, filled: Callable[[int], list[Call]]
) -> None:
    (call, *_) = filled(1)
    studies = [study_of(ws, lead, call, kind).id for kind in ("acr", "pairwise")]
    draw, ledger = random.Random(20261130), Ledger(ws)
    for kill in range(KILLS):
        arguments = [str(ws.path), studies[kill % 2], f"Ann {kill // KILLS_EACH}", str(kill)]
        ledger.lines += killed_after(arguments, draw.uniform(0.0, 0.4))
        ledger.kills += 1
        ledger.check()
    assert len(ledger.lines) > KILLS, "the children voted before they died"
    assert {line["void"] for line in ledger.lines} == {"", "not_heard"}
