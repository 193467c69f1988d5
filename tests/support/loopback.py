"""HTTP on loopback, as far as a stand-in for an endpoint needs it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol

HEADER_BYTES = 1 << 16


class Server(Protocol):
    """What tests set and read; `url` is known once it listens."""

    url: str


class Connection:
    """One connection, kept alive over several requests; subclasses answer them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Answer one request; False closes the connection."""
        raise NotImplementedError

    async def run(self) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while await self._one():
                    pass
        finally:
            self._writer.transport.abort()

    async def _one(self) -> bool:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        lines = [line.partition(":") for line in head[1:]]
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return await self.answer(method, path, headers, body)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head of an answer."""
        lines = [f"HTTP/1.1 {status} X", *(f"{n}: {v}" for n, v in headers.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode("latin-1"))

    async def gone_within(self, seconds: float) -> bool:
        """Wait; True once the client has closed the connection."""
        if seconds <= 0:
            return False
        closed = asyncio.ensure_future(self._reader.read(1))
        await asyncio.wait({closed}, timeout=seconds)
        if closed.done():
            return True
        closed.cancel()
        await asyncio.wait({closed})  # until then the reader is taken
        return False


Connect = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Connection]


async def serve(
    server: Server, connect: Connect, port: int, ready: Callable[[], object], stop: asyncio.Event
) -> None:
    """Serve until `stop`; calls `ready` once it listens and `url` is known."""
    running: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(connect(reader, writer).run())
        running.add(task)
        task.add_done_callback(running.discard)

    listening = await asyncio.start_server(
        connected, "127.0.0.1", port, limit=HEADER_BYTES, backlog=512
    )
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    ready()
    await stop.wait()
    listening.close()
    for task in list(running):
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@contextmanager
def in_a_thread(server: Server, connect: Connect, name: str) -> Iterator[None]:
    """Serve while the block runs, in a thread of that name."""
    ready, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    work = serve(server, connect, 0, ready.set, stop)
    thread = threading.Thread(target=lambda: loop.run_until_complete(work), name=name)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
