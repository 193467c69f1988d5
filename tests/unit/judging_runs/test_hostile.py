"""Calls on eight dimensions, at an endpoint that does everything wrong now and then."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.evaluation import Run
from app.domain.ratings import Score
from app.services import evaluating
from app.services.judging import endpoints, judging_runs
from app.services.workspace import Workspace
from tests.support.chat_answers import (
    Answer,
    Asked,
    Behaviour,
    busy,
    dropped,
    empty,
    error,
    garbage,
    malformed,
    no_usage,
    ok,
    prose,
    refusal,
    slow,
    thinking,
    truncated,
)
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import DIMENSIONS, add_calls, beyond_scale, replies

CALLS = int(os.environ.get("CALLBENCH_HOSTILE_CALLS", "80"))
"""At least 80; the soak asks for 200."""
EACH = 23
"""Every so many requests one goes wrong, in turn by each of these."""
MIX: tuple[Behaviour, ...] = (
    busy("0.01"), error(500), malformed, beyond_scale, dropped("mid"), dropped("before"),
    slow(0.2), garbage, refusal, truncated, empty, thinking, prose, no_usage, error(503),
)  # fmt: skip
HOPELESS: dict[str, tuple[Behaviour, str, str]] = {
    "CALL-007": (malformed, "unscored", "truncated"),
    "CALL-019": (beyond_scale, "unscored", "off_scale"),
    "CALL-033": (refusal, "unscored", "refused"),
    "CALL-047": (empty, "unscored", "empty"),
    "CALL-061": (error(400, "no"), "failed", "bad_request"),
    "CALL-075": (error(500), "failed", "server"),
}


def mixed(asked: Asked) -> Answer:
    fault = MIX[asked.number // EACH % len(MIX)] if asked.number % EACH == 0 else ok()
    return fault(asked)


@pytest.mark.slow
def test_every_failure_of_a_hostile_endpoint_is_accounted_for(
    ws: Workspace, judge: Callable[..., Run], scores: Callable[..., list[Score]], server: ChatServer
) -> None:
    known = endpoints.endpoint(ws, "loopback")
    endpoints.save_endpoint(ws, replace(known, retries=4))
    server.script = mixed
    server.when = {name: fault for name, (fault, _, _) in HOPELESS.items()}
    ids = add_calls(ws, CALLS)
    asks, bad = CALLS * DIMENSIONS, len(HOPELESS) * DIMENSIONS
    run = judge(ids)
    assert (run.state, run.steps, run.note) == ("done", asks, "")
    assert (run.done, run.failed, run.reused, run.skipped) == (asks - bad, bad, 0, 0)
    # One score for each ask: the bad ones without a value and with their reason.
    found = scores()
    assert len(found) == asks
    assert len({(s.item_id, s.criterion_id) for s in found}) == asks
    states = Counter(s.answer.status for s in found)
    assert (states["parse_error"], states["provider_error"]) == (4 * DIMENSIONS, 2 * DIMENSIONS)
    without = [s for s in found if s.answer.status in ("parse_error", "provider_error")]
    assert all(s.answer.value is None and s.answer.rationale for s in without)
    # What is listed is what is counted, by kind.
    failures = judging_runs.failures(ws, run.id)
    kinds = Counter((f.code, "unscored" if f.is_unscored else "failed", f.kind) for f in failures)
    assert Counter({(s, k): n for (_, s, k), n in kinds.items()}) == {
        (status, kind): DIMENSIONS for _, status, kind in HOPELESS.values()
    }
    assert len(evaluating.failures(ws, run.id)) == bad
    # Every request that was answered is kept, none twice; an unusable reply was retried once.
    rows = replies(ws)
    assert len({(r["key"], r["attempt"]) for r in rows}) == len(rows)
    assert max(r["attempt"] for r in rows) == 2
    assert judging_runs.cost(ws, run.id).asked == len(rows)
    sent = {f"{r['key']}-{r['attempt']}" for r in rows}
    assert sent == set(server.keys)
    assert server.most_in_flight > 1
