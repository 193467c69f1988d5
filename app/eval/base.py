"""What an evaluator is: a named, versioned, pure function of one call's inputs.

Evaluators run in threads, in processes and on other machines: inputs and outcomes are plain
values that can be pickled. They know neither the database nor Qt. They are frozen dataclasses
whose fields are their arguments, and are found by name in `app.eval.registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, Protocol

from app.audio.align import Placement
from app.domain.calls import SPEAKERS, Call, Finding, Span, Speaker, TrackRole
from app.domain.errors import Cancelled
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.segments import Layer, LayerKind, Segment
from app.domain.text_roles import TextRole
from app.domain.turns import OverlapKind

Need = Literal["audio", "two_tracks", "speech", "intended", "spoken", "heard", "human", "reported"]
"""What must be there for an evaluator to apply to a call."""

Read = Literal[
    "audio", "speech", "intended", "spoken", "heard", "human", "reported", "documents", "conditions"
]
"""What an evaluator looks at; a result is computed anew when one of these has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInput:
    """A layer with its segments as they stand.

    `edited` holds the ids of segments that a person has changed or confirmed: only those of a
    human transcript may serve as a reference.
    """

    layer: Layer
    segments: tuple[Segment, ...]
    overrides: Mapping[str, OverlapKind] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInput:
    """Where one track's sound lies and how it lies on the call's time line."""

    role: TrackRole
    path: str
    sha256: str
    channel_index: int
    owned: bool
    """True for the workspace's own copy, which nobody changes."""
    placement: Placement
    muted: tuple[Span, ...] = ()
    """Frames of the call that this evaluator must not hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInput:
    """What an evaluator may read of one call. Frames at `call.rate_hz`.

    Only what the evaluator's `reads` names is filled in.

    Attributes:
        call: the call itself.
        audio: its tracks.
        cache_dir: folder of decoded samples, shared by all workers.
        cache_bytes: its cap.
        speech: the layer that says who speaks when: the one asked for, or the one in force.
        reported: the platform's own speech layer.
        texts: the newest transcript of each role.
        documents: names of the files that came with the call (`eva/audit_log.json`) to their
            bytes.
        conditions: how the call was made, from `call.extra["conditions"]`: `noise`, `snr_db`,
            `accent`, `line`, `perturbed_from`, ...
    """

    call: Call
    audio: tuple[AudioInput, ...] = ()
    cache_dir: str = ""
    cache_bytes: int = 20 * 10**9
    speech: LayerInput | None = None
    reported: LayerInput | None = None
    texts: Mapping[TextRole, LayerInput] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """The speakers that have a track of their own."""
        roles = {a.role for a in self.audio}
        return tuple(s for s in SPEAKERS if s in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLayer:
    """A layer that an evaluator made; the engine stores it with the result."""

    kind: LayerKind
    name: str
    producer: str
    segments: tuple[Segment, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an evaluator found. `detail` is kept with the result, plain JSON values."""

    values: tuple[MetricValue, ...] = ()
    layers: tuple[NewLayer, ...] = ()
    findings: tuple[Finding, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)


class Watch:
    """What a running evaluator may ask: whether to stop; and whom to tell how far it is."""

    def __init__(
        self,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[float], None] = lambda _share: None,
    ) -> None:
        self._cancelled, self.tell = cancelled, progress

    def progress(self, done: int, total: int, note: str = "") -> None:  # noqa: ARG002
        """Report; the shape of `app.domain.work.Work`, so that decoding can use a watch."""
        self.tell(done / total if total else 0.0)

    def partial(self, value: object) -> None:
        """Partial results have no reader here."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the work is not wanted any more."""
        if self._cancelled():
            raise Cancelled


class Evaluator(Protocol):
    """See the module. Implementations are frozen dataclasses.

    Class attributes:
        name: `text.error_rates`.
        version: raised whenever the same inputs would give other values.
        title: as shown in the list of a run's steps.
        metrics: the catalogue's entries that it fills; empty for those that only make layers.
        reads: what the result depends on.
        needs: what must be there; without it the evaluator does not apply, and says nothing.
        documents: prefixes of the document names that it reads (`eva/`); it applies only to calls
            that have one of them. Empty for evaluators that read none.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[str]
    metrics: ClassVar[tuple[MetricSpec, ...]]
    reads: ClassVar[frozenset[Read]]
    needs: ClassVar[frozenset[Need]]
    documents: ClassVar[tuple[str, ...]]

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Compute.

        Raises:
            UserError: it cannot be done on this call or this machine; becomes a failed result
                with that reason. What the call merely does not define is no error but a value
                with status `undefined`.
            Cancelled.
        """


def args_of(evaluator: Any) -> dict[str, Any]:
    """An evaluator's arguments, plain JSON values."""
    return {f.name: getattr(evaluator, f.name) for f in fields(evaluator)}
