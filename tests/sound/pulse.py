"""A sound server of the test's own: PulseAudio with null sinks, in a private folder.

It needs no hardware and no session, and runs as root or as anyone. What is played into a null
sink can be recorded from its monitor.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_DEADLINE_S = 20.0
SINKS = ("null1", "null2")


def is_installed() -> bool:
    return all(shutil.which(tool) for tool in ("pulseaudio", "pactl"))


@dataclass
class PulseServer:
    """A running server; `env` makes PortAudio, which reads it when it starts, find it."""

    env: dict[str, str]
    process: subprocess.Popen[bytes]

    def pactl(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words], env=self.env, capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout

    def probe(self, name: str, *words: str, timeout_s: float = 100.0) -> Any:
        """Run `tests/sound/<name>.py` in a process of its own; returns what it printed as JSON."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "sound" / f"{name}.py"), *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{name} failed:\n{done.stderr[-4000:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])


@contextmanager
def pulse_server() -> Iterator[PulseServer]:
    """Start a server with two null sinks and end it afterwards."""
    # A short path: the server's socket lies in it, and a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="cbsound") as folder:
        runtime = Path(folder)
        runtime.chmod(0o700)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PULSE_")}
        env |= {
            "XDG_RUNTIME_DIR": folder,
            "PULSE_RUNTIME_PATH": str(runtime / "pulse"),
            "HOME": folder,
            "XDG_CONFIG_HOME": str(runtime / "config"),
            "PYTHONPATH": str(ROOT),
        }
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        command += ["--disable-shm=yes", "-L", "module-native-protocol-unix"]
        for sink in SINKS:
            command += ["-L", f"module-null-sink sink_name={sink} rate=48000 channels=2"]
        log = (runtime / "log").open("wb")
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        server = PulseServer(env, process)
        try:
            _await_sinks(server, runtime / "log")
            server.pactl("set-default-sink", SINKS[0])
            server.pactl("set-default-source", f"{SINKS[0]}.monitor")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)
            log.close()


def _await_sinks(server: PulseServer, log: Path) -> None:
    stop_by = time.monotonic() + START_DEADLINE_S
    while True:
        if server.process.poll() is not None:
            raise AssertionError(f"pulseaudio ended:\n{log.read_text()[-2000:]}")
        try:
            if SINKS[-1] in server.pactl("list", "short", "sinks"):
                return
        except subprocess.CalledProcessError:
            pass
        if time.monotonic() > stop_by:
            raise AssertionError(f"pulseaudio did not answer:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
