"""The calibration dataset: a folder that proves a judge's figures, and whose bytes repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.domain.ratings import ADJUDICATION, Viewer
from app.domain.work import Work
from app.eval.calibration.rules import Rule
from app.services import layers, places
from app.services.calibrating import (
    agreement,
    correcting,
    export_columns,
    export_lines,
    export_rows,
    gather,
    rules,
    splits,
)
from app.services.calibrating.rating_set import RatingSet
from app.services.exporting import folder, tables
from app.services.exporting.columns import Schema
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts

DATASET = "callbench.calibration-dataset/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWritten:
    """What was written."""

    path: Path
    files: int
    counts: Mapping[str, int]
    """Table → rows."""
    frozen_at: str


def export_dataset(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    rubric: str,
    out: Path,
    *,
    with_judges: bool = True,
) -> DatasetWritten:
    """Write the dataset of a rubric version as one folder, as a whole or not at all.

    Args:
        ctx: progress and cancelling.
        ws: the workspace.
        viewer: a lead.
        rubric: key, `key@version` or id.
        out: a new or empty folder, or one of an earlier export.
        with_judges: False leaves out all that judges said, for people who are to rate blind.

    Raises:
        NotAllowed: a reviewer. NotFound: no such rubric.
        BadInput: nothing is scored, the place is taken, or a call would be in two splits.
        EnvironmentFault: the disk is full or read-only.
    """
    folder.check_target(out)
    found = gather.load(ws, viewer, rubric)
    with ws.db.read() as uow:
        details = CalibrationFacts(uow.connection).details([r.score_id for r in found.rows])
    ctx.raise_if_cancelled()
    ids = export_rows.item_ids(found)
    made = _tables(found, ids, details, with_judges=with_judges)
    check_leaks(found)
    files: dict[str, bytes] = {}
    for name, (schema, rows) in made.items():
        ctx.progress(len(files), 0, name)
        ctx.raise_if_cancelled()
        for suffix, write in tables.WRITERS.values():
            files[f"{name}{suffix}"] = write(schema, rows)
    judges: dict[str, Any] = {}
    texts = {call_id: layers.transcript(ws, call_id) for call_id in found.calls}
    every = {name: rows for name, (_, rows) in made.items()}
    files["calibration.jsonl"] = export_lines.lines(found, every, texts)
    if with_judges:
        files |= _corrections(found)
        judges = _judges(found, rules.current(ws))
    body = {
        **_about(found, with_judges=with_judges),
        **judges,
        "counts": {name: len(rows) for name, (_, rows) in made.items()},
    }
    files[folder.MANIFEST] = folder.manifest_bytes(body, files)
    folder.write(out, files)
    counts = {name: len(rows) for name, (_, rows) in made.items()}
    return DatasetWritten(path=out, files=len(files), counts=counts, frozen_at=found.frozen_at)


def check_leaks(found: RatingSet) -> None:
    """Refuse data in which a call, or a copy of it, is in two splits.

    Raises:
        BadInput: names such a call.
    """
    seen: dict[str, str] = {}
    for item, role in zip(found.items, found.roles):
        if role == splits.MIXED:
            continue
        for call_id in filter(None, (item.call_id, item.other_call_id)):
            call = found.calls[call_id]
            if seen.setdefault(call.root_sha256, role) != role:
                raise BadInput(
                    f"{call.code} would be in {seen[call.root_sha256]} and in {role}.",
                    "Nothing was written: a call has one split for life.",
                )


def _tables(
    found: RatingSet,
    ids: list[str],
    details: Mapping[str, Mapping[str, Any]],
    *,
    with_judges: bool,
) -> dict[str, tuple[Schema, export_rows.Rows]]:
    kinds = [r.rater_kind for r in found.rows]
    used = frozenset(
        n for n, kind in zip(found.item.tolist(), kinds) if with_judges or kind == "human"
    )
    made = {
        "items": (export_columns.ITEMS, export_rows.items(found, ids, used)),
        "scores": (
            export_columns.SCORES,
            export_rows.scores(found, ids, details, with_judges=with_judges),
        ),
        "gold": (export_columns.GOLD, export_rows.gold(found, ids)),
    }
    if with_judges:
        made["paired"] = (export_columns.PAIRED, export_rows.paired(found, ids))
    return made


def _corrections(found: RatingSet) -> dict[str, bytes]:
    """`calibration/<dimension>.<judge>.json` of each correction that may be used."""
    files = {}
    for rater, judge in sorted(found.judges.items(), key=lambda j: j[1].sha256):
        mine = set(found.criterion[found.rater == found.raters.index(rater)].tolist())
        for at in sorted(mine):
            key = found.rubric.criteria[at].key
            made = correcting.fitted(found, key, judge)
            if made.correction is not None and not made.refused:
                name = f"calibration/{key}.{judge.short_sha}.json"
                files[name] = _json(made.document(found))
    return files


def _about(found: RatingSet, *, with_judges: bool) -> dict[str, Any]:
    r = found.rubric
    people = [found.raters[n] for n in found.people.tolist()]
    roles = {role: found.roles.count(role) for role in sorted(set(found.roles))}
    calls = found.calls.values()
    return {
        "dataset": DATASET,
        "app_version": places.version(),
        "frozen_at": found.frozen_at,
        "rubric": {
            "key": r.key, "version": r.version, "sha256": r.sha256, "title": r.title,
            "source": r.source, "criteria": [_without_id(asdict(c)) for c in r.criteria],
        },
        "raters": sorted(
            ({"rater_id": export_rows.pseudonym(p), "kind": "human",
              "expertise": found.names[p][2]} for p in people),
            key=lambda x: str(x["rater_id"]),
        ),
        "has_final_values": ADJUDICATION in found.raters,
        "with_judges": with_judges,
        "splits": {
            "by": "call", "salt": found.splits.salt, "shares": dict(found.splits.shares),
            "frozen_at": found.splits.frozen_at or None, "items": roles,
        },
        "sampling": {
            "items_with_known_probability": int((found.probability > 0).sum()),
            "balanced_by_class": found.is_balanced,
        },
        "left_out": {"stale_scores": dict(found.stale)},
        "redaction": "none",
        "pii": "not checked",
        "consent": sorted({c.consent for c in calls if c.consent}),
        "licences": sorted({c.licence for c in calls if c.licence}),
    }  # fmt: skip


def _without_id(criterion: dict[str, Any]) -> dict[str, Any]:
    """Ids of this database say nothing elsewhere."""
    return {k: v for k, v in criterion.items() if k != "id"}


def _judges(found: RatingSet, rule: Rule) -> dict[str, Any]:
    cells = agreement.matrix(found, rule)
    return {
        "judges": sorted(
            ({"sha256": j.sha256, "ref": j.ref, "kind": j.kind, "model": j.model,
              "prompt_sha256": j.prompt_sha256, "modality": j.modality, "params": dict(j.params)}
             for j in found.judges.values()),
            key=lambda x: str(x["sha256"]),
        ),
        "rule": rule.to_json(),
        "verdicts": [
            {"judge_sha256": c.judge.sha256, "dimension": c.criterion.key,
             "state": c.verdict.state, "name": c.verdict.name, "words": c.verdict.words,
             "measure": c.found.evidence.agreement.measure,
             "judge": asdict(c.found.evidence.agreement.judge),
             "people": asdict(c.found.evidence.agreement.human)}
            for c in sorted(cells, key=lambda c: (c.judge.sha256, c.criterion.key))
        ],
    }  # fmt: skip


def _json(body: Mapping[str, Any]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
