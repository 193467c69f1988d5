"""Judge definitions as folders: read, checked, and stored where their body is new.

A folder is `<name>/<version>/` with `judge.yaml`, and `system.md` and `user.md` where a model is
asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from app.domain.errors import BadInput
from app.domain.judging import (
    ContextRule,
    JudgeDefinition,
    JudgeKind,
    Modality,
    RequestMode,
    Unit,
)
from app.domain.yaml_text import load_yaml
from app.services.assets import asset
from app.services.workspace import Workspace

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": get_args(JudgeKind),
    "unit": get_args(Unit),
    "modality": get_args(Modality),
    "context": get_args(ContextRule),
    "request": get_args(RequestMode),
}
_TEXTS = ("name", "title", "rubric", "shape", "source")


def load_judges(ws: Workspace, folder: Path | None = None) -> int:
    """Store each definition of a folder (ours by default) whose body is new; how many were.

    Raises:
        BadInput: a folder is no definition; names it and what is missing.
    """
    base = asset("judges") if folder is None else folder
    found = [read_judge(path.parent) for path in sorted(base.glob("*/*/judge.yaml"), key=_order)]
    with ws.db.read() as reader:
        known = {d.sha256 for d in reader.judges.definitions()}
    fresh = [d for d in found if d.sha256 not in known]
    if not fresh:
        return 0
    with ws.db.human() as uow:
        for definition in fresh:
            uow.judges.add_definition(definition)
    return len(fresh)


def _order(path: Path) -> tuple[str, int, str]:
    version = path.parent.name
    return (path.parent.parent.name, int(version) if version.isdecimal() else 0, version)


def read_judge(folder: Path) -> JudgeDefinition:
    """The definition in a folder, not yet stored.

    Raises:
        BadInput: it is none.
    """
    import yaml

    path = folder / "judge.yaml"
    try:
        body = load_yaml(path.read_text(encoding="utf-8"))
        prompts = {
            part: (folder / f"{part}.md").read_text(encoding="utf-8")
            for part in ("system", "user")
            if (folder / f"{part}.md").is_file()
        }
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"The judge {path} cannot be read: {error}.") from error
    if not isinstance(body, Mapping):
        raise BadInput(f"The judge {path} is empty or no table.", "Give it a name and a rubric.")
    try:
        return definition_of({**body, "prompts": prompts})
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"The judge {path} is not valid: {problem_words(error)}.") from error


def definition_of(body: Mapping[str, Any]) -> JudgeDefinition:
    """A definition from its plain form, not yet stored.

    Raises:
        KeyError, ValueError: what is missing or wrong.
    """
    for name, allowed in _CHOICES.items():
        value = body.get(name, "all" if name == "request" else None)
        if value is None:
            raise KeyError(name)
        if value not in allowed:
            raise ValueError(f"{name} “{value}” is none of {', '.join(allowed)}")
    prompts = {k: str(v) for k, v in dict(body.get("prompts") or {}).items()}
    if body["kind"] == "llm" and not prompts.get("user", "").strip():
        raise ValueError("a judge with a model needs a user prompt")
    texts = {name: str(body[name] if name != "source" else body.get(name, "")) for name in _TEXTS}
    return JudgeDefinition(
        id="",
        version=0,
        kind=body["kind"],
        unit=body["unit"],
        modality=body["modality"],
        context=body["context"],
        request=body.get("request", "all"),
        params=dict(body.get("params") or {}),
        prompts=prompts,
        **texts,
    )


def problem_words(error: Exception) -> str:
    """What `definition_of` found wrong."""
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
