"""Scenario files become rows; a changed file becomes a new one beside the old."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.domain.ids import new_id
from app.domain.new import Scenario
from app.domain.yaml_text import load_yaml
from app.services.calls import put_scenarios
from app.services.workspace import Workspace


def load_scenarios(ws: Workspace, folder: Path) -> int:
    """Store each scenario of `folder` (`*.yaml`) whose body is new; how many were.

    Raises:
        BadInput: a file is no scenario; names the file.
    """
    return put_scenarios(ws, [read_scenario(path) for path in sorted(folder.glob("*.yaml"))])


def read_scenario(path: Path) -> Scenario:
    """The scenario in a YAML file; its hash is over the file's meaning, not its layout.

    Raises:
        BadInput: the file cannot be read, or has no key.
    """
    import yaml

    try:
        body = load_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise BadInput(f"The scenario {path} cannot be read: {error}.") from error
    if not isinstance(body, Mapping) or not str(body.get("key", "")).strip():
        raise BadInput(f"The scenario {path} has no key.", "Give it one, such as 1.1.")
    return scenario_of(body)


def scenario_of(body: Mapping[str, Any]) -> Scenario:
    """A scenario from its plain form."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return Scenario(
        id=new_id(),
        key=str(body["key"]).strip(),
        archetype=str(body.get("archetype", "")),
        title=str(body.get("title", "")) or str(body["key"]),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        body=dict(body),
    )
