"""How fast a run goes and how long it still takes; words for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.evaluation import Failure, Run, StepProgress
from app.domain.new import NewCall
from app.services import calls
from app.services.evaluating.pace import BINS, Pace, pace
from app.services.workspace import Workspace
from app.ui.runs import words
from app.ui.runs.failure_model import FailureRow, KindHead, failure_rows
from app.ui.runs.pacer import Pacer
from app.ui.runs.rows import NO_HINTS, Hints, row_of
from app.ui.runs.step_rows import current_title, fold, step_rows

START = datetime(2026, 11, 5, 14, 0, tzinfo=UTC)


def stamp(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def run_of(**changes: Any) -> Run:
    made = Run(
        id="r", number=7, kind="metrics", title="Levels", query="", specs=(), state="running",
        calls=10, steps=100, done=20, failed=0, reused=0, skipped=0, where="processes", workers=2,
        created_by="", created_at=stamp(0), started_at=stamp(0), finished_at=None, active_s=40.0,
        retry_failed=False, note="",
    )  # fmt: skip
    return replace(made, **changes)


def step_of(name: str = "a", **changes: Any) -> StepProgress:
    made = StepProgress(
        name=name, title=name.upper(), total=10, done=0, failed=0, reused=0, skipped=0, mean_s=None
    )
    return replace(made, **changes)


@pytest.fixture
def results(workspace: Workspace) -> Callable[[list[float]], Run]:
    """Stores a run with results at these seconds after the start."""

    def store(seconds: list[float], state: str = "running") -> Run:
        with workspace.db.machine() as uow:
            new = NewCall(
                title="c", rate_hz=8000, frame_count=8000, channel_map="caller,agent", tracks=(),
                blobs=(), source_path="c.wav", content_sha256="0" * 64,
            )  # fmt: skip
            call_id = calls.add_call(uow, new)
            run_id = uow.runs.add(
                kind="metrics", title="t", query="", specs=[], call_ids=[call_id],
                where="threads", workers=1, rater_id=None,
            )  # fmt: skip
            run = uow.connection.exec_driver_sql
            for n, at in enumerate(seconds):
                run(
                    "INSERT INTO result (id, call_id, run_id, evaluator, version, args, key, "
                    "inputs, attempt, status, duration_ms, created_at) VALUES "
                    "(:i, :c, :r, 'e', '1', '{}', :i, '{}', 1, 'ok', 5, :t)",
                    {"i": f"x{n}", "c": call_id, "r": run_id, "t": stamp(at)},
                )
        return run_of(id=run_id, state=state)

    return store


def test_a_run_that_computed_nothing_has_no_pace(
    workspace: Workspace, results: Callable[[list[float]], Run]
) -> None:
    assert pace(workspace, results([])) is None


def test_every_result_is_in_a_bin_and_the_rate_is_the_last_minutes(
    workspace: Workspace, results: Callable[[list[float]], Run]
) -> None:
    times = [float(n) for n in range(0, 120, 2)] + [121.0, 150.0, 179.0, 180.0]
    found = pace(workspace, results(times), now=stamp(180))
    assert found is not None
    assert sum(found.counts) == len(times)
    assert len(found.counts) <= BINS
    assert found.bin_s == 5
    assert found.per_minute == 4
    assert (found.began, found.ended) == (stamp(0), stamp(180))


def test_a_long_run_that_goes_on_is_looked_back_upon_for_an_hour(
    workspace: Workspace, results: Callable[[list[float]], Run]
) -> None:
    times = [10.0, 7000.0, 9000.0, 9990.0]
    found = pace(workspace, results(times), now=stamp(10_000))
    assert found is not None
    assert sum(found.counts) == 3
    assert (found.bin_s, found.began) == (60, stamp(6400))


def test_a_run_that_is_over_ends_with_its_last_result(workspace: Workspace, results: Any) -> None:
    found = pace(workspace, results([0.0, 30.0, 59.0, 120.0], state="done"), now=stamp(99_999))
    assert found is not None
    assert (found.ended, found.per_minute) == (stamp(120), 2)
    assert sum(found.counts) == 4
    assert found.counts[-1] == 1


@given(st.integers(1, 5000), st.integers(0, 400))
def test_bins_never_lose_a_count(span_s: int, extra: int) -> None:
    from app.services.evaluating.pace import _filled

    counted = {0: 3, span_s: extra, -1: 1}
    assert sum(_filled(counted, min(BINS, span_s))) == 4 + extra


def test_the_rate_is_that_of_the_last_minutes_once_they_are_known() -> None:
    pacer, run = Pacer(), run_of(done=20, active_s=40.0)
    pacer.see(run, 0.0)
    assert pacer.rate(run) == 0.5
    later = replace(run, done=60)
    pacer.see(later, 20.0)
    assert pacer.rate(later) == 2.0
    assert pacer.left_s(later) == 20.0


def test_a_burst_of_known_steps_is_forgotten_after_three_minutes() -> None:
    pacer = Pacer()
    pacer.see(run_of(done=0, steps=1000), 0.0)
    for second in range(1, 400):
        pacer.see(run_of(done=0, reused=500 + second, steps=10_000), float(second))
    rate = pacer.rate(run_of(done=0, reused=899, steps=10_000))
    assert rate == pytest.approx(1.0)


def test_nobody_can_tell_before_the_first_step_and_a_pause_counts_nothing() -> None:
    pacer = Pacer()
    fresh = run_of(done=0, active_s=0.0)
    pacer.see(fresh, 0.0)
    assert pacer.left_s(fresh) is None
    run = run_of(done=20)
    pacer.see(run, 1.0)
    pacer.see(replace(run, state="paused"), 500.0)
    pacer.see(run, 1000.0)
    assert pacer.rate(run) == 0.5


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (59.4, "59 s"), (61, "1 min"), (720, "12 min"), (8040, "2 h 14"),
     (3_600_000, "1 000 h 00")],
)  # fmt: skip
def test_durations_are_short(seconds: float, told: str) -> None:
    assert words.duration_words(seconds) == told.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, ""), (3, "under 1 min"), (540, "9 min left")],
)
def test_what_is_left(seconds: float | None, told: str) -> None:
    assert words.left_words(seconds).replace("\u00a0", " ") == told


@pytest.mark.parametrize(
    ("mean_s", "told"),
    [(0.0001, "1 ms each"), (0.04, "40 ms each"), (1.94, "1.9 s each"), (75, "1 min each")],
)
def test_what_one_takes(mean_s: float, told: str) -> None:
    assert words.each_words(mean_s).replace("\u00a0", " ") == told


def test_the_start_is_a_clock_today_and_a_day_before() -> None:
    now = words.local(stamp(3600))
    assert words.started_words(stamp(0), now) == words.local(stamp(0)).strftime("%H:%M")
    assert words.started_words(stamp(0), now + timedelta(days=30)) == "5 Nov"
    assert words.started_words(stamp(0), now + timedelta(days=300)) == "5 Nov 2026"
    assert words.started_words(None, now) == ""


def test_a_waiting_run_is_active_even_if_it_was_paused_before() -> None:
    paused = run_of(state="paused", note="Paused.")
    assert row_of(paused, NO_HINTS, START).group == "attention"
    waiting = row_of(paused, Hints(waits_here=True), START)
    assert (waiting.group, waiting.now) == ("active", "Waiting for its turn")
    stopping = row_of(run_of(), Hints(asked="cancel", step="Levels"), START)
    assert stopping.now == "Stopping"
    failing = row_of(run_of(failed=2), Hints(step="Levels"), START)
    assert failing.now == "Levels, 2 failed"
    broken = row_of(run_of(state="failed", note="The disk is full."), NO_HINTS, START)
    assert (broken.group, broken.now) == ("attention", "The disk is full.")


def test_steps_say_the_one_thing_to_know() -> None:
    steps = [
        step_of("a", done=6, reused=4, mean_s=1.9),
        step_of("b", reused=10),
        step_of("c", skipped=10),
        step_of("d", done=7, failed=3, mean_s=0.2),
        step_of("e", done=4, mean_s=0.02),
        step_of("f"),
    ]
    rows = step_rows(run_of(), steps, ["e"])
    assert [(r.icon, r.note.replace("\u00a0", " ")) for r in rows] == [
        ("check-circle", "1.9 s each"),
        ("check-circle", "10 reused"),
        ("minus-circle", "does not apply"),
        ("warning-circle", "3 failed"),
        ("play-circle", "20 ms each"),
        ("circle", ""),
    ]
    assert [r.is_current for r in rows] == [False] * 4 + [True, False]
    assert rows[3].tip.replace("\u00a0", " ") == "D: 7 computed, 3 failed, 200 ms each"
    assert current_title(steps, ["e"]) == "E"
    assert current_title(steps, []) == "E"
    assert current_title(steps[:4], ["gone"]) == ""


def test_folding_keeps_what_failed_and_never_hides_a_single_line() -> None:
    plain = step_rows(run_of(), [step_of(f"s{n}") for n in range(20)], ())
    assert fold(plain[:9]).rest == ""
    assert (len(fold(plain).rows), fold(plain).rest) == (8, "12 more")
    bad = step_rows(run_of(), [step_of(f"s{n}", failed=int(n == 15)) for n in range(20)], ())
    folded = fold(bad)
    assert [row.name for row in folded.rows][-1] == "s15"
    assert folded.rest == "11 more"


def test_failures_stand_under_their_kind_the_commonest_first() -> None:
    def failure(code: str, kind: Any) -> Failure:
        return Failure(
            call_id=code, code=code, evaluator="e", kind=kind, reason="r", attempt=1,
            created_at=stamp(0),
        )  # fmt: skip

    rows = failure_rows(
        [failure("CB-3", "timeout"), failure("CB-2", "bug"), failure("CB-1", "timeout")],
        {"e": "Levels"},
    )
    assert rows[0] == KindHead("timeout", 2)
    assert [r.failure.code for r in rows if isinstance(r, FailureRow)] == ["CB-1", "CB-3", "CB-2"]
    assert rows[1] == FailureRow(rows[1].failure, "Levels")  # type: ignore[union-attr]


def test_a_pace_is_told_whole_from_ten_on() -> None:
    from app.ui.runs.pace_chart import pace_words

    def of(rate: float) -> Pace:
        return Pace(counts=(1,), bin_s=1, began=stamp(0), ended=stamp(1), per_minute=rate)

    assert [pace_words(of(rate)) for rate in (0.5, 3, 31.4, 1203.0)] == [
        "0.5", "3", "31", "1\u00a0203",
    ]  # fmt: skip


def test_the_folder_of_a_workspace_is_not_written_to_by_reading(
    workspace: Workspace, tmp_path: Path, results: Callable[[list[float]], Run]
) -> None:
    run = results([1.0])
    before = workspace.db.data_version()
    pace(workspace, run)
    assert workspace.db.data_version() == before


@given(st.integers(100, 3000), st.floats(0.8, 2.0))
def test_columns_fill_the_room_and_the_time_is_never_left_out(room: int, scale: float) -> None:
    from app.ui.runs.columns import COLUMNS, fitted

    widths = dict(zip([column.key for column in COLUMNS], fitted(COLUMNS, room, scale)))
    fixed = round(34 * scale) + round(104 * scale)
    assert sum(widths.values()) == max(room, fixed)
    assert min(widths.values()) >= 0
    assert widths["time"] == round(104 * scale)
    assert not (widths["where"] and not widths["started"])
