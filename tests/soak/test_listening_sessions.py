"""Whole listening sessions at the real window under Xvfb, through a sound server with null sinks.

Sessions of 30 trials of each instrument, from the list to the results; and a window that is killed
in the middle of a trial and gone on with.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.studies import Vote
from app.services import opening, raters
from app.services.studies import results
from tests.soak.real_window import at_work, finished, window_env

CHILD = "listen_rater.py"
TRIALS = int(os.environ.get("CALLBENCH_LISTEN_TRIALS", "30"))
OF_PAIRS = ("dcr", "ccr", "pairwise")


@pytest.fixture
def env() -> Iterator[dict[str, str]]:
    with window_env() as found:
        yield found


def stored(folder: Path) -> tuple[list[Vote], Any]:
    """The rater's votes, and the study's results as its lead reads them."""
    ws = opening.open_workspace(folder / "ws")
    lead = raters.sign_in(ws, "Lee", "lead")
    ann = raters.sign_in(ws, "Ann", "reviewer")
    with ws.db.read() as uow:
        study = uow.studies.all()[0]
        votes = list(uow.votes.of_rater(ann, study.id))
    found = results.results(ws, lead, study.id)
    ws.close()
    return votes, found


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("instrument", ["acr", "dcr", "ccr", "pairwise", "humanlike", "ai_detect"])
def test_a_session_from_the_list_to_the_results(
    env: dict[str, str], tmp_path: Path, instrument: str
) -> None:
    calls = TRIALS if instrument in OF_PAIRS else TRIALS // 2
    report = finished(at_work(env, CHILD, str(tmp_path), instrument, str(calls)))
    votes, found = stored(tmp_path)
    valid = [v for v in votes if v.valid]
    void = Counter(v.void_reason for v in votes if not v.valid)
    print(f"\n{instrument}: {report}, {len(valid)} votes count, void: {dict(void)}")  # noqa: T201
    assert report["platform"] == "xcb"
    assert report["answers"] == len(votes) >= TRIALS
    assert len({v.stimulus_id for v in valid}) == len(valid) == TRIALS
    assert all(v.heard.heard_pct == 100.0 and not v.heard.underruns for v in valid)
    if instrument in ("acr", "dcr", "humanlike"):
        assert sum(item.opinion.n for item in found.items) == TRIALS
    elif instrument == "pairwise":
        assert found.preference is not None


@pytest.mark.timeout(600)
def test_a_window_killed_in_a_trial_goes_on_with_that_trial(
    env: dict[str, str], tmp_path: Path
) -> None:
    child = at_work(env, CHILD, str(tmp_path), "acr", "3", "2")
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "waiting"
    child.kill()
    child.communicate()
    votes, _found = stored(tmp_path)
    assert len(votes) == 2
    report = finished(at_work(env, CHILD, str(tmp_path), "acr", "3"))
    assert report["resumed"]
    votes, _found = stored(tmp_path)
    assert len({v.trial_id for v in votes}) == len(votes)
    assert len({v.session_id for v in votes}) == 1
    again = votes[2]
    assert (again.heard.plays, again.heard.heard_pct) == (1, 100.0)
    assert sum(v.valid for v in votes) == 6
