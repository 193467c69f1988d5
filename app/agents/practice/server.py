"""The practice agent as a server on this machine: `ws://127.0.0.1:PORT/v1/realtime`.

It answers this machine only, unless told another address. One connection is one call.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from app.agents.practice.brief import Brief
from app.agents.practice.call import PracticeCall
from app.agents.practice.faults import Faults
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.practice")

HOST = "127.0.0.1"
PATH = "/v1/realtime"


class PracticeServer:
    """A running practice agent; a context manager.

    Args:
        brief: what it says.
        faults: what it does wrong.
        host: the address it listens on.
        port: 0 for any free one.
        recognises: whether it makes out words; without, it follows its steps.

    Raises:
        EnvironmentFault: the port is taken.
    """

    def __init__(
        self,
        brief: Brief,
        faults: Faults | None = None,
        *,
        host: str = HOST,
        port: int = 0,
        recognises: bool = True,
    ) -> None:
        from websockets.sync.server import serve

        self._brief, self._faults, self._recognises = brief, faults or Faults(), recognises
        self.truth: list[dict[str, Any]] = []
        """What it did: `{what, at_ns, …}` in order."""
        try:
            self._server = serve(self._answer, host, port, compression=None, max_size=None)
        except OSError as error:
            raise EnvironmentFault(
                f"The practice agent cannot listen on port {port} ({error.strerror or error}).",
                "Choose another --port, or 0 for any free one.",
            ) from error
        self.port = int(self._server.socket.getsockname()[1])
        self.url = f"ws://{host}:{self.port}{PATH}"
        self._calls: set[Any] = set()
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="callbench-practice-server"
        )
        self._thread.start()

    def __enter__(self) -> PracticeServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up all calls and stop listening."""
        self._server.shutdown()
        for connection in list(self._calls):
            with suppress(Exception):  # it may be closing by itself
                connection.close()
        self._thread.join()
        stop_by = time.monotonic() + 10.0
        while self._calls and time.monotonic() < stop_by:
            time.sleep(0.01)

    def wait(self) -> None:
        """Until it is closed from elsewhere, or the process is interrupted."""
        while self._thread.is_alive():
            self._thread.join(0.2)

    def _answer(self, connection: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        sending = threading.Lock()

        def send(event: dict[str, Any]) -> None:
            text = json.dumps(event | {"event_id": f"event_{time.monotonic_ns()}"})
            with sending:
                try:
                    connection.send(text)
                except ConnectionClosed as error:
                    raise ConnectionAbortedError from error

        self._calls.add(connection)
        dies = self._dies(connection)
        told = self._note
        call = PracticeCall(send, self._brief, self._faults, told, recognises=self._recognises)
        try:
            call.begin()
            for raw in connection:
                call.take(raw)
        except (ConnectionClosed, OSError):
            log.info("a practice call was cut off")
        finally:
            if dies is not None:
                dies.cancel()
            call.close()
            self._calls.discard(connection)

    def _note(self, what: str, **facts: Any) -> None:
        self.truth.append({"what": what, **facts})

    def _dies(self, connection: Any) -> threading.Timer | None:
        if self._faults.die_s is None:
            return None

        def die() -> None:
            self._note("dies", at_ns=time.monotonic_ns())
            with suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self._faults.die_s, die)
        timer.daemon = True
        timer.start()
        return timer
