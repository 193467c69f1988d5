"""One transaction with its repositories. A write collects the `Changes` that it made."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection

from app.domain.changes import Changes
from db.library_cache import LibraryCache
from db.repos.actions import ActionRepo
from db.repos.calibration_records import CalibrationRecordRepo
from db.repos.calls import CallRepo
from db.repos.comments import CommentRepo
from db.repos.documents import DocumentRepo
from db.repos.evaluations import EvaluationRepo
from db.repos.flows import FlowRepo
from db.repos.judges import JudgeRepo
from db.repos.layers import LayerRepo
from db.repos.library import LibraryRepo
from db.repos.raters import RaterRepo
from db.repos.redactions import RedactionRepo
from db.repos.replies import ReplyRepo
from db.repos.rubrics import RubricRepo
from db.repos.runs import RunRepo
from db.repos.scenarios import ScenarioRepo
from db.repos.score_sets import ScoreSetRepo
from db.repos.scores import ScoreRepo
from db.repos.settings import SettingRepo
from db.repos.studies import StudyRepo
from db.repos.summaries import SummaryRepo
from db.repos.views import ViewRepo
from db.repos.votes import VoteRepo


class Reader:
    """Repositories over one connection; they take and return domain values."""

    def __init__(self, connection: Connection, cache: LibraryCache) -> None:
        self.connection = connection
        self._cache = cache

    @cached_property
    def calls(self) -> CallRepo:
        """Calls, tracks, audio files, tags, sources."""
        return CallRepo(self.connection)

    @cached_property
    def layers(self) -> LayerRepo:
        """Layers, segments and edits."""
        return LayerRepo(self.connection)

    @cached_property
    def scores(self) -> ScoreRepo:
        """Items, scores, submissions; what a viewer may see of them."""
        return ScoreRepo(self.connection)

    @cached_property
    def score_sets(self) -> ScoreSetRepo:
        """Scores of many calls at once."""
        return ScoreSetRepo(self.connection)

    @cached_property
    def comments(self) -> CommentRepo:
        """Comments and markers."""
        return CommentRepo(self.connection)

    @cached_property
    def raters(self) -> RaterRepo:
        """People and judges."""
        return RaterRepo(self.connection)

    @cached_property
    def redactions(self) -> RedactionRepo:
        """What must not leave the workspace."""
        return RedactionRepo(self.connection)

    @cached_property
    def rubrics(self) -> RubricRepo:
        """Rubric versions with their criteria."""
        return RubricRepo(self.connection)

    @cached_property
    def views(self) -> ViewRepo:
        """Saved views."""
        return ViewRepo(self.connection)

    @cached_property
    def settings(self) -> SettingRepo:
        """Settings of the workspace and of each rater."""
        return SettingRepo(self.connection)

    @cached_property
    def summaries(self) -> SummaryRepo:
        """The derived row of each call; written with what it is derived from."""
        return SummaryRepo(self.connection)

    @cached_property
    def library(self) -> LibraryRepo:
        """Ids, pages, counts and hits for the library."""
        return LibraryRepo(self.connection, self._cache)

    @cached_property
    def scenarios(self) -> ScenarioRepo:
        """Scenarios."""
        return ScenarioRepo(self.connection)

    @cached_property
    def documents(self) -> DocumentRepo:
        """Files that came with a call."""
        return DocumentRepo(self.connection)

    @cached_property
    def evaluations(self) -> EvaluationRepo:
        """Results of evaluators and their metric values."""
        return EvaluationRepo(self.connection)

    @cached_property
    def runs(self) -> RunRepo:
        """Runs over calls and their progress."""
        return RunRepo(self.connection)

    @cached_property
    def judges(self) -> JudgeRepo:
        """Judges' definitions and versions."""
        return JudgeRepo(self.connection)

    @cached_property
    def replies(self) -> ReplyRepo:
        """What judges were asked and answered."""
        return ReplyRepo(self.connection)

    @cached_property
    def flows(self) -> FlowRepo:
        """Task flows, all their rounds, and approvals."""
        return FlowRepo(self.connection)

    @cached_property
    def studies(self) -> StudyRepo:
        """Studies and their stimuli."""
        return StudyRepo(self.connection)

    @cached_property
    def votes(self) -> VoteRepo:
        """Trials, sessions and votes."""
        return VoteRepo(self.connection)

    @cached_property
    def calibration_records(self) -> CalibrationRecordRepo:
        """Drift checks, corrections in use and verdicts."""
        return CalibrationRecordRepo(self.connection)

    @cached_property
    def actions(self) -> ActionRepo:
        """The undo log."""
        return ActionRepo(self.connection)


class UnitOfWork(Reader):
    """A write. Leaving the block commits; an exception rolls everything back."""

    def __init__(self, connection: Connection, cache: LibraryCache) -> None:
        super().__init__(connection, cache)
        self.changes = Changes()

    def touch(self, changes: Changes) -> None:
        """Note what was touched."""
        self.changes = self.changes | changes
