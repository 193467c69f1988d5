"""What a judge run adds to the time that the endpoint itself takes.

Ours plans, asks, reads, and stores every reply and score; beside it, in turn and at the same
concurrency, a bare `asyncio` loop with `AsyncOpenAI` sends the very same requests and drops the
answers. The endpoint is the tests' loopback server in a process of its own, half a second late.

    .venv/bin/python bench/bench_judging.py [--calls 40] [--rounds 3] [--concurrency 16]
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GOAL = 1.05
LATENCY_MS = 500
MODEL = "bench"


@contextmanager
def endpoint(latency_ms: int = LATENCY_MS) -> Iterator[str]:
    """A loopback judge in a process of its own; its base URL."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.chat_server", "--latency-ms", str(latency_ms)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait()


class Bench:
    """A workspace of short calls, and both ways of asking about them."""

    def __init__(self, home: Path, url: str, calls: int, concurrency: int) -> None:
        from app.services import raters
        from tests.unit.judging_runs.conftest import add_calls, open_shop

        self.ws = open_shop(home / "ws", url, concurrency=concurrency)
        self.lead = raters.sign_in(self.ws, "Lee", "lead")
        self.ids = add_calls(self.ws, calls)
        self.url, self.concurrency, self.round = url, concurrency, 0
        self.bodies = self.rendered()

    def ours_s(self) -> float:
        """A run over all calls; its seed makes it a judge version that has answered nothing."""
        from app.domain.work import Quiet
        from app.services import evaluating
        from app.services.judging import judging_runs
        from tests.unit.judging_runs.conftest import HERE

        self.round += 1
        choice = judging_runs.JudgeChoice(
            ref="gic", endpoint=HERE, model=MODEL, params={"seed": self.round}
        )
        run = judging_runs.create(self.ws, self.lead, self.ids, [choice])
        began = time.perf_counter()
        done = evaluating.drive(Quiet(), self.ws, run.id)
        took_s = time.perf_counter() - began
        assert (done.state, done.done) == ("done", len(self.bodies)), done
        return took_s

    def bare_s(self) -> float:
        """The same requests, sent and forgotten."""
        self.round += 1
        began = time.perf_counter()
        asyncio.run(
            send(self.url, [{**b, "seed": self.round} for b in self.bodies], self.concurrency)
        )
        return time.perf_counter() - began

    def rendered(self) -> list[dict[str, Any]]:
        """The bodies of all requests, as ours sends them."""
        from app.services.judging import judging_runs
        from app.services.judging.asks import Unit
        from app.services.judging.planning import Planner
        from tests.unit.judging_runs.conftest import HERE

        judge = judging_runs.resolve(
            self.ws, judging_runs.JudgeChoice(ref="gic", endpoint=HERE, model=MODEL)
        )
        planner = Planner(self.ws, {judge.name: judge}, unstored=True)
        todo = [t for i in self.ids for t in planner.plan(Unit(i, judge.name)).todo]
        return [body(t.ask.requests[0]) for t in todo]


def body(sent: Any) -> dict[str, Any]:
    form = {"name": sent.schema_name, "strict": True, "schema": sent.schema}
    return {
        "model": MODEL,
        "messages": [dict(m) for m in sent.messages],
        "response_format": {"type": "json_schema", "json_schema": form},
        "temperature": 0,
        "max_tokens": 700,
    }


async def send(url: str, bodies: Sequence[Mapping[str, Any]], concurrency: int) -> None:
    from openai import AsyncOpenAI

    slots = asyncio.Semaphore(concurrency)
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

        async def one(sent: Mapping[str, Any]) -> None:
            async with slots:
                await client.chat.completions.create(**sent)

        await asyncio.gather(*(one(sent) for sent in bodies))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=16)
    options = parser.parse_args()
    from bench.common import alternate, machine, ratio, verdict

    print(machine())
    with tempfile.TemporaryDirectory() as home, endpoint() as url:
        bench = Bench(Path(home), url, options.calls, options.concurrency)
        asked = len(bench.bodies)
        found = alternate({"ours": bench.ours_s, "bare": bench.bare_s}, options.rounds)
        bench.ws.close()
    for name, seconds in found.items():
        listed = ", ".join(f"{s:.2f}" for s in seconds)
        print(f"{name}: {asked} requests, {options.concurrency} at a time: {listed} s")
    least_s = -(-asked // options.concurrency) * LATENCY_MS / 1000
    print(f"the endpoint's own time: {least_s:.2f} s")
    return 0 if verdict("ours / bare", ratio(found["ours"], found["bare"]), GOAL) else 1


if __name__ == "__main__":
    sys.exit(main())
