"""Rubric definitions: YAML files become immutable versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.rubrics import Criterion, Level, RubricVersion, ScaleKind, Scope
from app.domain.yaml_text import load_yaml
from app.services.workspace import Workspace


def rubric_versions(ws: Workspace) -> list[RubricVersion]:
    """Every stored version, by key and version."""
    with ws.db.read() as uow:
        return uow.rubrics.all()


def load_rubrics(ws: Workspace, folder: Path) -> int:
    """Store each rubric of `folder` (`*.yaml`) whose body is new; how many were.

    A changed file becomes the next version; what was scored stays with its own.

    Raises:
        BadInput: a file is no rubric; names the file and what is missing.
    """
    found = [read_rubric(path) for path in sorted(folder.glob("*.yaml"))]
    with ws.db.read() as reader:
        fresh = [rubric for rubric in found if reader.rubrics.find(rubric.sha256) is None]
    if not fresh:
        return 0
    stored = 0
    with ws.db.human() as uow:
        for rubric in fresh:
            if uow.rubrics.find(rubric.sha256) is None:
                uow.rubrics.add(_numbered(rubric, uow.rubrics.newest_version(rubric.key)))
                stored += 1
    return stored


def add_rubric(ws: Workspace, rubric: RubricVersion) -> RubricVersion:
    """Store a rubric made in code; the version as stored, or the one that is there already."""
    with ws.db.human() as uow:
        known = uow.rubrics.find(rubric.sha256)
        if known is None:
            rubric = _numbered(rubric, uow.rubrics.newest_version(rubric.key))
            uow.rubrics.add(rubric)
            return rubric
        stored = uow.rubrics.get(known)
    return stored or rubric


def read_rubric(path: Path) -> RubricVersion:
    """The rubric in a YAML file, with new ids; its hash is over the file's meaning.

    Raises:
        BadInput: the file is no rubric.
    """
    import yaml

    try:
        body = load_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise BadInput(f"The rubric {path} cannot be read: {error}.") from error
    if not isinstance(body, Mapping):
        raise BadInput(f"The rubric {path} is empty or no table.", "Give it a key and criteria.")
    try:
        return rubric_of(body)
    except KeyError as missing:
        raise BadInput(f"The rubric {path} lacks {missing}.") from missing
    except (TypeError, ValueError) as error:
        raise BadInput(f"The rubric {path} is not valid: {error}.") from error


def rubric_of(body: Mapping[str, Any]) -> RubricVersion:
    """A rubric from its plain form: key, title, source, criteria, anything else as extra."""
    known = {"key", "title", "version", "source", "criteria"}
    canonical = json.dumps(
        {k: v for k, v in body.items() if k != "version"}, sort_keys=True, ensure_ascii=False
    )
    return RubricVersion(
        id=new_id(),
        key=str(body["key"]),
        version=int(body.get("version", 1)),
        title=str(body["title"]),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        criteria=tuple(_criterion(c) for c in body["criteria"]),
        source=str(body.get("source", "")),
        extra={k: v for k, v in body.items() if k not in known},
    )


def _criterion(body: Mapping[str, Any]) -> Criterion:
    scope, scale = body["scope"], body.get("scale", "ordinal")
    if scope not in get_args(Scope):
        raise ValueError(f"scope “{scope}” is none of {', '.join(get_args(Scope))}")
    if scale not in get_args(ScaleKind):
        raise ValueError(f"scale “{scale}” is none of {', '.join(get_args(ScaleKind))}")
    return Criterion(
        id=new_id(),
        key=str(body["key"]),
        title=str(body["title"]),
        question=str(body["question"]),
        scope=scope,
        scale=scale,
        levels=tuple(_level(level) for level in body["levels"]),
        na_allowed=bool(body.get("na_allowed", True)),
        higher_is_better=bool(body.get("higher_is_better", True)),
        weight=float(body.get("weight", 1.0)),
        rationale_required_at=tuple(int(v) for v in body.get("rationale_required_at", ())),
        examples=tuple(str(e) for e in body.get("examples", ())),
    )


def _level(body: Mapping[str, Any]) -> Level:
    return Level(
        value=int(body["value"]), anchor=str(body["anchor"]), label=str(body.get("label", ""))
    )


def _numbered(rubric: RubricVersion, newest: int) -> RubricVersion:
    return replace(rubric, version=max(newest + 1, 1))
