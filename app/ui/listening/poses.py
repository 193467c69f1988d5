"""Puts the listening screen into any of its states, for pictures: nothing plays, nothing is stored.

`strike(screen, name)` after the screen was made; names are `POSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.audio.clip_output import DeviceFacts
from app.domain.rubrics import Level
from app.domain.studies import Instrument
from app.services.studies.for_rater import Offer
from app.services.studies.sessions import TrialView
from app.ui.listening.words import device as device_words
from app.ui.listening.words import void
from app.ui.listening.work import BLOCK_MS, Rules

if TYPE_CHECKING:
    from app.ui.listening.page import Page
    from app.ui.listening.screen import ListenScreen
    from app.ui.listening.trial_page import TrialPage

QUESTIONS: dict[Instrument, str] = {
    "acr": "How would you rate the overall quality of the speech?",
    "dcr": "How far is the second clip degraded against the first?",
    "ccr": "How is the quality of this clip, compared with the other?",
    "pairwise": "Which one would you rather hear on a call from your bank?",
    "humanlike": "How human does the speaker sound, as somebody in a telephone call?",
    "ai_detect": "Is the caller a person or a machine?",
}
LENGTHS_MS: dict[Instrument, tuple[int, ...]] = {
    "dcr": (8_200, 8_200), "ccr": (8_200, 7_900), "pairwise": (8_200, 8_100),
}  # fmt: skip
PLAYED = "Played to the end. Give your answer."


def strike(screen: ListenScreen, name: str) -> None:
    """Show one state. KeyError for an unknown name."""
    for trial_page in (screen.pages.opinion, screen.pages.pair):
        trial_page.say("")
    page = POSES[name](screen)
    screen.flow.front.show(page)


def _levels(screen: ListenScreen, instrument: Instrument) -> tuple[Level, ...]:
    from app.services.studies.making import RUBRICS

    with screen.ctx.ws.db.read() as uow:
        found = next(r for r in uow.rubrics.all() if r.key == RUBRICS[instrument])
    return tuple(found.criteria[0].levels)


def _trial(screen: ListenScreen, instrument: Instrument) -> TrialView:
    lengths = LENGTHS_MS.get(instrument, (8_200,))
    screen.session.rules = Rules(
        study_id="", code="S-0007", instrument=instrument, confirm=False, break_min=10.0,
        soft_break_min=15.0,
        level_dbov=-26.0,
    )  # fmt: skip
    return TrialView(
        trial_id="", number=7, block=1, block_trials=24, trials_left=17,
        question=QUESTIONS[instrument], levels=_levels(screen, instrument),
        sounds=("",) * len(lengths), lengths_ms=lengths, is_training=False, replays=1, gap_ms=500,
    )  # fmt: skip


def _list(screen: ListenScreen) -> Page:
    asked: tuple[tuple[Instrument, int, int, str], ...] = (
        ("acr", 17, 31, "2026-12-04"), ("pairwise", 40, 0, ""), ("humanlike", 6, 30, ""),
    )  # fmt: skip
    offers = [
        Offer(
            study_id=str(n), code=f"S-{n:04d}", instrument=instrument, done=done, left=left,
            question=QUESTIONS[instrument], is_begun=done > 0, due=due or None,
            minutes_left=left * 0.25,
        )
        for n, (instrument, left, done, due) in enumerate(asked, start=7)
    ]  # fmt: skip
    screen.pages.list.show_offers(offers)
    return screen.pages.list


def _empty(screen: ListenScreen) -> Page:
    screen.pages.list.show_offers([])
    return screen.pages.list


def _declare(screen: ListenScreen) -> Page:
    page = screen.pages.declare
    screen.pages.place("declaration")
    page.lists[0].mark(0)
    page.lists[1].choose(1)
    return page


def _device(screen: ListenScreen) -> Page:
    page = screen.pages.device
    screen.pages.place("device")
    page.list.show_choices(["Headphones (USB audio)", "Built-in speakers", "Display"])
    page.list.mark(0)
    facts = DeviceFacts(name="", rate_hz=48_000, latency_ms=34.0, is_silent=False)
    page.facts.setText(device_words(facts, BLOCK_MS))
    return page


def _digits(screen: ListenScreen) -> Page:
    page = screen.pages.digits
    screen.pages.place("digits")
    page.count.setText("Sum 2 of 3")
    page.edit.setText("11")
    return page


def _level(screen: ListenScreen) -> Page:
    screen.pages.place("level")
    screen.pages.level.bar.show_level(-8)
    return screen.pages.level


def _environment(screen: ListenScreen) -> Page:
    screen.pages.place("environment")
    screen.pages.environment.list.mark(0)
    return screen.pages.environment


def _instructions(screen: ListenScreen) -> Page:
    screen.pages.instructions.show_trial(_trial(screen, "acr"))
    return screen.pages.instructions


def _opinion(instrument: Instrument, *, playing: bool = False) -> Callable[[ListenScreen], Page]:
    def pose(screen: ListenScreen) -> Page:
        page = screen.pages.opinion
        page.show_trial(_trial(screen, instrument))
        if playing:
            page.state.show_state("speaker-high", "Playing")
        else:
            page.state.show_state("check", PLAYED)
            page.answers.set_open(True)
        return _still(page)

    return pose


def _void(screen: ListenScreen) -> Page:
    page = _opinion("acr", playing=True)(screen)
    screen.pages.opinion.say(void("underrun", asked_again=True), "warn")
    return page


def _pair(screen: ListenScreen) -> Page:
    page = screen.pages.pair
    page.show_trial(_trial(screen, "pairwise"))
    page.cards.cards[0].show_state(0.64, playing=True, here=True)
    page.cards.cards[1].show_state(1.0, playing=False, here=False)
    page.bar.show_share(0.64)
    page.under.show_time(5.3, 8.2)
    page.under.pause.set_text("Pause")
    page.under.pause.setEnabled(True)
    page.answers.choose(4)
    page.reasons.chips[1].setChecked(True)
    page.hints.wait.setText("Commit opens when A has been heard in full")
    return _still(page)


def _still(page: TrialPage) -> Page:
    """A picture follows no player."""
    page.trial = None
    return page


def _break(screen: ListenScreen) -> Page:
    screen.pages.rest.show_break(512.0)
    return screen.pages.rest


def _part(screen: ListenScreen) -> Page:
    screen.pages.part.show_words("Part 1 is done", "Your answers are stored.")
    return screen.pages.part


def _debrief(screen: ListenScreen) -> Page:
    return screen.pages.debrief


POSES: dict[str, Callable[[ListenScreen], Page]] = {
    "list": _list,
    "empty": _empty,
    "declaration": _declare,
    "device": _device,
    "digits": _digits,
    "level": _level,
    "environment": _environment,
    "instructions": _instructions,
    "mos": _opinion("acr"),
    "mos-playing": _opinion("acr", playing=True),
    "mos-void": _void,
    "dcr": _opinion("dcr"),
    "ccr": _opinion("ccr"),
    "humanlike": _opinion("humanlike"),
    "ai-detect": _opinion("ai_detect"),
    "pair": _pair,
    "part": _part,
    "break": _break,
    "debrief": _debrief,
}
