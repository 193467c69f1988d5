"""Library reads at 100,000 calls, as ratios to named peers in the same run.

    .venv/bin/python -m bench.bench_library [--calls 100000]

Peers: the same page by a live aggregate over the score table with OFFSET (what a list without a
summary does), by OFFSET over the summary, and by bare `sqlite3` with the same SQL.
"""

from __future__ import annotations

import argparse
import json
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.browsing import Sort
from app.domain.query import parse
from app.services import browsing, raters
from app.services.workspace import Workspace
from bench.library_data import make_library

PAGE = 40
SCRATCH = Path(__file__).parent / ".scratch"

LIVE = """SELECT c.id, c.code, c.title, avg(s.value) m FROM call c
    LEFT JOIN score s ON s.call_id = c.id GROUP BY c.id ORDER BY m DESC, c.seq LIMIT ? OFFSET ?"""
OFFSET = "SELECT * FROM call_summary ORDER BY judge DESC, seq DESC LIMIT ? OFFSET ?"
BY_ID = """SELECT u.*, k.bars, k.ticks FROM call_summary u LEFT JOIN call_sparkline k
    ON k.seq = u.seq WHERE u.seq IN (%s)"""


Clock = Callable[[], float]


def timed(run: Callable[[], object], repeats: int, clock: Clock = time.perf_counter) -> list[float]:
    """Milliseconds of each run; by `time.thread_time` what other programs do is left out."""
    found = []
    for _ in range(repeats):
        began = clock()
        run()
        found.append((clock() - began) * 1000)
    return found


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def pages(
    ws: Workspace, ids: np.ndarray[Any, Any], viewer: Any, clock: Clock = time.perf_counter
) -> dict[str, list[float]]:
    """Pages at random places, ours and by bare sqlite3, alternating."""
    draw = np.random.default_rng(1)
    ours: list[float] = []
    bare: list[float] = []
    with closing(sqlite3.connect(ws.path / "workbench.db")) as raw:
        for at in draw.integers(0, max(len(ids) - PAGE, 1), 400):
            wanted = ids[at : at + PAGE]
            marks = ",".join(map(str, wanted.tolist()))
            ours += timed(lambda w=wanted: browsing.call_rows(ws, viewer, w), 1, clock)
            bare += timed(lambda m=marks: raw.execute(BY_ID % m).fetchall(), 1, clock)
    return {"ours": ours, "bare": bare}


def table_kinds(ws: Workspace) -> dict[str, tuple[float, float, float]]:
    """(page p95 ms, scan ms, MiB) of the summary as a rowid table and WITHOUT ROWID.

    In processor time, as the two are measured one after the other.
    """
    found = {}
    for kind in ("", ", WITHOUT ROWID"):
        path = ws.path / "kinds.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as raw:
            _copy_summary(raw, ws, kind)
            found[kind] = (p95(_summary_pages(raw)), _summary_scan(raw), _mib(path))
        path.unlink()
    return found


def _copy_summary(raw: sqlite3.Connection, ws: Workspace, kind: str) -> None:
    raw.execute("ATTACH ? AS src", (str(ws.path / "workbench.db"),))
    made = raw.execute(
        "SELECT sql FROM src.sqlite_master WHERE tbl_name = 'call_summary' "
        "AND sql IS NOT NULL ORDER BY type DESC"
    ).fetchall()
    for (statement,) in made:
        is_table = statement.startswith("CREATE TABLE")
        raw.execute(statement.rstrip() + kind if is_table else statement)
    raw.execute("INSERT INTO main.call_summary SELECT * FROM src.call_summary")


def _summary_pages(raw: sqlite3.Connection) -> list[float]:
    ids = [r[0] for r in raw.execute("SELECT seq FROM call_summary ORDER BY judge, seq")]
    one = f"SELECT * FROM call_summary WHERE seq IN ({','.join('?' * PAGE)})"
    spent: list[float] = []
    for at in np.random.default_rng(2).integers(0, max(len(ids) - PAGE, 1), 600):
        wanted = ids[at : at + PAGE]
        spent += timed(lambda w=wanted: raw.execute(one, w).fetchall(), 1, time.thread_time)
    return spent


def _summary_scan(raw: sqlite3.Connection) -> float:
    scan = "SELECT sum(duration_ms) FROM call_summary NOT INDEXED WHERE p95_ms > 1000"
    return statistics.median(timed(lambda: raw.execute(scan).fetchall(), 9, time.thread_time))


def _mib(path: Path) -> float:
    return path.stat().st_size / 2**20


