"""What a judge run has used, what it may use, and what it can be repeated from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.evaluation import EvaluatorSpec, Run
from app.domain.judging import JudgeVersion, RunCost
from app.services import places
from app.services.judging import run_notes
from app.services.judging.caps import Caps
from app.services.workspace import Workspace
from db.repos.reply_facts import ReplyFacts
from db.unit_of_work import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a run has used, and the limits that it stops at."""

    cost: RunCost
    caps: Caps


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedJudge:
    """A judge of a run; one that has said nothing yet has no hashes."""

    ref: str
    model: str
    endpoint: str
    params: Mapping[str, Any]
    sha256: str = ""
    prompt_sha256: str = ""
    rubric: str = ""
    """`gic 1 5f0c…`: key, version, the first digits of its hash."""
    reported: tuple[str, ...] = ()
    """What the endpoint called the model that answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeProvenance:
    """What a person copies to run the same again."""

    run: Run
    judges: tuple[UsedJudge, ...]
    caps: Caps
    app_version: str

    def to_json(self) -> str:
        """Indented JSON."""
        run = self.run
        body = {
            "run": run.code,
            "title": run.title,
            "query": run.query,
            "calls": run.calls,
            "retry_failed": run.retry_failed,
            "judges": [asdict(judge) for judge in self.judges],
            "caps": asdict(self.caps),
            "app": f"callbench {self.app_version}",
        }
        return json.dumps(body, ensure_ascii=False, indent=2, default=str)


def spending(ws: Workspace, run_ids: Iterable[str]) -> dict[str, Spending]:
    """What some runs have used so far, with their caps."""
    with ws.db.read() as uow:
        return {
            run_id: Spending(cost=uow.replies.cost(run_id), caps=run_notes.caps_of(uow, run_id))
            for run_id in run_ids
        }


def provenance(ws: Workspace, run: Run) -> JudgeProvenance:
    """What the run's verdicts follow from."""
    with ws.db.read() as uow:
        facts = ReplyFacts(uow.connection)
        said = [v for i in facts.judges(run.id) if (v := uow.judges.version(i)) is not None]
        reported: dict[str, list[str]] = {}
        for row in facts.answered(run.id):
            if row["model_reported"]:
                reported.setdefault(row["judge_version_id"], []).append(row["model_reported"])
        judges = [
            used
            for spec in run.specs
            for used in _judges(uow, spec, said, reported)
        ]  # fmt: skip
        caps = run_notes.caps_of(uow, run.id)
    return JudgeProvenance(
        run=run, judges=tuple(judges), caps=caps, app_version=places.version()
    )  # fmt: skip


def _judges(
    uow: Reader,
    spec: EvaluatorSpec,
    said: Iterable[JudgeVersion],
    reported: Mapping[str, Iterable[str]],
) -> list[UsedJudge]:
    """The versions of a spec's judge; a judge of task flows has one for each flow."""
    args = spec.args
    versions = [v for v in said if (v.ref, v.model) == (args["ref"], args["model"])]
    if not versions:
        return [
            UsedJudge(
                ref=args["ref"], model=args["model"], endpoint=args["endpoint"],
                params=args["params"],
            )
        ]  # fmt: skip
    return [
        UsedJudge(
            ref=version.ref,
            model=version.model,
            endpoint=args["endpoint"],
            params=version.params,
            sha256=version.sha256,
            prompt_sha256=version.prompt_sha256,
            rubric=_rubric(uow, version),
            reported=tuple(dict.fromkeys(reported.get(version.id, ()))),
        )
        for version in versions
    ]


def _rubric(uow: Reader, version: JudgeVersion) -> str:
    found = uow.rubrics.get(version.rubric_version_id)
    return f"{found.key} {found.version} {found.sha256[:8]}" if found is not None else ""
