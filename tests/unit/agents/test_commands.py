"""The two commands, as programs: an agent in one process, a call to it from another."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.services import live_calls
from app.services.workspace import Workspace
from tests.support.strict_pipecat import StrictPipecat
from tests.support.strict_twilio import StrictTwilio

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = [sys.executable, "-m", "app"]
CLIP = ROOT / "assets" / "practice" / "clips" / "caller_hello.ogg"


def call(*words: str) -> tuple[int, Any]:
    done = subprocess.run(
        [*PROGRAM, "call", *words, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


def test_a_call_to_the_agent_of_another_process(tmp_path: Path) -> None:
    agent = subprocess.Popen(
        [*PROGRAM, "practice-agent", "--fault", "slow=300", "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert agent.stdout is not None
    try:
        told = ""
        while not told.rstrip().endswith("}"):
            told += agent.stdout.readline()
        url = json.loads(told)["url"]
        words = ["--url", url, "--adapter", "openai-realtime", "--caller", str(CLIP)]
        folder = ["--workspace", str(tmp_path / "ws"), "--seconds", "4.6", "--save", "mine"]
        code, found = call(*words, *folder)
    finally:
        agent.kill()
        agent.wait()
        agent.stdout.close()
    assert code == 0
    assert not found["dropped"]
    assert abs(found["duration_s"] - 4.6) < 0.2
    (turn,) = found["turns"]
    assert 1_250 < turn["mouth_to_ear_ms"] < 2_000
    ws = Workspace.open(tmp_path / "ws")
    assert [(p.name, p.url, p.version) for p in live_calls.profiles(ws)] == [("mine", url, 1)]
    ws.close()


def test_bots_of_other_protocols_are_called_by_name(tmp_path: Path) -> None:
    words = ["--caller", str(CLIP), "--seconds", "0.6", "--workspace", str(tmp_path / "ws")]
    with StrictTwilio((1.0,), eva=True) as twilio:
        custom = ["--set", 'custom_parameters={"lang": "en"}', "--set", "eva_events=true"]
        code, found = call("--url", twilio.url, "--adapter", "twilio", *custom, *words)
    assert (code, found["dropped"], twilio.faults) == (0, False, [])
    assert twilio.parameters == {"lang": "en"}
    with StrictPipecat(rate_hz=8_000) as pipecat:
        rate = ["--set", "input_rate_hz=8000"]
        code, found = call("--url", pipecat.url, "--adapter", "pipecat", *rate, *words)
    assert (code, found["dropped"], pipecat.faults) == (0, False, [])


def test_what_cannot_be_called_is_said_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*words: str) -> tuple[int, str]:
        code = run(["call", *words, "--workspace", str(tmp_path / "ws"), "--json"])
        return code, json.loads(capsys.readouterr().out)["error"]["what"]

    assert refused()[0] == 2
    code, what = refused("--url", "ws://127.0.0.1:9")
    assert code == 1
    assert "did not take the call" in what
    assert "no profile" in refused("--profile", "nobody")[1]
    code, what = refused("--url", "http://127.0.0.1:9", "--adapter", "pipecat")
    assert code == 1
    assert "no address of a WebSocket" in what
