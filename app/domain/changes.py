"""What a write touched. Every write returns one; screens decide whether they are stale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Ids of the nouns touched; `everything` where a list would not be worth its length."""

    calls: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    """call ids whose layers changed"""
    scores: frozenset[str] = frozenset()
    """call ids whose scores changed"""
    comments: frozenset[str] = frozenset()
    """call ids whose comments changed"""
    metrics: frozenset[str] = frozenset()
    """call ids whose metric values changed"""
    runs: bool = False
    views: bool = False
    raters: bool = False
    rubrics: bool = False
    judges: bool = False
    """judges' definitions, endpoints or prices"""
    flows: bool = False
    studies: bool = False
    settings: bool = False
    everything: bool = False

    def __or__(self, more: Changes) -> Changes:
        """Both together."""
        return Changes(
            calls=self.calls | more.calls,
            segments=self.segments | more.segments,
            scores=self.scores | more.scores,
            comments=self.comments | more.comments,
            metrics=self.metrics | more.metrics,
            runs=self.runs or more.runs,
            views=self.views or more.views,
            raters=self.raters or more.raters,
            rubrics=self.rubrics or more.rubrics,
            judges=self.judges or more.judges,
            flows=self.flows or more.flows,
            studies=self.studies or more.studies,
            settings=self.settings or more.settings,
            everything=self.everything or more.everything,
        )

    def touches(self, call_id: str) -> bool:
        """Whether anything of that call was touched."""
        touched = self.calls | self.segments | self.scores | self.comments | self.metrics
        return self.everything or call_id in touched
