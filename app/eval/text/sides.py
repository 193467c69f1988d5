"""Which words of a call are the reference and which are compared with it, for one speaker.

The reference is what a person wrote or confirmed, else what the speaker meant to say. Texts are put
end to end in order of time: where either cuts its segments says nothing about the words.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.calls import Speaker
from app.domain.errors import BadInput
from app.domain.segments import Segment
from app.domain.text_roles import ROLE_WORDS, TextRole
from app.eval.base import CallInput, LayerInput
from app.eval.text.timed import SourceWord, joined, source_words

HYPOTHESES: tuple[TextRole, ...] = ("spoken", "heard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Both texts of one speaker.

    Attributes:
        reference: words that should be there.
        hypothesis: words that are there.
        reference_role: whose the reference is; None if there is none.
        reason: why there is nothing to compare, in words; empty where there is.
    """

    reference: list[SourceWord] = field(default_factory=list)
    hypothesis: list[SourceWord] = field(default_factory=list)
    reference_role: TextRole | None = None
    reason: str = ""

    @property
    def sample(self) -> str:
        """Some of the text, to tell its script by."""
        return joined([w.text for w in self.reference[:200]])


def check_hypothesis(role: str) -> None:
    """Refuse a role that cannot be measured.

    Raises:
        BadInput: `role` is neither `spoken` nor `heard`.
    """
    if role not in HYPOTHESES:
        raise BadInput(
            f"The hypothesis cannot be {role!r}.", f"Give one of: {', '.join(HYPOTHESES)}."
        )


def sides(
    source: CallInput,
    speaker: Speaker,
    hypothesis: TextRole,
    references: Sequence[TextRole] = ("human", "intended"),
) -> Sides:
    """The words to compare for one speaker.

    Of a transcript that a person has partly corrected, only the corrected segments are the
    reference, and only words that lie nearest to one of them are compared with it.

    Args:
        source: the call.
        speaker: whose words.
        hypothesis: `spoken` or `heard`.
        references: roles that may serve as the reference, the first that has words wins.
    """
    layer = source.texts.get(hypothesis)
    if layer is None:
        return Sides(reason=f"There is no transcript of the kind “{ROLE_WORDS[hypothesis]}”.")
    if hypothesis == "heard" and not _of(layer, speaker):  # platforms often log one side alone
        return Sides(reason=f"The platform's transcript has nothing of the {speaker}.")
    words = source_words(_of(layer, speaker))
    for role in references:
        given = source.texts.get(role)
        if given is None:
            continue
        trusted = _trusted(given, speaker)
        reference = source_words(trusted)
        if reference:
            return Sides(
                reference=reference,
                hypothesis=_nearest(words, _of(given, speaker), trusted),
                reference_role=role,
            )
    wanted = " or ".join(ROLE_WORDS[role].lower() for role in references)
    return Sides(hypothesis=words, reason=f"The {speaker} has no {wanted} text to compare with.")


def _of(layer: LayerInput, speaker: Speaker) -> list[Segment]:
    return [s for s in layer.segments if s.speaker == speaker]


def _trusted(given: LayerInput, speaker: Speaker) -> list[Segment]:
    """Of a person's layer, what the person changed or confirmed; of any other, all of it."""
    segments = _of(given, speaker)
    if given.layer.origin != "human":
        return segments
    return [s for s in segments if s.id in given.edited]


def _nearest(
    words: list[SourceWord], segments: list[Segment], trusted: Sequence[Segment]
) -> list[SourceWord]:
    """The words that lie in, or nearest to, a trusted one of `segments`."""
    if len(trusted) == len(segments):
        return words
    ids = {s.id for s in trusted}
    segments.sort(key=lambda s: (s.span.start, s.span.end, s.id))
    starts = [s.span.start for s in segments]

    def belongs(word: SourceWord) -> bool:
        middle = (word.span.start + word.span.end) / 2
        at = bisect_left(starts, middle)
        near = segments[max(at - 1, 0) : at + 1]
        return min(near, key=lambda s: _distance(s, middle)).id in ids

    return [w for w in words if belongs(w)]


def _distance(segment: Segment, frame: float) -> float:
    return max(segment.span.start - frame, frame - segment.span.end, 0.0)
