"""Metrics that exist only over several calls: rates of calls, comparisons of conditions."""

from __future__ import annotations

from app.domain.metrics import MetricSpec

SET_METRICS: tuple[MetricSpec, ...] = ()
