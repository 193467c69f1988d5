"""`calibration.jsonl`: one line an item and criterion with all that was said of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.calls import SPEAKERS
from app.domain.ratings import ADJUDICATION
from app.domain.segments import Segment
from app.services.calibrating.export_rows import within
from app.services.calibrating.export_source import Source

Row = Mapping[str, Any]


def lines(source: Source, tables: Mapping[str, Sequence[Row]]) -> bytes:
    """The lines, by item and criterion.

    Args:
        source: the set.
        tables: rows of `items`, `scores` and `gold`; where judges are left out there, they are
            here too.
    """
    items = {row["item_id"]: row for row in tables["items"]}
    gold = {(row["item_id"], row["dimension"]): row for row in tables["gold"]}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["scores"]:
        groups[row["item_id"], row["dimension"]].append(row)
    out = []
    for place, scores in sorted(groups.items()):
        item = items[place[0]]
        body = {
            **_about(source, item, place[1]),
            "human": [_vote(s) for s in scores if _is_vote(s)],
            "gold": _gold(gold.get(place)),
            "judges": _judges(source, scores),
            "redaction": "masked" if item["redacted"] else "none",
        }
        out.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(out).encode()


def transcripts(source: Source) -> bytes:
    """A line a call: its whole transcript, masked where it is redacted."""
    out = []
    for fact in sorted(source.found.calls.values(), key=lambda c: c.content_sha256):
        segments = source.texts[fact.id]
        if segments:
            body = {
                "call_id": fact.id, "content_sha256": fact.content_sha256, "rate": fact.rate_hz,
                "segments": [_segment(s) for s in segments],
            }  # fmt: skip
            out.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(out).encode()


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "speaker": segment.speaker, "start": segment.span.start, "end": segment.span.end,
        "text": segment.text, "confidence": segment.confidence, "heard": segment.heard,
        "words": [[w.text, w.span.start, w.span.end, w.confidence] for w in segment.words],
    }  # fmt: skip


def _about(source: Source, item: Row, criterion: str) -> dict[str, Any]:
    rubric, call = source.found.rubric, source.found.calls[item["call_id"]]
    start, end = item["start_frame"], item["end_frame"]
    channels = ["mix"] if source.calls[call.id].is_mono else list(SPEAKERS)
    return {
        "item_id": item["item_id"], "call_id": call.id, "scope": item["kind"],
        "turn_index": item["turn_index"], "speaker": item["speaker"], "clip": item["clip"],
        "criterion": criterion, "rubric": rubric.key, "rubric_version": rubric.version,
        "split": item["split"],
        "audio": {
            "file_name": item["audio"], "sha256": item["audio_sha256"],
            "content_sha256": call.content_sha256, "rate": call.rate_hz, "channels": channels,
            "start_sample": start, "end_sample": end,
        },
        "transcript": [
            {"speaker": s.speaker, "start_sample": s.span.start, "end_sample": s.span.end,
             "text": s.text}
            for s in within(source.texts[call.id], start, end)
        ],
    }  # fmt: skip


def _is_vote(row: Row) -> bool:
    return bool(row["rater_kind"] == "human" and row["rater_id"] != ADJUDICATION)


def _vote(row: Row) -> dict[str, Any]:
    return {
        "rater": row["rater_id"], "value": row["value"], "status": row["status"],
        "confidence": row["confidence"], "rationale": row["rationale"], "blind": row["blind"],
    }  # fmt: skip


def _gold(row: Row | None) -> dict[str, Any] | None:
    """The final value where somebody settled it, else what people agree on."""
    if row is None:
        return None
    if row["adjudicated"] is not None:
        return {"value": row["adjudicated"], "provenance": "adjudicated", "n": row["n_raters"]}
    if row["consensus"] is None:
        return None
    provenance = "unanimous" if row["spread"] == 0 and row["n_raters"] > 1 else row["method"]
    return {"value": row["consensus"], "provenance": provenance, "n": row["n_raters"]}


def _judges(source: Source, scores: Sequence[Row]) -> list[dict[str, Any]]:
    by_sha = {j.sha256: j for j in source.found.judges.values()}
    samples: dict[str, list[Row]] = defaultdict(list)
    for row in scores:
        if row["judge_sha256"] is not None:
            samples[row["judge_sha256"]].append(row)
    out = []
    for sha, rows in sorted(samples.items()):
        judge = by_sha[sha]
        newest = next((r for r in rows if not r["superseded"]), rows[-1])
        out.append(
            {
                "judge_id": sha, "ref": judge.ref, "model": judge.model,
                "prompt_sha256": judge.prompt_sha256, "samples": [r["value"] for r in rows],
                "value": newest["value"], "status": newest["status"],
                "rationale": newest["rationale"],
            }
        )  # fmt: skip
    return out
