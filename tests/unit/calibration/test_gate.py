"""The gate light opens on enough labels and agreement, and says what is missing else."""

from __future__ import annotations

from app.eval.calibration.gate import gate
from tests.unit.calibration.test_ladder import evidence, figure, held


def test_it_is_open_where_items_rare_class_and_agreement_suffice() -> None:
    found = gate(evidence())
    assert found.is_open
    assert {c.name for c in found.clauses} == {"calls", "items", "humans", "rare", "gate"}


def test_it_says_what_is_missing() -> None:
    found = gate(evidence(items=60, rare_items=12))
    assert not found.is_open
    assert [c.value for c in found.failing] == ["60 of 150", "12 of 30"]


def test_low_agreement_keeps_it_shut_unless_people_agree_as_little() -> None:
    weak = figure(0.5)
    shut = gate(evidence(agreement=held(weak, figure(0.0, 0.03), figure(0.7))))
    assert [c.name for c in shut.failing] == ["gate"]
    assert gate(evidence(agreement=held(weak, figure(0.0, 0.03), figure(0.95)))).is_open


def test_an_interval_scale_has_no_rare_class() -> None:
    assert gate(evidence(kind="interval", rare_items=None)).is_open