def drafts(ws: Workspace, viewer: Any) -> tuple[float, float]:
    """Median ms of one acknowledged draft, and of a bare insert with synchronous=FULL."""
    from app.domain.calls import Span
    from app.domain.ratings import Answer, ItemRef
    from app.services import rating

    criterion = rating.rubric_versions(ws)[0].criteria[0].id
    (call_id,) = browsing.uuids(ws, [1])
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, 8))
    given = Answer(status="observed", value=3)
    ours = timed(lambda: rating.draft(ws, viewer, item, criterion, given), 100)
    path = ws.path / "bare.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("CREATE TABLE IF NOT EXISTS t (a, b, c)")
        bare = timed(lambda: raw.execute("INSERT INTO t VALUES (1, 2, 3)"), 100)
    path.unlink()
    return statistics.median(ours), statistics.median(bare)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    count = parser.parse_args().calls
    ws = make_library(SCRATCH / f"library-{count}", count)
    lead, reviewer = raters.sign_in(ws, "Bench", "lead"), raters.sign_in(ws, "Rev", "reviewer")
    everything, by_judge = parse(""), Sort("judge", True)
    ids = browsing.call_ids(ws, lead, everything, by_judge)

    rows: list[tuple[str, float, float | None, str]] = []
    page = pages(ws, ids, lead)
    page_p95, bare_p95 = p95(page["ours"]), p95(page["bare"])
    rows.append(("page p95, ours", page_p95, page_p95 / bare_p95, "x bare sqlite3 p95"))
    busy = pages(ws, ids, lead, time.thread_time)
    cpu, cpu_bare = p95(busy["ours"]), p95(busy["bare"])
    rows.append(("page p95, ours, processor time", cpu, cpu / cpu_bare, "x bare sqlite3 p95"))
    masked = p95(pages(ws, ids, reviewer)["ours"])
    rows.append(("page p95, masked reviewer", masked, masked / page_p95, "x lead's page"))
    with closing(sqlite3.connect(ws.path / "workbench.db")) as raw:
        live = statistics.median(timed(lambda: raw.execute(LIVE, (PAGE, 0)).fetchall(), 3))
        deep = statistics.median(
            timed(lambda: raw.execute(OFFSET, (PAGE, count * 9 // 10)).fetchall(), 5)
        )
    median = statistics.median(page["ours"])
    rows.append(("live aggregate, first page", live, live / median, "x our page (median)"))
    rows.append(("OFFSET at 90 %", deep, deep / median, "x our page (median)"))

    for text, sort in (
        ("", Sort("p95", True)),
        ("p95:>1s", Sort("p95", True)),
        ("agent:nora p95:>1s human:none", Sort("duration", False)),
        ("tag:refund", Sort()),
        ("card", Sort("p95", True)),
        ("退款", Sort()),
        ("-card outcome:resolved", Sort("title", False)),
    ):
        query = parse(text)
        spent = timed(lambda q=query, s=sort: browsing.call_ids(ws, lead, q, s), 7)
        rows.append((f"filter to ids [{text or 'all'}]", statistics.median(spent), None, ""))
    for text in ("", "agent:nora", "p95:>1s", "card"):
        query = parse(text)
        spent = timed(lambda q=query: browsing.facets(ws, lead, q), 5)
        rows.append((f"all facets [{text or 'all'}]", statistics.median(spent), None, ""))
    spent = timed(lambda: browsing.count_and_duration(ws, lead, parse("p95:>1s")), 7)
    rows.append(("count and duration", statistics.median(spent), None, ""))

    kinds = table_kinds(ws)
    for at, what in enumerate(("page p95", "scan", "size in MiB")):
        ours, other = kinds[""][at], kinds[", WITHOUT ROWID"][at]
        rows.append((f"WITHOUT ROWID instead: {what}", other, other / ours, "x as built"))
    draft, bare_commit = drafts(ws, lead)
    rows.append(("a draft, acknowledged", draft, draft / bare_commit, "x bare insert, FULL"))

    print(f"library of {count} calls; {platform.machine()}, sqlite {sqlite3.sqlite_version}")
    print(f"{'what':46} {'ms':>9} {'ratio':>9}")
    for name, ms, ratio, of in rows:
        shown = f"{ratio:9.2f} {of}" if ratio is not None else ""
        print(f"{name:46} {ms:9.3f} {shown}")
    print(json.dumps({"bench": "library", "calls": count,
                      "rows": [{"what": n, "ms": round(m, 4), "ratio": r, "of": o}
                               for n, m, r, o in rows]}, ensure_ascii=False))  # fmt: skip
    ws.close()


if __name__ == "__main__":
    main()
