"""A study's votes and figures as files: long votes, figures per item and condition, preferences."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain.ratings import Viewer
from app.domain.studies import Stimulus, Trial, Vote
from app.eval.listening.opinion import Opinion
from app.services.formats.cells import guard
from app.services.studies.results import Results, results
from app.services.workspace import Workspace

VOTE_COLUMNS = (
    "study_id", "method", "item_id", "condition_id", "other_condition_id", "stimulus_sha256",
    "other_sha256", "rater_id", "rater_class", "session_id", "block", "trial", "order_seed",
    "presentation_order", "value", "raw_value", "is_gold", "is_trap", "is_training", "is_repeat",
    "valid", "void_reason", "block_void", "plays", "heard_pct", "speed", "rt_ms", "device",
    "out_rate", "underruns", "gain_db", "inclusion_prob", "voted_at",
)  # fmt: skip
OPINION_COLUMNS = (
    "id",
    "n_votes",
    "n_raters",
    "mean",
    "sd",
    "ci95_low",
    "ci95_high",
    "ci_method",
    "n_void",
)


def export_study(ws: Workspace, viewer: Viewer, study_id: str, folder: Path) -> list[Path]:
    """Write votes (CSV, Parquet), figures per item and condition, and preferences of pairs.

    Raters are pseudonyms.

    Raises:
        NotAllowed: a reviewer may not export a study.
    """
    found = results(ws, viewer, study_id)
    rows = vote_rows(ws, viewer, found)
    folder.mkdir(parents=True, exist_ok=True)
    written = [
        _csv(folder / "votes.csv", VOTE_COLUMNS, rows),
        _parquet(folder / "votes.parquet", rows),
        _csv(folder / "mos_per_item.csv", OPINION_COLUMNS, _items(found)),
        _csv(folder / "mos_per_condition.csv", OPINION_COLUMNS, _conditions(found)),
    ]
    if found.preference is not None:
        written += _preferences(folder, found)
    return written


def vote_rows(ws: Workspace, viewer: Viewer, found: Results) -> list[dict[str, Any]]:
    """One plain row a vote, in the order of voting."""
    study = found.study
    with ws.db.read() as uow:
        votes = uow.votes.of_study(viewer, study.id)
        trials = {t.id: t for t in uow.votes.all_trials(study.id)}
        stimuli = {s.id: s for s in uow.studies.stimuli(study.id)}
        bad = {(b["rater_id"], b["block"]): b["rule"] for b in uow.votes.voided_blocks(study.id)}
    people = pseudonyms(r.rater_id for r in found.raters)
    classes = {r.rater_id: r.rater_class for r in found.raters}
    out = []
    for vote in votes:
        trial, stimulus = trials[vote.trial_id], stimuli[vote.stimulus_id]
        row = _row(vote, trial, stimulus)
        row |= {
            "study_id": study.code,
            "method": study.instrument.upper(),
            "rater_id": people[vote.rater_id],
            "rater_class": classes.get(vote.rater_id, ""),
            "order_seed": study.seed,
            "block_void": bad.get((vote.rater_id, trial.block), ""),
        }
        out.append({name: row[name] for name in VOTE_COLUMNS})
    return out


def pseudonyms(rater_ids: Iterable[str]) -> dict[str, str]:
    """Rater id → `R01`, in the order of ids, which is that of signing up."""
    return {r: f"R{at:02d}" for at, r in enumerate(sorted(set(rater_ids)), start=1)}


def _row(vote: Vote, trial: Trial, stimulus: Stimulus) -> dict[str, Any]:
    heard = vote.heard
    return {
        "item_id": stimulus.number,
        "condition_id": stimulus.condition,
        "other_condition_id": stimulus.other_condition,
        "stimulus_sha256": stimulus.sha256,
        "other_sha256": stimulus.other_sha256,
        "session_id": vote.session_id,
        "block": trial.block,
        "trial": trial.position,
        "presentation_order": "BA" if trial.swapped else "AB",
        "value": vote.value,
        "raw_value": vote.raw_value,
        "is_gold": stimulus.role in ("gold", "obvious"),
        "is_trap": stimulus.role == "trap",
        "is_training": stimulus.role == "training",
        "is_repeat": trial.repeat_of is not None,
        "valid": vote.valid,
        "void_reason": vote.void_reason,
        "plays": heard.plays,
        "heard_pct": heard.heard_pct,
        "speed": heard.speed,
        "rt_ms": vote.rt_ms,
        "device": heard.device,
        "out_rate": heard.out_rate_hz,
        "underruns": heard.underruns,
        "gain_db": round(stimulus.gain_db + heard.gain_db, 3),
        "inclusion_prob": stimulus.inclusion_prob,
        "voted_at": vote.voted_at,
    }


def _items(found: Results) -> list[dict[str, Any]]:
    return [_figures(str(i.stimulus.number), i.opinion, i.voids) for i in found.items]


def _conditions(found: Results) -> list[dict[str, Any]]:
    voids: dict[str, int] = {}
    for item in found.items:
        voids[item.stimulus.condition] = voids.get(item.stimulus.condition, 0) + item.voids
    return [_figures(name, o, voids.get(name, 0)) for name, o in found.conditions.items()]


def _figures(name: str, found: Opinion, voids: int) -> dict[str, Any]:
    return {
        "id": name, "n_votes": found.n, "n_raters": found.raters, "mean": found.mean,
        "sd": found.sd, "ci95_low": found.low, "ci95_high": found.high,
        "ci_method": found.method, "n_void": voids,
    }  # fmt: skip


def _preferences(folder: Path, found: Results) -> list[Path]:
    """Pairs by their mean preference; ties in a file of their own."""
    told, ties = [], []
    for item in found.items:
        mean, stimulus = item.opinion.mean, item.stimulus
        if mean is None:
            continue
        sides = [
            {"condition": stimulus.condition, "audio_sha256": stimulus.sha256},
            {"condition": stimulus.other_condition, "audio_sha256": stimulus.other_sha256},
        ]
        base = {"prompt": found.study.design.question, "item_id": stimulus.number,
                "n_votes": item.opinion.n}  # fmt: skip
        if mean == 0:
            ties.append({**base, "items": sides})
        else:
            chosen, rejected = sides if mean > 0 else sides[::-1]
            told.append({**base, "chosen": chosen, "rejected": rejected, "margin": abs(mean)})
    return [_jsonl(folder / "preference.jsonl", told), _jsonl(folder / "ties.jsonl", ties)]


def _csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row[c]) for c in columns])
    return path


def _cell(value: Any) -> Any:
    """Text is made safe for spreadsheets; numbers stay bare."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    return guard(value) if isinstance(value, str) else value


def _parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {c: [row[c] for row in rows] for c in VOTE_COLUMNS}
    pq.write_table(pa.table(columns), path)
    return path


def _jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    text = "".join(json.dumps(r, ensure_ascii=False, sort_keys=True) + "\n" for r in rows)
    path.write_text(text, encoding="utf-8")
    return path
