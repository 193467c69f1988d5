"""The event-log processor gives what EVA's own gives, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.eval.eva.processor import process
from tests.unit.eva.eva_support import as_eva, history, loaded

HISTORIES = 12


@pytest.mark.parametrize("number", range(HISTORIES))
def test_every_expected_field_of_the_histories(shared_data: Path, number: int) -> None:
    fixtures = loaded(shared_data / "eva" / "fixtures" / "processor_histories.json")
    assert len(fixtures) == HISTORIES
    fixture = fixtures[number]
    record = process(history(fixture["history"]), fixture.get("pipeline_type", "cascade"))
    found = as_eva(record)
    assert fixture["expected"]
    differing: dict[str, Any] = {
        name: (found[name], want)
        for name, want in fixture["expected"].items()
        if found[name] != want
    }
    assert differing == {}
