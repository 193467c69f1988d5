"""How long a run still takes, from what it settled of late.

The counters are sampled as they are seen. The rate is that of the last minutes; before those are
known, and after a standstill, that of the whole run. Steps that were computed before settle in
bursts, so that a short look back alone would promise too much.
"""

from __future__ import annotations

from collections import deque

from app.domain.evaluation import Run

WINDOW_S = 180.0
LEAST_S = 20.0
LEAST_STEPS = 8
SAMPLE_S = 1.0


class Pacer:
    """Remembers the counters of the runs that are going on."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[tuple[float, int]]] = {}

    def see(self, run: Run, now_s: float) -> None:
        """Take a sample; a run that stands still is forgotten, so that its pause counts nothing."""
        if run.state != "running":
            self._seen.pop(run.id, None)
            return
        seen = self._seen.setdefault(run.id, deque())
        if seen and now_s - seen[-1][0] < SAMPLE_S:
            return
        seen.append((now_s, run.settled))
        while seen[0][0] < now_s - WINDOW_S:
            seen.popleft()

    def rate(self, run: Run) -> float | None:
        """Steps a second; None while nobody can tell."""
        seen = self._seen.get(run.id)
        if seen:
            took_s, done = seen[-1][0] - seen[0][0], seen[-1][1] - seen[0][1]
            if took_s >= LEAST_S and done >= LEAST_STEPS:
                return done / took_s
        if run.settled and run.active_s > 0:
            return run.settled / run.active_s
        return None

    def left_s(self, run: Run) -> float | None:
        """Seconds until it is through; None while nobody can tell."""
        rate = self.rate(run)
        return None if rate is None else (run.steps - run.settled) / rate
