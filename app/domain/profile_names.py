"""Names of the rule sets under which turn-taking is measured. Figures of two never mix.

The same word means different things in different benchmarks (a response latency is signed here,
clipped at zero there, on a 0.2 s grid elsewhere), so every figure carries the name of its rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.turn_profiles import CALLBENCH_1

CALLBENCH = CALLBENCH_1.id
OUTBOUND = "outbound"
TAU2_PARITY = "tau2-1.0 parity"
TAU2_CORRECTED = "tau2-1.0 corrected"
TAU2_SPEECH = "tau2-1.0 from speech"
FDB_10 = "fdb-1.0"
FDB_10_SPEECH = "fdb-1.0 from speech"
FDB_15 = "fdb-1.5"
FDB_15_SPEECH = "fdb-1.5 from speech"
REPORTED = "reported"

PROFILE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        CALLBENCH: "Our own rules, on the speech layer to the sample; latencies are signed.",
        OUTBOUND: "OutboundEval's interruption and latency metrics, on our turns.",
        TAU2_PARITY: "tau2-bench's interaction metrics 1.0 on its 0.2 s ticks, as published: a "
        "tic that was rightly ignored while the agent spoke is not counted.",
        TAU2_CORRECTED: "The same, with tics that were rightly ignored while the agent spoke.",
        TAU2_SPEECH: "tau2-bench's rules on the speech layer, laid on a 0.2 s grid.",
        FDB_10: "Full-Duplex-Bench 1.0 on the files of one of its samples.",
        FDB_10_SPEECH: "Full-Duplex-Bench 1.0's rules on the turns of an ordinary call.",
        FDB_15: "Full-Duplex-Bench 1.5 on the files of one of its samples.",
        FDB_15_SPEECH: "Full-Duplex-Bench 1.5's rules on the overlaps of an ordinary call.",
        REPORTED: "What the platform reports, less what the recording shows.",
    }
)
"""What each name stands for, in a sentence."""
