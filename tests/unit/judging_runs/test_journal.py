"""Replies that a killed process had not stored are taken from disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.endpoints import ChatReply
from app.domain.evaluation import Run
from app.domain.judging import Usage
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.services import evaluating
from app.services.judging import journal, judging_runs, storing
from app.services.judging.journal import Journal
from app.services.workspace import Workspace
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import DIMENSIONS, GIC, add_calls, replies

REPLY = ChatReply(
    text="half a \ud800 character", usage=Usage(prompt=3, completion=4), finish="stop", refusal="",
    latency_ms=5, http_attempts=1, request_id="r", model="m", rung="schema",
    request={"messages": [{"role": "user", "content": "é"}]}, reply={"a": [1, None]},
)  # fmt: skip


def test_a_reply_comes_back_as_it_was(tmp_path: Path) -> None:
    first = Journal(tmp_path, "run")
    first.add("k-1", REPLY)
    first.close(is_stored=False)
    file = tmp_path / "judging" / "run.jsonl"
    file.write_bytes(file.read_bytes() + b'["k-2", {"text": "cut o')
    second = Journal(tmp_path, "run")
    assert second.take("k-1") == REPLY
    assert second.take("k-1") is None  # a second time it is asked
    assert second.take("k-2") is None
    second.close(is_stored=True)
    assert not file.exists()


def test_it_is_begun_anew_once_it_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 10)
    kept = Journal(tmp_path, "run")
    kept.add("k-1", REPLY)
    kept.trim()
    kept.add("k-2", REPLY)
    kept.close(is_stored=False)
    again = Journal(tmp_path, "run")
    assert (again.take("k-1"), again.take("k-2")) == (None, REPLY)
    again.close(is_stored=True)


def test_an_answer_that_could_not_be_stored_is_not_asked_for_again(
    ws: Workspace, lead: Viewer, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = judging_runs.create(ws, lead, add_calls(ws, 1), [GIC])

    def broken(*_: object) -> Callable[..., Run]:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(storing, "new_reply", broken)
        with pytest.raises(OSError, match="gone"):
            evaluating.drive(Quiet(), ws, run.id)
    paused = evaluating.run(ws, run.id)
    assert (paused.state, paused.done, replies(ws)) == ("paused", 0, [])
    answered = len(server.asked)
    assert answered > 0
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done) == ("done", DIMENSIONS)
    assert len(server.keys) == len(set(server.keys)) == DIMENSIONS
    assert list((ws.cache_dir / "judging").iterdir()) == []
