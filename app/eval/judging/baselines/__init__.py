"""Judges without a model: rules that always give the same verdict and need no endpoint.

They see what rules can see and no more; their names begin with *baseline*. A definition's `shape`
names its rule, its `params` hold every threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.domain.judging import JudgeDefinition, Verdict
from app.domain.rubrics import Criterion, RubricVersion
from app.eval.judging.baselines.findings import Finding
from app.eval.judging.baselines.pairs import Findings, preferred
from app.eval.judging.baselines.placeholders import placeholders
from app.eval.judging.baselines.planted import planted
from app.eval.judging.baselines.redundancy import redundancy
from app.eval.judging.baselines.repetition import repetition
from app.eval.judging.baselines.speakability import speakability
from app.eval.judging.baselines.verbosity import verbosity
from app.eval.judging.call import JudgeCall

Rule = Callable[[JudgeCall, Mapping[str, Any]], Iterator[Finding]]

RULES: Mapping[str, Rule] = {
    "rule_placeholders": placeholders,
    "rule_redundancy": redundancy,
    "rule_repetition": repetition,
    "rule_speakability": speakability,
    "rule_verbosity": verbosity,
}
"""By the `shape` of a definition."""
PANEL = "rule_panel"
"""The shape of several rules in one judge: `params["rules"]` has one for each criterion."""
PAIRS = "rule_pair"
"""The shape of several rules that tell together which of two calls is better: `params["rules"]` has
each with the `best` value that it can give."""


def judge(
    definition: JudgeDefinition,
    rubric: RubricVersion,
    call: JudgeCall,
    other: JudgeCall | None = None,
) -> tuple[Verdict, ...]:
    """A verdict on each of the agent's turns; a panel's, on each criterion that it has a rule for.

    With an `other` call, one verdict on the pair of them, by both orders.

    Raises:
        ValueError: the definition names no rule or fault, or its rubric has no such criterion or
            level.
    """
    if (definition.shape == PAIRS) != (other is not None):
        raise ValueError(f"{PAIRS} judges two calls, and nothing else does")
    if other is not None:
        return (_preferred(definition, rubric, (call, other)),)
    found: list[Verdict] = []
    for key, name, params in _parts(definition, rubric):
        criterion = _criterion(key, rubric)
        findings = _rule(name)(call, params)
        fault = definition.params.get("fault")
        if fault:
            findings = planted(findings, criterion, call, fault)
        found += [_verdict(f, criterion) for f in findings]
    return tuple(found)


def _preferred(
    definition: JudgeDefinition, rubric: RubricVersion, calls: tuple[JudgeCall, JudgeCall]
) -> Verdict:
    params = definition.params
    criterion = _criterion(params.get("criterion", rubric.criteria[0].key), rubric)
    first, second = (_losses(call, params["rules"].values()) for call in calls)
    return preferred(criterion.key, calls, (first, second), params)


def _losses(call: JudgeCall, parts: Iterable[Mapping[str, Any]]) -> Findings:
    return [(part["best"], f) for part in parts for f in _rule(str(part["rule"]))(call, part)]


def _rule(name: str) -> Rule:
    found = RULES.get(name)
    if found is None:
        raise ValueError(f"there is no rule {name}; there are {', '.join(RULES)}")
    return found


def _parts(
    definition: JudgeDefinition, rubric: RubricVersion
) -> list[tuple[str, str, Mapping[str, Any]]]:
    """(criterion, rule, parameters) of each; a single rule's criterion is named, or the first."""
    params = definition.params
    if definition.shape == PANEL:
        return [(key, str(part["rule"]), part) for key, part in params["rules"].items()]
    return [(params.get("criterion", rubric.criteria[0].key), definition.shape, params)]


def _criterion(key: str, rubric: RubricVersion) -> Criterion:
    found = next((c for c in rubric.criteria if c.key == key), None)
    if found is None:
        raise ValueError(f"the rubric {rubric.key} has no criterion {key}")
    return found


def _verdict(finding: Finding, criterion: Criterion) -> Verdict:
    if finding.value is not None and criterion.level(finding.value) is None:
        raise ValueError(f"{criterion.key} has no level {finding.value}")
    return Verdict(
        criterion_key=criterion.key,
        value=finding.value,
        rationale=finding.rationale,
        evidence=(finding.turn.index, *finding.evidence),
        details={"baseline": True, **finding.details},
        item=finding.turn.item,
    )
