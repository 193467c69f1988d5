"""What a study found, for its owner: per item and condition, how raters did, what is left."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from app.domain.errors import NotAllowed
from app.domain.ratings import Viewer
from app.domain.studies import PAIRED, Stimulus, Study, Trial, Vote
from app.eval.listening.opinion import Given, Opinion, condition_opinion, opinion
from app.eval.listening.preference import PairVote, Preference, Share, picked_first, preference
from app.eval.listening.quality import consistency, outliers, self_consistency
from app.services.studies import making
from app.services.studies.for_rater import LONGEST_S
from app.services.studies.result_values import ItemResult, RaterResult, Results
from app.services.studies.sessions import asked
from app.services.workspace import Workspace

__all__ = ["ItemResult", "RaterResult", "Results", "imported_from", "pace_s", "results"]


def results(ws: Workspace, viewer: Viewer, study_id: str) -> Results:
    """A study's results.

    Raises:
        NotAllowed: a reviewer would be unblinded. NotFound: there is no such study.
    """
    if not viewer.is_lead:
        raise NotAllowed("Results are the study owner's.", "Sign in as a lead.")
    study = making.get(ws, study_id)
    with ws.db.read() as uow:
        stimuli = {s.id: s for s in uow.studies.stimuli(study.id)}
        votes = uow.votes.of_study(viewer, study.id)
        trials = {t.id: t for t in uow.votes.all_trials(study.id)}
        voided = uow.votes.voided_blocks(study.id)
        names = uow.raters.names()
        question = study.design.question or asked(uow, study).question
        classes = {r: uow.votes.declared(r) for r in {t.rater_id for t in trials.values()}}
    return _Reading(study, question, stimuli, votes, trials, voided, names, classes).results()


def imported_from(declared: Mapping[str, Any] | None) -> str:
    """The file that a rater's votes came from; empty for who voted here."""
    if declared is None:
        return ""
    return str(declared["body"].get("imported", {}).get("file", ""))


def pace_s(votes: Sequence[Vote]) -> float | None:
    """Median seconds from vote to vote, breaks left out; None below three."""
    stamps = [datetime.datetime.fromisoformat(v.voted_at) for v in votes]
    gaps = [(b - a).total_seconds() for a, b in pairwise(stamps)]
    gaps = [g for g in gaps if 0 <= g <= LONGEST_S]
    return median(gaps) if len(gaps) >= 3 else None


