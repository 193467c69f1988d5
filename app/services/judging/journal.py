"""Replies that are not in the database yet, on disk the moment they come.

A process may be killed between an endpoint's answer and the transaction that stores it. What it
noted here is then taken for the answer instead of asking again.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.domain.endpoints import ChatReply
from app.domain.judging import Usage

log = logging.getLogger("callbench.judging")

MOST_BYTES = 8 << 20
"""Once the file is so long, it is begun anew as soon as all of it is stored."""


class Journal:
    """Replies of one run by idempotency key. Make it anywhere, use it in one thread at a time.

    It lies in the cache: losing it costs no more than asking again.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self._path = folder / "judging" / f"{run_id}.jsonl"
        self._known = _read(self._path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def take(self, key: str) -> ChatReply | None:
        """The reply that an earlier process got and did not store."""
        return self._known.pop(key, None)

    def add(self, key: str, reply: ChatReply) -> None:
        """Note a reply."""
        body = {f.name: getattr(reply, f.name) for f in fields(reply)}
        body["usage"] = {f.name: getattr(reply.usage, f.name) for f in fields(reply.usage)}
        try:
            os.write(self._file, (json.dumps([key, body], default=dict) + "\n").encode())
        except OSError as error:  # a full disk is told by the database
            log.warning("a reply could not be noted: %s", error)

    def trim(self) -> None:
        """Begin anew if it has become long. Call it when all that came is stored."""
        if os.fstat(self._file).st_size > MOST_BYTES:
            os.ftruncate(self._file, 0)

    def close(self, *, is_stored: bool) -> None:
        """Close it, and remove it if all that came is stored."""
        os.close(self._file)
        if is_stored:
            self._path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, ChatReply]:
    found: dict[str, ChatReply] = {}
    if not path.exists():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            key, body = json.loads(line)
            found[key] = _reply(body)
        except (ValueError, TypeError):  # the process died while it wrote
            log.info("an unfinished line of %s is passed over", path.name)
    return found


def _reply(body: Mapping[str, Any]) -> ChatReply:
    return ChatReply(**{**body, "usage": Usage(**body["usage"])})
