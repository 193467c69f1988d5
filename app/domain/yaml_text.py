"""YAML as data. libyaml reads about ten times as fast as the reader in Python."""

from __future__ import annotations

from typing import Any

DEEPEST = 64
"""Levels. libyaml's loader calls itself for each; a hostile file would end the program with it."""


def load_yaml(text: str) -> Any:
    """What a document holds, with plain types only.

    Raises:
        yaml.YAMLError: it is no YAML, or is nested deeper than `DEEPEST`.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    for event in yaml.parse(text, Loader=loader):  # goes on without calling itself
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise yaml.YAMLError(f"it is nested deeper than {DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return yaml.load(text, Loader=loader)  # noqa: S506  (a safe loader either way)