class _Reading:
    """One pass over a study's rows."""

    def __init__(
        self,
        study: Study,
        question: str,
        stimuli: Mapping[str, Stimulus],
        votes: Sequence[Vote],
        trials: Mapping[str, Trial],
        voided: Sequence[Mapping[str, Any]],
        names: Mapping[str, str],
        classes: Mapping[str, Mapping[str, Any] | None],
    ) -> None:
        self.study, self.stimuli, self.votes, self.trials = study, stimuli, votes, trials
        self.question = question
        self.names, self.classes, self.voided = names, classes, voided
        self.files = {r: imported_from(c) for r, c in classes.items()}
        self.bad = {(b["rater_id"], b["block"]) for b in voided}
        self.by_rater: dict[str, list[Vote]] = defaultdict(list)
        for vote in votes:
            self.by_rater[vote.rater_id].append(vote)
        self.left = self._left()
        self.all_valid = [v for v in votes if v.valid and v.value is not None]
        self.valid = [v for v in self.all_valid if not self.files[v.rater_id]]
        self.first = self._first_of_each(self.valid)
        counted = [v for v in self.first if not self._in_bad_block(v)]
        self.consistency = consistency(self._given(counted))
        self.excluded = self._excluded()
        self.counted = [v for v in counted if v.rater_id not in self.excluded]

    def results(self) -> Results:
        paired = self.study.instrument in PAIRED and self.study.instrument != "dcr"
        rating = [s for s in self.stimuli.values() if s.role == "rate"]
        return Results(
            study=self.study,
            question=self.question,
            title=self._title(),
            items=tuple(self._items(rating)),
            conditions={} if paired else self._conditions(self.counted),
            all_votes={} if paired else self._conditions(self.first),
            without_outliers={} if paired else self._conditions(self._inliers()),
            exclusions=self._exclusions(),
            raters=tuple(self._raters()),
            preference=self._preference(self.counted) if paired else None,
            preference_of_all=self._preference(self.first) if paired else None,
            null_pairs=self._null_pairs() if paired else None,
            wanted=len(rating) * self.study.design.raters_per_item,
            counted=len(self.counted),
            trials_left=sum(self.left.values()),
            imported={} if paired else self._conditions(self._imported()),
        )

    def _imported(self) -> list[Vote]:
        return self._first_of_each([v for v in self.all_valid if self.files[v.rater_id]])

    def _exclusions(self) -> dict[str, int]:
        rule_of = {(b["rater_id"], b["block"]): b["rule"] for b in self.voided}
        found: dict[str, int] = defaultdict(int)
        for vote in self.first:
            if self._in_bad_block(vote):
                found[rule_of[vote.rater_id, self.trials[vote.trial_id].block]] += 1
            elif vote.rater_id in self.excluded:
                found["consistency"] += 1
        return dict(sorted(found.items()))

    def _first_of_each(self, votes: Sequence[Vote]) -> list[Vote]:
        """Rating votes, the first valid one of each rater on each stimulus that counts best."""
        found: dict[tuple[str, str], Vote] = {}
        for vote in votes:
            if self.stimuli[vote.stimulus_id].role != "rate":
                continue
            key = (vote.rater_id, vote.stimulus_id)
            before = found.get(key)
            if before is None or (self._in_bad_block(before) and not self._in_bad_block(vote)):
                found[key] = vote
        return list(found.values())

    def _in_bad_block(self, vote: Vote) -> bool:
        return (vote.rater_id, self.trials[vote.trial_id].block) in self.bad

    def _given(self, votes: Sequence[Vote]) -> list[Given]:
        return [
            Given(rater=v.rater_id, clip=v.stimulus_id, value=v.value)
            for v in votes
            if v.value is not None
        ]

    def _excluded(self) -> dict[str, str]:
        if not self.study.design.rules.get("consistency"):
            return {}
        least = self.study.design.min_consistency
        return {
            r: f"Agrees with the others by {c:.2f}, less than {least:g}."
            for r, c in self.consistency.items()
            if c is not None and c < least
        }

    def _items(self, rating: Sequence[Stimulus]) -> list[ItemResult]:
        by_item: dict[str, list[Vote]] = defaultdict(list)
        for vote in self.counted:
            by_item[vote.stimulus_id].append(vote)
        voids: dict[str, int] = defaultdict(int)
        for vote in self.votes:
            voids[vote.stimulus_id] += not vote.valid
        return [
            ItemResult(stimulus=s, opinion=opinion(self._given(by_item[s.id])), voids=voids[s.id])
            for s in rating
        ]

    def _conditions(self, votes: Sequence[Vote]) -> dict[str, Opinion]:
        groups: dict[str, list[Vote]] = defaultdict(list)
        for vote in votes:
            groups[self.stimuli[vote.stimulus_id].condition].append(vote)
        return {name: condition_opinion(self._given(groups[name])) for name in sorted(groups)}

    def _inliers(self) -> list[Vote]:
        groups: dict[str, list[Vote]] = defaultdict(list)
        for vote in self.counted:
            groups[self.stimuli[vote.stimulus_id].condition].append(vote)
        kept: list[Vote] = []
        for votes in groups.values():
            out = set(outliers(self._given(votes), self.study.design.outlier_z))
            kept += [v for at, v in enumerate(votes) if at not in out]
        return kept

    def _pairs(self, votes: Sequence[Vote]) -> list[PairVote]:
        out = []
        for vote in votes:
            stimulus = self.stimuli[vote.stimulus_id]
            out.append(
                PairVote(
                    rater=vote.rater_id,
                    first=stimulus.condition,
                    second=stimulus.other_condition,
                    value=vote.value or 0.0,
                    swapped=self.trials[vote.trial_id].swapped,
                )
            )
        return out

    def _preference(self, votes: Sequence[Vote]) -> Preference | None:
        return preference(self._pairs(votes)) if votes else None

    def _null_pairs(self) -> Share | None:
        null = [v for v in self.valid if self.stimuli[v.stimulus_id].role == "null"]
        return picked_first(self._pairs(null)) if null else None

    def _left(self) -> dict[str, int]:
        """Rater → trials that wait for a vote."""
        answered = {v.trial_id for v in self.votes}
        found = dict.fromkeys(self.classes, 0)
        for trial in self.trials.values():
            if trial.id not in answered and (trial.rater_id, trial.block) not in self.bad:
                found[trial.rater_id] += 1
        return found

    def _raters(self) -> list[RaterResult]:
        out = []
        for rater_id in sorted(self.classes, key=lambda r: self.names.get(r, r)):
            broken: dict[str, int] = defaultdict(int)
            for block in self.voided:
                if block["rater_id"] == rater_id:
                    broken[block["rule"]] += 1
            own = self.by_rater[rater_id]
            out.append(
                RaterResult(
                    rater_id=rater_id,
                    name=self.names.get(rater_id, rater_id),
                    rater_class=str((self.classes[rater_id] or {}).get("class", "")),
                    done=sum(v.valid for v in own),
                    left=self.left[rater_id],
                    voids=sum(not v.valid for v in own),
                    pace_s=pace_s(own),
                    blocks_void=dict(broken),
                    consistency=self.consistency.get(rater_id),
                    repeats=self._repeats(rater_id),
                    excluded=self.excluded.get(rater_id, ""),
                    imported=self.files[rater_id],
                )
            )
        return out

    def _repeats(self, rater_id: str) -> float | None:
        by_item: dict[str, list[float]] = defaultdict(list)
        for vote in self.by_rater[rater_id]:
            good = vote.valid and not self._in_bad_block(vote)
            if good and self.stimuli[vote.stimulus_id].role == "rate" and vote.value is not None:
                by_item[vote.stimulus_id].append(vote.value)
        return self_consistency([(v[0], v[1]) for v in by_item.values() if len(v) > 1])

    def _title(self) -> str:
        """Honest: any expert makes it an expert panel."""
        name = {"acr": "ACR", "dcr": "DCR", "ccr": "CCR"}.get(self.study.instrument)
        if name is None:
            return self.study.name
        classes = {
            str((c or {}).get("class", "")) for r, c in self.classes.items() if not self.files[r]
        }
        return f"{name}-panel (P.800-style)" if classes == {"naive"} else f"{name}-expert"
