"""The manifest of a dataset: all that its tables do not say of themselves."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.domain.ratings import ADJUDICATION
from app.services import places
from app.services.calibrating import agreement
from app.services.calibrating.agreement import Cell
from app.services.calibrating.export_ids import pseudonym
from app.services.calibrating.export_source import Source

DATASET = "callbench.calibration-dataset/2"
Rows = Sequence[Mapping[str, Any]]


def body(
    source: Source, tables: Mapping[str, Rows], *, with_judges: bool, with_audio: bool,
    adapters: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Everything but the files' hashes. Nothing in it says when it was written."""
    found = source.found
    return {
        "dataset": DATASET,
        "schema_version": DATASET.rpartition("/")[2],
        "app_version": places.version(),
        "frozen_at": found.frozen_at,
        "rubric": _rubric(source),
        "raters": _raters(source, tables["scores"]),
        "has_final_values": ADJUDICATION in found.raters,
        "with_judges": with_judges,
        "with_audio": with_audio,
        "adapters": sorted(adapters),
        "splits": {
            "by": "call", "salt": found.splits.salt, "shares": dict(found.splits.shares),
            "frozen_at": found.splits.frozen_at or None,
            "items": dict(sorted(Counter(r["split"] for r in tables["items"]).items())),
        },
        "sampling": _sampling(source, tables["scores"]),
        "left_out": {"stale_scores": dict(source.stale)},
        **_people(tables["calls"]),
        "counts": {name: len(rows) for name, rows in tables.items()},
        **(_judges(source) if with_judges else {}),
    }  # fmt: skip


def snapshot(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the tables of a dataset are known by: the hash over their hashes."""
    names = sorted(n for n in files if n.endswith(".jsonl") and "/" not in n)
    lines = [f"{name} {hashlib.sha256(files[name]).hexdigest()}" for name in names]
    return {"id": hashlib.sha256("\n".join(lines).encode()).hexdigest(), "of": names}


def _rubric(source: Source) -> dict[str, Any]:
    r = source.found.rubric
    return {
        "key": r.key, "version": r.version, "sha256": r.sha256, "title": r.title,
        "source": r.source, "extra": r.extra,
        # Ids of this database say nothing elsewhere.
        "criteria": [{k: v for k, v in asdict(c).items() if k != "id"} for c in r.criteria],
    }  # fmt: skip


def _raters(source: Source, scores: Rows) -> list[dict[str, Any]]:
    found = source.found
    counts = Counter(r["rater_id"] for r in scores)
    people = [found.raters[n] for n in found.people.tolist()]
    told = [
        {"rater_id": pseudonym(found, p), "kind": "human", "expertise": found.names[p][2],
         "scores": counts[pseudonym(found, p)]}
        for p in people
    ]  # fmt: skip
    return sorted(told, key=lambda x: str(x["rater_id"]))


def _sampling(source: Source, scores: Rows) -> dict[str, Any]:
    found = source.found
    return {
        "items_with_known_probability": int((found.probability > 0).sum()),
        "balanced_by_class": found.is_balanced,
        "policies": dict(sorted(Counter(r["policy"] for r in scores if r["policy"]).items())),
    }


def _people(calls: Rows) -> dict[str, Any]:
    """Consent, licence, personal data and redaction, with how many calls each is said of."""
    masked = [c for c in calls if c["redactions"]]
    return {
        "consent": dict(sorted(Counter(c["consent"] or "not said" for c in calls).items())),
        "licences": dict(sorted(Counter(c["licence"] or "not said" for c in calls).items())),
        "pii": dict(sorted(Counter(c["pii"] for c in calls).items())),
        "redaction": {
            "state": "masked" if masked else "none",
            "calls": len(masked),
            "spans": sum(len(c["redactions"]) for c in masked),
        },
    }


def _judges(source: Source) -> dict[str, Any]:
    found = source.found
    cells = agreement.matrix(found, source.rule)
    judges = [
        {"sha256": j.sha256, "ref": j.ref, "kind": j.kind, "model": j.model,
         "snapshots": list(source.snapshots.get(j.id, ())), "prompt_sha256": j.prompt_sha256,
         "modality": j.modality, "params": dict(j.params), "created_at": j.created_at,
         "definition": {"version": source.definitions[r].version, **source.definitions[r].body()}}
        for r, j in found.judges.items()
    ]  # fmt: skip
    return {
        "judges": sorted(judges, key=lambda x: str(x["sha256"])),
        "rule": source.rule.to_json(),
        "records": source.records,
        "verdicts": [
            _verdict(c) for c in sorted(cells, key=lambda c: (c.judge.sha256, c.criterion.key))
        ],
    }


def _verdict(cell: Cell) -> dict[str, Any]:
    found = cell.found.evidence.agreement
    mean = cell.mean
    return {
        "judge_sha256": cell.judge.sha256, "dimension": cell.criterion.key,
        "state": cell.verdict.state, "name": cell.verdict.name, "words": cell.verdict.words,
        "rule": cell.verdict.rule,
        "failing": [{"name": c.name, "words": c.words} for c in cell.verdict.failing],
        "more_calls": cell.verdict.more_calls, "items": cell.found.evidence.items,
        "calls": cell.found.evidence.calls, "measure": found.measure,
        "judge": plain(asdict(found.judge)), "people": plain(asdict(found.human)),
        "gap": plain(asdict(found.gap)),
        "against_people": {k: plain(asdict(v)) for k, v in sorted(cell.found.judge.items())},
        "mean": None if mean is None else plain(
            {"raw": mean.raw, **asdict(mean.estimate), "drawing": mean.drawing,
             "reason": mean.reason}
        ),
    }  # fmt: skip


def plain(value: Any) -> Any:
    """The same without numbers that JSON does not have."""
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
