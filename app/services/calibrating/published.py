"""Agreement that others published for the judges of their own label files."""

from __future__ import annotations

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
