"""PocketSphinx in a process of its own, for threads of a process that must stay responsive.

The library holds the interpreter's lock while it decodes, for seconds. From any thread but the
main one it is therefore run in a child that speaks over its pipes: a length and samples in, a
length and JSON out. The child ends when its input does, so none outlives its parent.

    python -m app.models.sphinx_child
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.domain.errors import CallbenchError, Cancelled, EnvironmentFault
from app.models.asr import IsCancelled
from app.models.sphinx_decoder import RawWord, decode

POLL_S = 0.1
_LENGTH = struct.Struct("<I")

_children = threading.local()


def decode_aside(pcm: bytes, cancelled: IsCancelled) -> list[RawWord]:
    """As `sphinx_decoder.decode`, in this thread's child; other threads run meanwhile.

    Raises:
        EnvironmentFault: the child cannot be started, or ended.
        Cancelled: the child is ended with its work.
    """
    child = getattr(_children, "value", None)
    if child is None or not child.is_alive:
        child = _children.value = Child()
    return child.decode(pcm, cancelled)


class Child:
    """One child process. Use it from one thread."""

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        known = os.environ.get("PYTHONPATH")
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([root, known] if known else [root])}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.models.sphinx_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=env,
            )
        except OSError as error:
            raise EnvironmentFault(f"PocketSphinx cannot be started: {error}.") from error
        self._end = weakref.finalize(self, _stop, self._process)

    @property
    def is_alive(self) -> bool:
        """Whether it can take a clip."""
        return self._end.alive and self._process.poll() is None

    def decode(self, pcm: bytes, cancelled: IsCancelled) -> list[RawWord]:
        """The words of a clip; see `decode_aside`."""
        replies: list[bytes] = []
        waiting = threading.Thread(target=self._exchange, args=(pcm, replies), daemon=True)
        waiting.start()
        while waiting.is_alive():
            waiting.join(POLL_S)
            if waiting.is_alive() and cancelled():
                self._end()
                waiting.join()
                raise Cancelled
        if not replies:
            self._end()
            raise EnvironmentFault(
                "PocketSphinx ended while it was on this recording.", "Try again."
            )
        return _words(replies[0])

    def _exchange(self, pcm: bytes, replies: list[bytes]) -> None:
        """Send a clip and wait for its answer; none where the child is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError, ValueError):  # closed under us: the caller sees no reply
            _send(self._process.stdin, pcm)
            reply = _receive(self._process.stdout)
            if reply is not None:
                replies.append(reply)


def _words(reply: bytes) -> list[RawWord]:
    body = json.loads(reply)
    if "error" in body:
        raise EnvironmentFault(body["error"], body["remedy"])
    return [(str(w[0]), float(w[1]), float(w[2]), float(w[3])) for w in body["words"]]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe is not None:
                pipe.close()


def _send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (count,) = _LENGTH.unpack(head)
    body = pipe.read(count)
    return body if len(body) == count else None


def serve(source: IO[bytes], out: IO[bytes]) -> None:
    """Decode clip after clip until the input ends."""
    while (pcm := _receive(source)) is not None:
        try:
            reply = {"words": decode(pcm)}
        except CallbenchError as error:
            what, remedy = getattr(error, "what", str(error)), getattr(error, "remedy", "")
            _send(out, json.dumps({"error": what, "remedy": remedy}).encode())
        else:
            _send(out, json.dumps(reply).encode())


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
