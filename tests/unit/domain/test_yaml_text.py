"""YAML: the same as the reader in Python gives, and no crash on what is nested without end."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from app.domain.yaml_text import DEEPEST, load_yaml

ASSETS = Path(__file__).resolve().parents[3] / "assets"
FILES = sorted(ASSETS.rglob("*.yaml"))


@pytest.mark.parametrize("text", ["- " * 100_000, "[" * 100_000, "a: {" * 100_000, "? " * 50_000])
def test_what_is_nested_without_end_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_what_is_nested_as_deep_as_allowed_is_read() -> None:
    found = load_yaml("[" * DEEPEST + "]" * DEEPEST)
    for _ in range(DEEPEST - 1):
        (found,) = found
    assert found == []


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "a: [", "\t- b"])
def test_what_is_no_plain_yaml_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_it_reads_what_the_reader_in_python_reads() -> None:
    shortest = sorted(FILES, key=lambda path: path.stat().st_size)[: len(FILES) // 3]
    assert shortest
    for path in shortest:
        text = path.read_text("utf-8")
        assert load_yaml(text) == yaml.safe_load(text), path.name
