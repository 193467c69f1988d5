"""Agreement that others published for the judges of their own label files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVA = "EVA-Bench 2.1 (arXiv 2605.13841), judge run three times on its label files"

_PUBLISHED: dict[str, dict[str, Any]] = {
    "faithfulness": {
        "judge": "Claude Opus 4.6", "n": 137, "weights": "quadratic", "kappa": 0.836,
        "interval": [0.729, 0.915], "macro_f1": 0.807,
    },
    "agent_speech_fidelity": {
        "judge": "Gemini 3 Flash (its README: Gemini 3.1 Pro)", "n": 147, "weights": "none",
        "kappa": 0.777, "interval": [0.704, 0.835], "macro_f1": 0.856,
    },
    "conciseness": {
        "judge": "GPT-5.2", "n": 479, "weights": "quadratic", "kappa": 0.823,
        "interval": [0.754, 0.874], "macro_f1": 0.838,
    },
    "conversation_progression": {
        "judge": "GPT-5.2", "n": 136, "weights": "quadratic", "kappa": 0.845,
        "interval": [0.753, 0.911], "macro_f1": 0.782,
    },
}  # fmt: skip
LABELS = "eva_labels."
"""How the rubrics begin that exist for label files alone."""


def published(rubric_key: str) -> dict[str, Any] | None:
    """What was published for a rubric; shown beside ours, never mixed with it."""
    found = _PUBLISHED.get(rubric_key.removeprefix(LABELS))
    return None if found is None else {**found, "source": EVA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One published figure of a judge on a label file."""

    name: str
    """As our figures are named: `kappa`, `kappa_quadratic`, `macro_f1`."""
    value: float
    low: float | None
    high: float | None
    """95 %, where it was published."""
    n: int
    judge: str
    source: str

    @property
    def words(self) -> str:
        """`published 0.836 (0.729 to 0.915), Claude Opus 4.6, n 137`."""
        within = "" if self.low is None else f" ({self.low:.3f} to {self.high:.3f})"
        return f"published {self.value:.3f}{within}, {self.judge}, n {self.n}"


def figures(rubric_key: str, criterion_key: str) -> tuple[Figure, ...]:
    """What was published of a criterion, to stand beside our figure of the same name.

    Empty where nothing was: labels are of a file's overall criterion, not of its parts.
    """
    found = published(rubric_key)
    if found is None or criterion_key != rubric_key.removeprefix(LABELS):
        return ()
    low, high = found["interval"]
    shared: Mapping[str, Any] = {k: found[k] for k in ("n", "judge", "source")}
    kappa = "kappa_quadratic" if found["weights"] == "quadratic" else "kappa"
    return (
        Figure(name=kappa, value=found["kappa"], low=low, high=high, **shared),
        Figure(name="macro_f1", value=found["macro_f1"], low=None, high=None, **shared),
    )
