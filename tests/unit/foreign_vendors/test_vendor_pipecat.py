"""Pipecat evals: a line for each attempt, its recording, and clocks that run wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.work import Quiet
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import reader, sniffed
from tests.unit.foreign_vendors.vendor_payloads import pipecat_row, put_pipecat

ReadOne = Callable[[str, Path], ForeignCall]
ReadAll = Callable[[str, Path], list[Any]]


@pytest.mark.parametrize("name", ["", "r1", "r1/results.jsonl"])
def test_runs_are_found_from_above_and_by_file(
    tmp_path: Path, read_one: ReadOne, name: str
) -> None:
    put_pipecat(tmp_path / "r1")
    path = tmp_path / name
    assert sniffed(path) is reader("pipecat")
    call = read_one("pipecat", path)
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 0, "agent": 1}
    assert call.audio[0].path.name == "booker__friday_002.wav"
    assert call.attempt == 2
    assert call.scenario_key == "book/friday"
    assert call.agent == "booker"
    assert call.outcome == "failed: judge_no"
    assert call.extra["failures"][0]["kind"] == "judge_no"
    assert [t["status"] for t in call.extra["eval_turns"]] == ["passed", "failed"]
    assert call.extra["wall_s"] == 9.2
    assert call.findings == ()
    assert any("could not be checked" in w for w in call.warnings)


def test_log_comes_along_without_its_key(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("pipecat", put_pipecat(tmp_path / "r1"))
    assert set(call.documents) == {"pipecat/call.json", "pipecat/eval_log.txt"}
    assert b"sk-abcdefghij0123456789" not in call.documents["pipecat/eval_log.txt"]
    assert b"connect" in call.documents["pipecat/eval_log.txt"]


def test_recording_longer_than_its_run_voids_its_times(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("pipecat", put_pipecat(tmp_path / "r1", pipecat_row(duration_ms=6500)))
    (finding,) = call.findings
    assert finding.code == "recording_drift"
    assert "latency" in finding.voids


def test_attempts_skipped_runs_and_broken_lines(tmp_path: Path, read_all: ReadAll) -> None:
    folder = put_pipecat(
        tmp_path / "r1",
        pipecat_row(),
        pipecat_row(attempt=3, passed=True, failures=[], artifacts={}),
        pipecat_row(skipped="no audio mode"),
    )
    with (folder / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"bot": "b", "scenario": "s", "artif')
    first, second, third = read_all("pipecat", folder)
    assert len(first.audio) == 2
    assert second.audio == ()
    assert second.outcome == "passed"
    assert second.duration_s == 9.2
    assert "The run was not recorded (`record: false`)." in second.losses
    assert isinstance(third, ForeignFailure)
    assert "it was not run: no audio mode" in third.reason
    assert any("results.jsonl: 1 line could not be read" in w for w in first.warnings)
    assert first.identity != second.identity


def test_simulation_has_its_metrics(tmp_path: Path, read_one: ReadOne) -> None:
    row = pipecat_row(
        kind="simulation",
        turns=4,
        metrics=[{"name": "polite", "score": 0.75, "passed": True, "reason": "fine"}],
        messages=[{"role": "user", "content": "hi"}],
        passed=True,
    )
    call = read_one("pipecat", put_pipecat(tmp_path / "r1", row))
    assert call.metrics["polite"]["score"] == 0.75
    assert call.outcome == "passed"


def test_recording_outside_the_run_is_not_taken(tmp_path: Path, read_one: ReadOne) -> None:
    row = pipecat_row(artifacts={"recording": "../../booker__friday_002.wav/../x.wav"})
    put_pipecat(tmp_path / "r1", row)
    (tmp_path / "x.wav").write_bytes(b"RIFF")
    call = read_one("pipecat", tmp_path / "r1")
    assert call.audio == ()
    assert "Its recording is not in the run's folder." in call.losses


def test_results_of_something_else_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text('{"model": "m", "score": 1}\n', "utf-8")
    assert not reader("pipecat").sniff(tmp_path)
    with pytest.raises(BadInput):
        list(reader("pipecat").read(Quiet(), tmp_path))
