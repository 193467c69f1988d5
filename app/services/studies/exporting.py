"""A study as files: votes, figures per item and condition, preferences, ratings, a manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import __version__
from app.domain.ratings import Viewer
from app.domain.studies import Stimulus, Trial, Vote
from app.eval.listening.opinion import Opinion
from app.services.exporting import folder as folders
from app.services.exporting.gather import pseudonym
from app.services.exporting.tables import write_csv, write_parquet
from app.services.studies import making, redacted_sounds, rendering
from app.services.studies.columns import PER_CONDITION, PER_ITEM, STIMULI, VOTES
from app.services.studies.redacted_sounds import KeptBack
from app.services.studies.result_values import Results
from app.services.studies.results import results
from app.services.studies.rubric_results import rating_rows
from app.services.workspace import Workspace

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyExport:
    """What was written: names are relative to `out_dir`."""

    out_dir: Path
    files: tuple[str, ...]
    votes: int
    ratings: int


def export_study(
    ws: Workspace, viewer: Viewer, study_id: str, out_dir: Path, *, with_sounds: bool = False
) -> StudyExport:
    """Write a study's folder; the same to the byte when nothing has happened since.

    Raters are pseudonyms, as in every export.

    Args:
        ws: the workspace.
        viewer: a lead.
        study_id: its id or code.
        out_dir: a new or empty folder, or an earlier export, which is replaced.
        with_sounds: also the clips as they were presented, named after their hashes, with a
            table of what each is, so that they can be rated elsewhere and the votes come back.

    Raises:
        NotAllowed: a reviewer may not export a study.
        BadInput: the folder holds something else. EnvironmentFault: read-only or full.
    """
    out = Path(out_dir).expanduser().absolute()
    found = results(ws, viewer, study_id)
    folders.check_target(out)
    rubric_study = found.study.instrument == "rubric"
    votes = [] if rubric_study else vote_rows(ws, viewer, found)
    ratings = rating_rows(ws, viewer, found.study) if rubric_study else []
    if rubric_study:
        files = {"ratings.jsonl": _jsonl(ratings)}
    else:
        is_pair = found.study.instrument in ("ccr", "pairwise")
        files = {
            "votes.csv": write_csv(VOTES, votes),
            "votes.parquet": write_parquet(VOTES, votes),
            **(_preferences(found) if is_pair else _opinions(found)),
        }
    kept_back = redacted_sounds.find(ws, found.study)
    if with_sounds:
        files |= _sounds(ws, viewer, found, kept_back.sounds)
    body = _manifest(ws, found, votes, ratings, kept_back)
    folders.write(out, {**files, folders.MANIFEST: folders.manifest_bytes(body, files)})
    return StudyExport(
        out_dir=out,
        files=(*sorted(files), folders.MANIFEST),
        votes=len(votes),
        ratings=len(ratings),
    )


def vote_rows(ws: Workspace, viewer: Viewer, found: Results) -> list[Row]:
    """One plain row a vote, in the order of voting."""
    study = found.study
    with ws.db.read() as uow:
        votes = uow.votes.of_study(viewer, study.id)
        trials = {t.id: t for t in uow.votes.all_trials(study.id)}
        stimuli = {s.id: s for s in uow.studies.stimuli(study.id)}
        bad = {(b["rater_id"], b["block"]): b["rule"] for b in uow.votes.voided_blocks(study.id)}
    raters = {r.rater_id: r for r in found.raters}
    out = []
    for vote in votes:
        trial, rater = trials[vote.trial_id], raters[vote.rater_id]
        out.append(
            {
                **_row(vote, trial, stimuli[vote.stimulus_id]),
                "study_id": study.code,
                "method": study.instrument.upper(),
                "rater_id": pseudonym(rater.rater_id, rater.name),
                "rater_class": rater.rater_class,
                "order_seed": study.seed,
                "block_void": bad.get((vote.rater_id, trial.block), ""),
                "imported": rater.imported,
            }
        )
    return out


def _row(vote: Vote, trial: Trial, stimulus: Stimulus) -> Row:
    heard = vote.heard
    return {
        "item_id": stimulus.number,
        "role": stimulus.role,
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


def _sounds(
    ws: Workspace, viewer: Viewer, found: Results, hidden: frozenset[str]
) -> dict[str, bytes]:
    """The clips that may go out, each checked against its hash, and what they are."""
    stimuli = making.stimuli(ws, viewer, found.study.id)
    rows = [
        {
            "study_id": found.study.code, "item_id": s.number, "role": s.role,
            "condition_id": s.condition, "other_condition_id": s.other_condition,
            "stimulus_sha256": s.sha256, "other_sha256": s.other_sha256, "expected": s.expected,
            "length_ms": s.length_ms, "gain_db": s.gain_db, "level_dbov": s.level_dbov,
            "bandwidth": s.bandwidth, "reason": s.reason, "inclusion_prob": s.inclusion_prob,
        }
        for s in stimuli
    ]  # fmt: skip
    files = {"stimuli.csv": write_csv(STIMULI, rows)}
    every = {h for s in stimuli for h in (s.sha256, s.other_sha256) if h}
    for sha256 in sorted(every - hidden):
        rendering.load(ws, sha256)
        files[f"sounds/{sha256}.wav"] = rendering.clip_path(ws, sha256).read_bytes()
    return files


def _opinions(found: Results) -> dict[str, bytes]:
    items = [
        {
            "id": i.stimulus.number,
            "condition_id": i.stimulus.condition,
            "stimulus_sha256": i.stimulus.sha256,
            **_figures(i.opinion),
            "n_void": i.voids,
        }
        for i in found.items
    ]
    voids: dict[str, int] = {}
    for item in found.items:
        voids[item.stimulus.condition] = voids.get(item.stimulus.condition, 0) + item.voids
    used: Sequence[tuple[str, Mapping[str, Opinion]]] = (
        ("by_the_rules", found.conditions),
        ("all_valid", found.all_votes),
        ("without_outliers", found.without_outliers),
        ("imported", found.imported),
    )
    conditions = [
        {"id": name, "votes_used": kind, **_figures(o), "n_void": voids.get(name, 0)}
        for kind, group in used
        for name, o in group.items()
    ]
    return {
        "mos_per_item.csv": write_csv(PER_ITEM, items),
        "mos_per_condition.csv": write_csv(PER_CONDITION, conditions),
    }


def _figures(found: Opinion) -> Row:
    return {
        "n_votes": found.n, "n_raters": found.raters, "mean": found.mean, "sd": found.sd,
        "ci95_low": found.low, "ci95_high": found.high, "ci_method": found.method,
    }  # fmt: skip


def _preferences(found: Results) -> dict[str, bytes]:
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
        base = {"prompt": found.question, "item_id": stimulus.number, "n_votes": item.opinion.n}
        if mean == 0:
            ties.append({**base, "items": sides})
        else:
            chosen, rejected = sides if mean > 0 else sides[::-1]
            told.append({**base, "chosen": chosen, "rejected": rejected, "margin": abs(mean)})
    return {"preference.jsonl": _jsonl(told), "ties.jsonl": _jsonl(ties)}


def _jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    lines = (json.dumps(r, ensure_ascii=False, sort_keys=True, allow_nan=False) for r in rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _manifest(
    ws: Workspace,
    found: Results,
    votes: Sequence[Row],
    ratings: Sequence[Row],
    kept_back: KeptBack,
) -> Row:
    study, rubric = found.study, making.rubric_of(ws, found.study)
    stamps = [study.created_at, *(v["voted_at"] for v in votes)]
    stamps += [r["created_at"] for r in ratings]
    return {
        "app_version": __version__,
        "format": "study",
        "frozen_at": max(stamps),
        "filter": {"query": study.query},
        "counts": {"votes": len(votes), "ratings": len(ratings), "stimuli": study.stimuli,
                   "redacted_calls": kept_back.calls},
        "redaction": "masked" if kept_back.calls else "none",
        "left_out": {"redacted_sounds": sorted(kept_back.sounds)},
        "rubrics": [
            {"key": rubric.key, "version": rubric.version, "sha256": rubric.sha256,
             "title": rubric.title}
        ],
        "study": {
            "code": study.code,
            "method": study.instrument.upper(),
            "title": found.title,
            "wording": found.wording,
            "question": found.question,
            "seed": study.seed,
            "state": study.state,
            "snapshot_sha256": study.snapshot_sha256,
            "design": study.design.to_json(),
            "exclusions": dict(found.exclusions),
        },
    }  # fmt: skip
