"""How EVA's metrics stand in the catalogue.

Directions are set by hand, not by a name's ending: EVA's own rule (`_rate` is better when lower)
misplaces the rate of replies in time.
"""

from __future__ import annotations

from app.domain.metrics import Direction, MetricSpec, Pool, Scope

PAPER = "EVA-Bench 2.1 (arXiv 2605.13841)"


def eva_spec(
    metric_id: str,
    title: str,
    direction: Direction,
    about: str,
    *,
    evaluator: str,
    version: str,
    unit: str = "",
    scope: tuple[Scope, ...] = ("call",),
    pool: Pool = "mean",
    ratio: tuple[str, str] | None = None,
    decimals: int = 2,
    headline: bool = False,
    source: str = "",
) -> MetricSpec:
    """One entry of EVA's family; `source` is EVA's unless the figure is our own."""
    name = metric_id.split(".", maxsplit=1)[0]
    return MetricSpec(
        id=metric_id,
        title=title,
        unit=unit,
        direction=direction,
        family="eva",
        evaluator=evaluator,
        about=about,
        source=source or f"{PAPER}, {name} v{version}",
        scope=scope,
        pool=pool,
        ratio=ratio,
        decimals=decimals,
        headline=headline,
    )
