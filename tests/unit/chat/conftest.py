"""A loopback judge for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.chat_server import ChatServer, serving


@pytest.fixture(autouse=True)
def _no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback needs none, and every client would read all of them: 30 ms."""
    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", lambda *_args, **_files: None)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving() as found:
        yield found
