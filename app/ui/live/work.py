"""What the live screen asks of the database, off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.ui.live.scenario_card import Script, script_of

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.domain.rubrics import RubricVersion
    from app.services.live_calls.consent import Consent
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the page before a call offers."""

    profiles: tuple[CallProfile, ...]
    scripts: tuple[Script, ...]
    consent: Consent | None
    rubric: RubricVersion
    practice_scenario: str


def look(ws: Workspace) -> Known:
    """Profiles, scenarios, consent and the form of the rating.

    What a call needs is loaded meanwhile, so that placing one does not hold up the window.
    Scenarios that ship stand in where the workspace has none of its own.
    """
    from app.services import live_calls
    from app.services.live_calls import live  # noqa: F401 - loaded here, off the window's thread
    from app.services.live_calls.consent import consent

    return Known(
        profiles=live_calls.profiles(ws),
        scripts=_scripts(ws),
        consent=consent(ws),
        rubric=live_calls.conversation_rubric(ws),
        practice_scenario=live_calls.practice_brief().scenario,
    )


def _scripts(ws: Workspace) -> tuple[Script, ...]:
    from app.services.assets import asset
    from app.services.scenarios import read_scenario

    shipped = [read_scenario(p) for p in sorted(asset("scenarios").glob("*.yaml"))]
    found = {s.key: s for s in shipped}
    with ws.db.read() as uow:
        for key in uow.scenarios.keys():  # noqa: SIM118 - a repository, no mapping
            stored = uow.scenarios.get(key)
            if stored is not None:
                found[key] = stored
    return tuple(script_of(s.key, s.title, s.body) for _, s in sorted(found.items()))
