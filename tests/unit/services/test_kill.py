"""Nothing that was acknowledged is lost, doubled or bound elsewhere by `kill -9`.

`CALLBENCH_KILLS` sets the number of kills (the soak asks for 100).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.calls import Span
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.segments import Segment
from app.services import browsing, layers, raters, undo
from app.services.workspace import Workspace

KILLS = int(os.environ.get("CALLBENCH_KILLS", "8"))
ROOT = Path(__file__).parents[3]
Line = dict[str, Any]


def killed_after(arguments: list[str], moment_s: float) -> list[Line]:
    """Run the child, kill it some time after it is ready; what it had acknowledged."""
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("kill_child.py")), *arguments],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    assert json.loads(first)["kind"] == "ready"
    time.sleep(moment_s)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().decode()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    # The last line may be cut: the action had returned, but was not heard of in full.
    return [json.loads(line) for line in rest.split("\n")[:-1]]


def rows(ws: Workspace, sql: str) -> list[tuple[Any, ...]]:
    with ws.db.read() as uow:
        return [tuple(r) for r in uow.connection.exec_driver_sql(sql)]


class Ledger:
    """What was acknowledged so far, and what the workspace must therefore hold."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.kills = 0

    def of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line["kind"] == kind]

    def check(self, ws: Workspace, viewer: Viewer, layer_id: str) -> None:
        assert rows(ws, "PRAGMA integrity_check") == [("ok",)]
        assert rows(ws, "PRAGMA foreign_key_check") == []
        self._scores(ws, layer_id)
        self._comments(ws)
        self._edits(ws)
        self._submissions(ws)
        self._log(ws, viewer)

    def _spare(self, found: int, known: int) -> None:
        """Each kill may have cut off one action that was stored but not yet acknowledged."""
        assert known <= found <= known + self.kills

    def _scores(self, ws: Workspace, layer_id: str) -> None:
        stored = rows(
            ws,
            "SELECT s.id, s.criterion_id, s.value, i.start, i.end, i.layer_id, i.layer_version "
            "FROM score s JOIN item i ON i.id = s.item_id WHERE s.phase = 'draft'",
        )
        by_id = {r[0]: r[1:] for r in stored}
        assert len(by_id) == len(stored)
        for line in self.of("score"):
            start = line["turn"] * 1000
            assert by_id[line["id"]] == (
                line["criterion"],
                line["value"],
                start,
                start + 900,
                layer_id,
                1,
            )
        done = rows(
            ws, "SELECT json_extract(payload, '$.type') FROM action WHERE kind = 'do'"
        ).count(("score",))
        self._spare(done, len(self.of("score")))

    def _comments(self, ws: Workspace) -> None:
        bodies = dict(rows(ws, "SELECT id, body FROM comment"))
        assert all(bodies[line["id"]] == line["body"] for line in self.of("comment"))

    def _edits(self, ws: Workspace) -> None:
        stored = rows(ws, "SELECT number, payload FROM layer_edit ORDER BY number")
        assert [r[0] for r in stored] == list(range(1, len(stored) + 1)), "no gap, no double"
        for line in self.of("edit"):
            payload = json.loads(stored[line["number"] - 1][1])
            assert (payload["segment_id"], payload["end"]) == (line["segment"], line["end"])

    def _submissions(self, ws: Workspace) -> None:
        stored = rows(
            ws,
            "SELECT b.version, count(s.id) FROM submission b LEFT JOIN score s "
            "ON s.submission_id = b.id GROUP BY b.id ORDER BY b.version",
        )
        assert [r[0] for r in stored] == list(range(1, len(stored) + 1))
        counts = dict(stored)
        assert all(counts[line["version"]] == line["count"] for line in self.of("submit"))
        self._spare(len(stored), len(self.of("submit")))

    def _log(self, ws: Workspace, viewer: Viewer) -> None:
        """Every action has its row, and every row its action: none without the other."""
        kinds = [r[0] for r in rows(ws, "SELECT kind FROM action ORDER BY seq")]
        self._spare(kinds.count("undo"), len(self.of("undo")))
        written = (
            rows(ws, "SELECT count(*) FROM score WHERE phase = 'draft'")[0][0]
            + rows(ws, "SELECT count(*) FROM comment")[0][0]
            + rows(ws, "SELECT count(*) FROM layer_edit")[0][0]
            + rows(ws, "SELECT count(*) FROM submission")[0][0]
        )
        assert written == len(kinds)
        call_id = rows(ws, "SELECT id FROM call")[0][0]
        undo.peek(ws, viewer, call_id)


@pytest.mark.slow
def test_kill_at_random_moments_loses_no_acknowledged_action(
    ws: Workspace, kit: Any, rubric: RubricVersion, make_call: Callable[..., str]
) -> None:
    viewer = raters.sign_in(ws, "Ann", "reviewer")
    call_id = make_call()
    layer = kit.make_layer(call_id, "speech", "detector")
    layers.add_layer(
        ws,
        layer,
        [
            Segment(id=f"s{n}", speaker="agent", span=Span(n * 1000, n * 1000 + 900))
            for n in range(5)
        ],
    )
    arguments = [str(ws.path), call_id, rubric.id, layer.id]
    draw, ledger = random.Random(20261121), Ledger()
    for kill in range(KILLS):
        moment = draw.uniform(0.0, 0.4)
        ledger.lines += killed_after([*arguments, str(kill)], moment)
        ledger.kills += 1
        ledger.check(ws, viewer, layer.id)
    assert len(ledger.lines) > KILLS, "the children did some work before they died"
    machine = layers.segments(ws, layer.id)
    assert [s.span for s in machine] == [Span(n * 1000, n * 1000 + 900) for n in range(5)]
    assert browsing.call_rows(ws, viewer, [1])[0].human_state in ("partial", "complete")
