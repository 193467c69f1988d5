"""What the practice agent can do wrong on purpose, so that the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.errors import BadInput

FORMS = "slow=MS, deaf, talk-over=MS, drop=PERCENT, die=SECONDS"
_LIMITS = {"slow": 60_000.0, "talk-over": 10_000.0, "drop": 90.0, "die": 86_400.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The faults in force; the default is none.

    Attributes:
        slow_ms: how much later than it could it answers.
        deaf: it goes on speaking when it is interrupted, and tells nobody that it heard.
        talk_over_ms: it answers so long after the caller began to speak, whether or not the
            caller has finished; None for never.
        drop_share: share of its audio that it never sends, 0..1; it then speaks in real time.
        seed: of what is dropped.
        die_s: when it hangs up without a word, seconds after the connection; None for never.
    """

    slow_ms: float = 0.0
    deaf: bool = False
    talk_over_ms: float | None = None
    drop_share: float = 0.0
    die_s: float | None = None
    seed: int = 0

    def dropped(self, chunks: int, line: int) -> frozenset[int]:
        """Which chunks of a line are dropped: the same for the same seed.

        The first and the last never are: nobody could tell that they were meant to be there.

        Args:
            chunks: how many the line has.
            line: the so-manieth that is said.
        """
        chance = np.random.default_rng((self.seed, line)).random(chunks)
        found = np.flatnonzero(chance < self.drop_share).tolist()
        return frozenset(n for n in found if 0 < n < chunks - 1)


def parse(words: Sequence[str]) -> Faults:
    """Faults as they are written on a command line.

    Raises:
        BadInput: an unknown fault, or a number that cannot be.
    """
    found: dict[str, float] = {}
    for word in words:
        name, _, value = word.partition("=")
        if name == "deaf" and not value:
            found[name] = 1.0
            continue
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name not in _LIMITS or not 0 <= number <= _LIMITS[name]:
            raise BadInput(f"{word!r} is no fault of the practice agent.", f"One of: {FORMS}.")
        found[name] = number
    return Faults(
        slow_ms=found.get("slow", 0.0),
        deaf="deaf" in found,
        talk_over_ms=found.get("talk-over"),
        drop_share=found.get("drop", 0.0) / 100,
        die_s=found.get("die"),
    )
