"""The tables of a calibration dataset: its calls, items and scores.

Rows are in an order that follows from what they hold, so that the same data gives the same bytes
in another workspace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.domain.calls import SPEAKERS, Span
from app.domain.segments import Segment
from app.services.calibrating.export_ids import pseudonym, without_raters
from app.services.calibrating.export_source import Source, masked

MS = 1000
Rows = list[dict[str, Any]]


def calls(source: Source) -> Rows:
    """One row a call."""
    found = source.found
    out = []
    for fact in found.calls.values():
        mask = source.out[fact.id].mask
        is_copy = fact.root_sha256 != fact.content_sha256
        out.append(
            {
                "call_id": fact.id, "call_code": fact.code, "content_sha256": fact.content_sha256,
                "copy_of_sha256": fact.root_sha256 if is_copy else None,
                "split": found.splits.role(fact), "rate_hz": fact.rate_hz,
                "frame_count": fact.frame_count,
                "channel_map": source.calls[fact.id].channel_map, "agent": fact.agent,
                "agent_version": fact.agent_version, "language": fact.language,
                "scenario": fact.scenario_key, "persona": fact.persona, "accent": fact.accent,
                "consent": fact.consent, "licence": fact.licence, "pii": source.pii[fact.id],
                "redactions": [
                    {"channels": side, "start_frame": s.start, "end_frame": s.end}
                    for side in SPEAKERS
                    for s in mask.of(side)
                ],
            }
        )  # fmt: skip
    return sorted(out, key=lambda r: str(r["content_sha256"]))


def items(source: Source, clips: Mapping[str, tuple[str, str]]) -> Rows:
    """One row an item; `clips` has name and hash of those whose sound goes along."""
    found = source.found
    turns = found.turn_indices
    out = []
    for at, item in enumerate(found.items):
        call = found.calls[item.call_id]
        end = item.end or call.frame_count
        chance = float(found.probability[at])
        name, sha256 = clips.get(source.ids[at], (None, None))
        out.append(
            {
                "item_id": source.ids[at], "call_id": call.id, "call_code": call.code,
                "content_sha256": call.content_sha256, "other_call_id": item.other_call_id,
                "kind": item.kind, "speaker": item.speaker, "clip": item.profile,
                "turn_index": turns[at], "rate_hz": call.rate_hz, "start_frame": item.start,
                "end_frame": end, "start_ms": item.start * MS / call.rate_hz,
                "end_ms": end * MS / call.rate_hz, "audio": name, "audio_sha256": sha256,
                "transcript": spoken(source.texts[call.id], item.start, end),
                "system": f"{call.agent} {call.agent_version}".strip(),
                "strata": {k: str(v[at]) for k, v in found.strata.items() if v[at]},
                "split": found.roles[at], "inclusion_prob": None if np.isnan(chance) else chance,
                "consent": call.consent, "licence": call.licence,
                "redacted": source.out[call.id].mask.touches(Span(item.start, end)),
            }
        )  # fmt: skip
    return sorted(out, key=lambda r: str(r["item_id"]))


def spoken(text: Sequence[Segment], start: int, end: int) -> str:
    """The lines that were said within a stretch, one a line, with who said them."""
    return "\n".join(f"{s.speaker}: {s.text}" for s in within(text, start, end) if s.text)


def within(text: Sequence[Segment], start: int, end: int) -> list[Segment]:
    """The lines that have a frame of a stretch."""
    return [s for s in text if s.span.start < end and start < s.span.end]


def scores(source: Source) -> Rows:
    """One row a score, a judge's repeats too."""
    found = source.found
    seen: dict[tuple[int, str, str], int] = {}
    known = {row.score_id for row in found.rows}
    out = []
    for at, row in enumerate(found.rows):
        place = (int(found.item[at]), row.criterion_key, row.rater_id)
        repeat = seen[place] = seen.get(place, -1) + 1
        out.append(_score(source, at, repeat, known))
    keys = ("item_id", "dimension", "rater_id", "repeat_index", "score_id")
    return sorted(out, key=lambda r: tuple(r[k] for k in keys))


def _score(source: Source, at: int, repeat: int, known: set[str]) -> dict[str, Any]:
    found, row, drawn = source.found, source.found.rows[at], source.drawn[at]
    told = source.details[row.score_id]
    judge = found.judges.get(row.rater_id)
    rate_hz = found.calls[row.call_id].rate_hz
    text = masked(source, row, told["rationale"], told["evidence"])
    return {
        "score_id": row.score_id, "item_id": source.ids[int(found.item[at])],
        "dimension": row.criterion_key, "scale": found.criterion_named(row.criterion_key).scale,
        "rater_id": pseudonym(found, row.rater_id), "rater_kind": row.rater_kind,
        "judge_sha256": judge.sha256 if judge else None, "run_id": row.run_id,
        "repeat_index": repeat, "status": row.status, "value": row.value,
        "na_reason": source.out[row.call_id].about(told["na_reason"], ()),
        "level_probs": told["level_probs"], "confidence": told["confidence"],
        "flagged": bool(told["flagged"]), "blind": bool(row.blind),
        "order": "both" if row.order_values else told["presentation"].get("order"),
        "presentation": without_raters(
            found, source.out[row.call_id].value(told["presentation"])
        ), "rationale": text,
        "evidence": [
            {"turn_id": turn, "start_frame": start, "end_frame": end,
             "start_ms": start * MS / rate_hz, "end_ms": end * MS / rate_hz}
            for turn, start, end in told["evidence"]
        ],
        "duration_ms": told["duration_ms"], "policy": drawn.policy if drawn else None,
        "inclusion_prob": drawn.inclusion_prob if drawn else None,
        "superseded": not row.is_newest,
        "supersedes": told["supersedes"] if told["supersedes"] in known else None,
        "created_at": row.created_at,
    }  # fmt: skip
