"""A real window for a soak: an X server and a sound server of its own, a process at work there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.sound import pulse
from tests.sound.pulse import PulseServer, pulse_server

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """An X server of the test's own; the environment that reaches it."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    process = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        process.terminate()
        process.wait()


@contextmanager
def window_env(prepare: Callable[[PulseServer], None] | None = None) -> Iterator[dict[str, str]]:
    """Display, sound and a settings folder; skips where they cannot be had.

    `prepare` adds sinks and sources to the sound server.
    """
    if not pulse.is_installed() or shutil.which("Xvfb") is None:
        pytest.skip("pulseaudio or Xvfb is not installed")
    with pulse_server() as server, screen() as shown:
        if prepare is not None:
            prepare(server)
        yield server.env | shown | {"CALLBENCH_CONFIG_DIR": f"{server.env['HOME']}/callbench"}


def at_work(env: dict[str, str], child: str, *words: str) -> subprocess.Popen[str]:
    """A script of this folder in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name(child)), *words]
    return subprocess.Popen(
        command, env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def finished(child: subprocess.Popen[str]) -> dict[str, Any]:
    """What it said last."""
    out, err = child.communicate(timeout=1_800)
    assert child.returncode == 0, err[-4_000:]
    report: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return report
