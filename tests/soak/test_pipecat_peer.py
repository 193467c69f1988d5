"""Calls to bots on pipecat-ai, which is not our code: its own framing, and Twilio's.

It is installed once into an environment of its own (600 MB) in the bench's scratch folder; where
that cannot be, or espeak-ng is missing, this is skipped and says so. CALLBENCH_PIPECAT_PYTHON
names the Python of an environment that has it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.agents.profiles import AdapterName, CallProfile
from app.cli.call_command import shape
from app.domain.work import Quiet
from app.services import live_calls
from app.services.workspace import Workspace
from bench.common import SCRATCH
from tests.support.callers import caller_file

PACKAGES = ("pipecat-ai[websocket,silero]==1.14.0", "pocketsphinx>=5.1,<6")
BOT = Path(__file__).with_name("pipecat_bot.py")
START_S, INSTALL_S = 120.0, 1_800.0
GREETING_S = 4.0
BARGE_MS = 2_500.0
FRAMINGS: dict[str, AdapterName] = {"protobuf": "pipecat", "twilio": "twilio"}


@pytest.fixture(scope="module")
def python() -> Path:
    """Of an environment with pipecat-ai."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("the program espeak-ng, which is the bot's voice, is not installed")
    named = os.environ.get("CALLBENCH_PIPECAT_PYTHON")
    home = SCRATCH / "pipecat"
    found = Path(named) if named else home / "bin" / "python"
    if not named and not (home / "complete").exists():
        venv.create(home, with_pip=True, clear=True)
        words = [str(found), "-m", "pip", "install", "-q", *PACKAGES]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=INSTALL_S)
        if done.returncode:
            pytest.skip(f"pipecat-ai cannot be installed here: {done.stderr.strip()[-300:]}")
        (home / "complete").touch()
    return found


@contextmanager
def bot(python: Path, framing: str, log: Path) -> Iterator[str]:
    """A bot that listens; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("w") as out:
        words = [str(python), str(BOT), framing, str(port)]
        child = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
        try:
            stop_by = time.monotonic() + START_S
            while "pipeline is now ready" not in log.read_text("utf-8"):
                assert child.poll() is None, log.read_text("utf-8")[-2000:]
                assert time.monotonic() < stop_by, "the bot did not start"
                time.sleep(0.2)
            yield f"ws://127.0.0.1:{port}"
        finally:
            child.kill()
            child.wait()


@pytest.mark.timeout(2_400)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_three_turns_and_two_barge_ins(python: Path, tmp_path: Path, framing: str) -> None:
    names = ("caller_hello", "caller_suits", "caller_birth")
    caller = caller_file(tmp_path / "caller.wav", *names, lead_s=GREETING_S)
    ws = Workspace.open(tmp_path / "ws", create=True)
    with bot(python, framing, tmp_path / "bot.log") as url:
        profile = CallProfile(name=framing, adapter=FRAMINGS[framing], url=url)
        request = live_calls.LiveRequest(profile=profile, caller=caller, barge_in_ms=BARGE_MS)
        stored = live_calls.place(Quiet(), ws, request)
    ws.close()
    found = stored.measures
    print(framing, json.dumps(shape(stored)))  # noqa: T201
    assert not stored.dropped
    assert len(found.turns) == 3
    for turn in found.turns:
        assert 500 < turn.mouth_to_ear_ms < 5_000
        assert turn.wire_ms is not None
        assert turn.wire_ms < turn.mouth_to_ear_ms
    assert len(found.barge_ins) == 2
    for cut in found.barge_ins:
        assert cut.detect_ms is not None
        assert cut.stop_ms is not None
        assert 100 < cut.detect_ms < 1_500
        assert cut.stop_ms < cut.detect_ms + 60
