"""A WebSocket to an agent, in two plain threads: one sends, one receives.

A drop stays a drop: the line is never opened again during a call.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.agents.link import AgentEvent, Listener, RawMessage
from app.domain.errors import EnvironmentFault
from app.models import secrets

if TYPE_CHECKING:
    from websockets.exceptions import ConnectionClosed

OPEN_S = 10.0
CLOSE_S = 2.0
IDLE_S = 0.1
MAX_MESSAGE_BYTES = 64 << 20
TRY_LATER = 1013
FORBIDDEN = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an agent is reached.

    Attributes:
        url: `ws://` or `wss://`.
        key_ref: of a bearer token; empty for none.
        headers: more of them.
        origin: what a browser would name as its page; empty for none.
    """

    url: str
    key_ref: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""


class SocketLine:
    """One connection. `open` once, `close` once; `put` may be called from any thread.

    Args:
        listener: told when sound has left, of what was sent besides, and when the line is gone.
        received: given every message and when it came, in the receiving thread.
        idle: called in the same thread each 100 ms without a message, with the time.
    """

    def __init__(
        self,
        listener: Listener,
        received: Callable[[bytes, int], None],
        idle: Callable[[int], None] | None = None,
    ) -> None:
        self._listener, self._received, self._idle = listener, received, idle
        self._queue: queue.SimpleQueue[tuple[str | bytes, int, str] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._line: Any = None

    def open(self, address: Address) -> None:
        """Connect.

        Raises:
            EnvironmentFault: nobody answers there, or the agent refuses.
        """
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        key = secrets.resolve(address.key_ref)
        headers = dict(address.headers)
        if key.reveal():
            headers["Authorization"] = f"Bearer {key.reveal()}"
        try:
            self._line = connect(
                address.url,
                additional_headers=headers,
                origin=address.origin or None,  # type: ignore[arg-type]
                compression=None,
                max_size=MAX_MESSAGE_BYTES,
                open_timeout=OPEN_S,
                close_timeout=CLOSE_S,
                max_queue=None,
            )
        except (OSError, WebSocketException, ValueError) as error:
            raise EnvironmentFault(
                f"The agent at {address.url} did not take the call ({key.redact(str(error))}).",
                _hint(error),
            ) from None  # the cause may quote the headers
        for name, work in (("receive", self._receive), ("send", self._send)):
            thread = threading.Thread(target=work, name=f"callbench-agent-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def put(self, body: str | bytes, *, until: int = -1, told: str = "") -> None:
        """Queue a message.

        Args:
            body: text or bytes.
            until: the caller index after the last sample of its sound; -1 for none.
            told: JSON for the log; empty where it is sound.
        """
        self._queue.put((body, until, told))

    def close(self) -> None:
        """Send what is queued, then hang up; never raises."""
        line, self._line = self._line, None
        if line is None:
            return
        self._queue.put(None)
        receiver, sender = self._threads
        sender.join(CLOSE_S)
        with suppress(Exception):  # whatever state the line is in, it is given up
            line.close()
        receiver.join(CLOSE_S)

    def _send(self) -> None:
        from websockets.exceptions import ConnectionClosed

        line = self._line
        while (item := self._queue.get()) is not None:
            body, until, told = item
            try:
                line.send(body)
            except (ConnectionClosed, OSError):
                return  # the receiver tells that the line is gone
            at_ns = time.monotonic_ns()
            if until >= 0:
                self._listener.sent(until, at_ns)
            if told:
                self._listener.raw(RawMessage(at_ns=at_ns, way="out", text=told))

    def _receive(self) -> None:
        from websockets.exceptions import ConnectionClosed

        reason = ""
        try:
            self._take(self._line)
        except ConnectionClosed as error:
            reason = _words(error)
        except OSError as error:
            reason = error.strerror or str(error)
        self._listener.event(AgentEvent(kind="closed", at_ns=time.monotonic_ns(), text=reason))

    def _take(self, line: Any) -> None:
        """Until the line is gone, which is raised."""
        timeout = None if self._idle is None else IDLE_S
        while True:
            try:
                raw = line.recv(timeout, decode=False)
            except TimeoutError:
                if self._idle is not None:
                    self._idle(time.monotonic_ns())
                continue
            self._received(bytes(raw), time.monotonic_ns())  # stamped before anything is parsed


def _words(error: ConnectionClosed) -> str:
    """Why a line was closed, for a person."""
    told = error.rcvd
    if told is not None and told.code == TRY_LATER:
        why = f": {told.reason}" if told.reason else ""
        return f"it takes one caller at a time and has one, or is overloaded; code 1013{why}"
    return str(error)


def _hint(error: Exception) -> str:
    from websockets.exceptions import InvalidStatus

    if isinstance(error, InvalidStatus) and error.response.status_code == FORBIDDEN:
        return "Check the key, and whether the agent wants an Origin that it allows."
    return "Check the address, the key and whether the agent is running."
