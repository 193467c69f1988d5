"""A workspace of many calls, made fast: rows are written in bulk, without audio.

The figures are drawn from a seeded generator, so that two runs see the same library.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from app.domain.clock import utc_now
from app.domain.fold import fold
from app.domain.ids import new_id
from app.services.workspace import Workspace

AGENTS = [("nora", "3.2.1"), ("nora", "3.1.0"), ("marlow", "1.9.0"), ("marlow", "1.8.4")]
OUTCOMES = ["Resolved", "Transferred", "Abandoned", "Wrong outcome"]
LANGUAGES = ["en", "de", "es", "ja", "zh"]
SCENARIOS = [
    (f"banking.case{n}", title)
    for n, title in enumerate(
        [
            "Overdue balance",
            "Disputed card charge",
            "Fraud alert callback",
            "Mortgage rate question",
            "Lost card abroad",
            "Loan early payoff",
            "Account closure",
            "Standing order",
            "Refund status",
            "PIN reset",
            "Fee refund",
            "Travel notice",
        ]
    )
]
LINES = [
    "It is about my credit card, the blue one.",
    "Which card is it, please? The last four digits are enough.",
    "The same charge came twice this month.",
    "我想申请退款，谢谢。",
    "カードをなくしました。",
    "Der Betrag wurde zweimal abgebucht, können Sie das prüfen?",
    "Your card stays active until the new one arrives.",
    "Let me check that for you, one moment.",
]
REASONS = ["Random sample", "Disagreement", "Low confidence", "Slow p95", "Gold item"]
SCORES_PER_CALL = 5
CHUNK = 5_000


def make_library(folder: Path, calls: int) -> Workspace:
    """A fresh workspace with that many calls, or the one made before."""
    done = folder / f"made-{calls}"
    if done.exists():
        return Workspace.open(folder)
    shutil.rmtree(folder, ignore_errors=True)
    ws = Workspace.open(folder)
    draw = random.Random(20261121)
    rubric = _raters(ws)
    for first in range(1, calls + 1, CHUNK):
        _chunk(ws, draw, range(first, min(first + CHUNK, calls + 1)), rubric)
    with ws.db.machine() as uow:
        uow.connection.exec_driver_sql("UPDATE workspace SET next_call = ?", (calls + 1,))
        uow.connection.exec_driver_sql("INSERT INTO call_fts (call_fts) VALUES ('rebuild')")
    done.touch()
    return ws


def _raters(ws: Workspace) -> tuple[str, list[str], str]:
    from app.services import raters, rubrics

    levels = [{"value": v, "anchor": str(v)} for v in range(1, 6)]
    body = {
        "key": "bench",
        "title": "Bench",
        "criteria": [
            {"key": f"k{n}", "title": f"K{n}", "question": "?", "scope": "call", "levels": levels}
            for n in range(SCORES_PER_CALL)
        ],
    }
    rubric = rubrics.add_rubric(ws, rubrics.rubric_of(body))
    rater = raters.sign_in(ws, "Bench", "lead")
    return rubric.id, [c.id for c in rubric.criteria], rater.rater_id


def _chunk(
    ws: Workspace, draw: random.Random, numbers: range, rubric: tuple[str, list[str], str]
) -> None:
    now = utc_now()
    ids = {n: new_id() for n in numbers}
    call_rows, summaries, sparks, texts, items, scores, tags = [], [], [], [], [], [], []
    for n in numbers:
        agent, version = draw.choice(AGENTS)
        key, title = draw.choice(SCENARIOS)
        outcome, language = draw.choice(OUTCOMES), draw.choice(LANGUAGES)
        duration = draw.randrange(40_000, 600_000)
        p50 = int(draw.lognormvariate(6.6, 0.3))
        p95 = p50 + int(draw.lognormvariate(6.4, 0.5))
        turns, interruptions = duration // 4_000, draw.randrange(8)
        state = draw.choices((0, 1, 2), (6, 1, 3))[0]
        day = f"2026-{draw.randrange(6, 12):02d}-{draw.randrange(1, 29):02d}T10:00:00.000000Z"
        code, flagged = f"CB-{n:05d}", int(draw.random() < 0.05)
        tag = draw.choice(["refund", "card", "fraud", "vip"]) if draw.random() < 0.2 else ""
        judge = round(draw.uniform(1, 5), 2) if draw.random() < 0.7 else None
        reason = draw.choice(REASONS) if draw.random() < 0.5 else None
        call_rows.append(
            (n, ids[n], code, title, 8000, duration * 8, "caller,agent", f"{n}.wav", f"sha{n}",
             now, day, agent, version, key, language, outcome, flagged)
        )  # fmt: skip
        summaries.append(
            (n, ids[n], code, title, key, title, agent, version, outcome, language, duration,
             turns, p50, p95, p95 + draw.randrange(900), interruptions, interruptions + 2,
             duration // 9, 2_600, 610, int(state == 2), int(state > 0), state, judge, reason,
             flagged, 0, day, now, tag)
        )  # fmt: skip
        sparks.append((n, draw.randbytes(106), draw.randbytes(53)))
        texts.append((n, "\n".join([code.lower(), fold(title), *map(fold, draw.sample(LINES, 4))])))
        item = new_id()
        items.append((item, ids[n], "call", 0, duration * 8, now))
        scores += [
            (new_id(), ids[n], item, rubric[0], criterion, rubric[2], "observed",
             draw.randrange(1, 6), 1, "submitted", now)
            for criterion in rubric[1]
        ]  # fmt: skip
        if tag:
            tags.append((ids[n], tag))
    with ws.db.machine() as uow:
        for table, columns, rows in (
            ("call", _CALL, call_rows),
            ("call_summary", _SUMMARY, summaries),
            ("call_sparkline", "seq, bars, ticks", sparks),
            ("item", 'id, call_id, kind, start, "end", created_at', items),
            ("score", _SCORE, scores),
            ("call_tag", "call_id, tag", tags),
        ):
            if not rows:  # few calls, none of them tagged
                continue
            marks = ", ".join("?" * len(rows[0]))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
            uow.connection.exec_driver_sql(statement, rows)
        uow.connection.exec_driver_sql("DROP TRIGGER IF EXISTS tr_call_text_insert")
        uow.connection.exec_driver_sql("INSERT INTO call_text (seq, folded) VALUES (?, ?)", texts)
        uow.connection.exec_driver_sql(
            "CREATE TRIGGER tr_call_text_insert AFTER INSERT ON call_text BEGIN "
            "INSERT INTO call_fts (rowid, folded) VALUES (new.seq, new.folded); END"
        )


_CALL = (
    "seq, id, code, title, rate_hz, frame_count, channel_map, source_path, content_sha256, "
    "imported_at, recorded_at, agent, agent_version, scenario_key, language, outcome, flagged"
)
_SUMMARY = (
    "seq, call_id, code, title, scenario_key, scenario_title, agent, agent_version, outcome, "
    "language, duration_ms, turns, p50_ms, p95_ms, max_latency_ms, interruptions, overlaps, "
    "silence_ms, longest_silence_ms, reaction_p50_ms, raters_done, raters_assigned, human_state, "
    "judge, reason, flagged, archived, recorded_at, imported_at, tags"
)
_SCORE = (
    "id, call_id, item_id, rubric_version_id, criterion_id, rater_id, status, value, blind, "
    "phase, created_at"
)
