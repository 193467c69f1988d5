"""The rule of a verdict as data: a version, a preset's name and its thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.domain.errors import BadInput

CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What the states ask for. None leaves a clause out. Agreement is in points of the measure."""

    least_calls: int = 30
    least_items: int = 50
    least_humans: int = 2
    human_alpha: float | None = 0.40
    """People below this, interval and all: the rubric is at fault, not the judge."""
    widest_agreement: float | None = 0.15
    """Half-width of the judge's agreement."""
    least_rare_items: int | None = None
    """Items of the rarest class that was given."""
    margin: float = 0.05
    """How far below people a judge may lie."""
    least_consistency: float = 0.70
    """Of order; below, the judge is not used."""
    above_chance: float = 0.2
    mean_half_width: float = 0.1
    """Of the corrected mean, in points of the scale (shares: 0.1 is ten points)."""
    cv_bias: float = 0.1
    """Of the correction in cross-validation; points of the scale."""
    cv_bias_binary: float = 0.02
    stratum_bias_factor: float = 2.0
    """A stratum's bias, in multiples of the whole's."""
    epsilon: float | None = 0.15
    """Of the alternative annotator test: 0.2 experts, 0.15 skilled raters, 0.1 a crowd."""
    winning_rate: float = 0.5
    gap_within_margin: bool = True
    """Whether the judge must not lie below people by more than the margin."""
    consistency: float = 0.90
    """Of order and of repeats, to stand in for a rater."""
    lowest_agreement: float | None = None
    """Lower bound of the judge's agreement …"""
    lowest_ceiling_ratio: float | None = None
    """… or of its share of the ceiling."""
    agreement: float | None = None
    """The judge's agreement itself."""
    exact: float | None = None
    """Share of items with the same value."""
    alone_humans: int = 3
    alone_items: int = 100
    alone_calls: int = 50
    critical_sensitivity: float = 0.95
    """Lower bound, of critical checks."""
    audit_rate: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An immutable version of the rule; a changed threshold makes another, with its reason."""

    name: str
    version: int = 1
    thresholds: Thresholds = field(default_factory=Thresholds)
    critical: tuple[str, ...] = ()
    """Dimensions that are critical checks: a failure that the judge misses does harm."""
    reason: str = ""

    @property
    def ref(self) -> str:
        """`default@1`."""
        return f"{self.name}@{self.version}"

    def changed(self, changes: Mapping[str, Any], reason: str) -> Rule:
        """The next version, with other thresholds or other critical checks.

        Raises:
            BadInput: no reason, a threshold that there is not, or a value that cannot be one.
        """
        if not reason.strip():
            raise BadInput("A changed threshold needs a reason.", "Say why in a line.")
        known = {f.name for f in fields(Thresholds)}
        thresholds = {k: v for k, v in changes.items() if k != CRITICAL}
        for name, value in thresholds.items():
            if name not in known:
                raise BadInput(f"There is no threshold {name}.", f"One of {', '.join(known)}.")
            _check(name, value)
        return Rule(
            name=self.name, version=self.version + 1,
            thresholds=replace(self.thresholds, **thresholds),
            critical=tuple(changes.get(CRITICAL, self.critical)), reason=reason,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The plain form, as it is read back."""
        return asdict(self) | {"critical": list(self.critical)}


def rule_from_json(body: Mapping[str, Any]) -> Rule:
    """A stored rule.

    Raises:
        BadInput: it has thresholds that are not known here.
    """
    try:
        thresholds = Thresholds(**body["thresholds"])
        return Rule(
            name=str(body["name"]), version=int(body["version"]), thresholds=thresholds,
            critical=tuple(body.get(CRITICAL, ())), reason=str(body.get("reason", "")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"This is no rule: {error}.", "It was made by another version.") from error


def _check(name: str, value: object) -> None:
    usual = Thresholds()
    off = getattr(usual, name)
    optional = off is None or name in ("human_alpha", "widest_agreement", "epsilon")
    if value is None and optional:
        return
    if isinstance(off, bool):
        good = isinstance(value, bool)
    else:
        good = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if not good:
        raise BadInput(f"{value!r} is no threshold {name}.", "Give a number of 0 or more.")


PRESETS: Mapping[str, Rule] = {
    "default": Rule(name="default"),
    "dashboard gate": Rule(
        name="dashboard gate",
        thresholds=Thresholds(
            least_items=150, least_rare_items=30, lowest_agreement=0.60,
            lowest_ceiling_ratio=0.85, epsilon=None, gap_within_margin=False,
        ),
    ),
    "OutboundEval C9": Rule(
        name="OutboundEval C9",
        thresholds=Thresholds(
            least_items=100, least_rare_items=15, exact=0.90, agreement=0.60, epsilon=None,
            gap_within_margin=False,
        ),
    ),
}  # fmt: skip
"""The ladder of the product, and two gates that others suggest in place of its fourth state."""
