"""Studies as JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.domain.studies import Study
from app.eval.listening.opinion import Opinion
from app.eval.listening.preference import Preference
from app.services.studies.result_values import Results
from app.services.studies.rubric_results import RubricResults


def study_row(study: Study) -> dict[str, Any]:
    """A study itself."""
    return {
        "id": study.id, "code": study.code, "name": study.name, "instrument": study.instrument,
        "state": study.state, "query": study.query, "seed": study.seed, "due": study.due,
        "stimuli": study.stimuli, "snapshot_sha256": study.snapshot_sha256,
        "created_at": study.created_at, "design": study.design.to_json(),
    }  # fmt: skip


def status_of(found: Results | RubricResults) -> dict[str, Any]:
    """Progress, and how every rater does."""
    done = found.forms if isinstance(found, RubricResults) else found.counted
    people = [{k: v for k, v in asdict(r).items() if k != "rater_id"} for r in found.raters]
    return {
        "study": study_row(found.study),
        "wanted": found.wanted,
        "done": done,
        "left": sum(r.left for r in found.raters),
        "raters": people,
    }


def figures_of(found: Results | RubricResults) -> dict[str, Any]:
    """What it found; of a listening study with and without each rule."""
    if isinstance(found, RubricResults):
        return {
            "criteria": [
                {
                    "key": c.criterion.key, "conditions": _opinions(c.conditions),
                    "not_applicable": c.not_applicable, "alpha": c.alpha,
                }
                for c in found.criteria
            ]
        }  # fmt: skip
    document = {
        "title": found.title,
        "wording": found.wording,
        "question": found.question,
        "exclusions": dict(found.exclusions),
        "conditions": _opinions(found.conditions),
        "all_valid": _opinions(found.all_votes),
        "without_outliers": _opinions(found.without_outliers),
        "imported": _opinions(found.imported),
        "items": [
            {
                "item": i.stimulus.number, "condition": i.stimulus.condition, "voids": i.voids,
                **_opinion(i.opinion),
            }
            for i in found.items
        ],
    }  # fmt: skip
    if found.preference is not None:
        document["preference"] = _preference(found.preference)
    return document


def _preference(found: Preference) -> dict[str, Any]:
    strengths = found.strengths
    return {
        "systems": list(found.systems),
        "wins": [{"winner": a, "loser": b, "votes": n} for (a, b), n in found.wins.items()],
        "ties": [{"one": a, "other": b, "votes": n} for (a, b), n in found.ties.items()],
        "tie_rate": found.tie_rate,
        "strengths": None if strengths is None else [float(v) for v in strengths.values],
        "intervals": {k: list(v) for k, v in found.intervals.items()},
        "picked_first": {
            "count": found.picked_first.count, "n": found.picked_first.n, "p": found.picked_first.p,
        },
        "circular_triads": found.circular,
        "triads": found.triads,
    }  # fmt: skip


def _opinions(groups: Mapping[str, Opinion]) -> dict[str, Any]:
    return {name: _opinion(o) for name, o in groups.items()}


def _opinion(o: Opinion) -> dict[str, Any]:
    return {
        "n": o.n, "raters": o.raters, "mean": o.mean, "sd": o.sd, "low": o.low, "high": o.high,
        "method": o.method, "histogram": {f"{k:g}": v for k, v in o.histogram.items()},
    }  # fmt: skip
