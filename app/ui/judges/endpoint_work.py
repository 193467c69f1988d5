"""What the tab of endpoints asks of the services. Runs on lanes; no widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.endpoints import Capabilities, EndpointProfile, Price
from app.ui.judges.loading import load
from app.ui.judges.values import Tested

if TYPE_CHECKING:
    from app.domain.work import Work
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """All that is stored."""

    profiles: tuple[EndpointProfile, ...]
    prices: tuple[Price, ...]
    known: tuple[Capabilities, ...]
    """What probes have found, by endpoint and model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of a test."""

    tested: Tested
    found: Capabilities | None
    all: Endpoints


def endpoint_listing(ws: Workspace) -> Endpoints:
    """Endpoints, prices, and what is known of each endpoint."""
    from app.services.judging import endpoints

    profiles = endpoints.endpoints(ws)
    return Endpoints(
        profiles=profiles,
        prices=endpoints.prices(ws),
        known=_known(ws, profiles),
    )


def _known(ws: Workspace, profiles: Sequence[EndpointProfile]) -> tuple[Capabilities, ...]:
    from app.services.judging import endpoints

    found = (endpoints.capabilities(ws, p.name, p.model) for p in profiles if p.model)
    return tuple(known for known in found if known is not None)


def save_endpoint(
    ws: Workspace, profile: EndpointProfile, was: str, found: Capabilities | None
) -> Endpoints:
    """Store an endpoint; its prices follow it where its name has changed.

    Args:
        ws: the workspace.
        profile: to store.
        was: the name under which it was stored; empty for a new one.
        found: what a test of just this endpoint has found, to be remembered.

    Raises:
        BadInput: a field cannot be used, or the name is taken.
    """
    from app.services.judging import endpoints

    endpoints.save_endpoint(ws, profile, was=was)
    prices = endpoints.prices(ws)
    if was and was != profile.name and any(p.endpoint == was for p in prices):
        moved = (replace(p, endpoint=profile.name) if p.endpoint == was else p for p in prices)
        endpoints.save_prices(ws, tuple(moved))
    if found is not None:
        endpoints.remember(ws, found)
    return endpoint_listing(ws)


def remove_endpoint(ws: Workspace, name: str) -> Endpoints:
    """Remove an endpoint."""
    from app.services.judging import endpoints

    endpoints.remove_endpoint(ws, name)
    return endpoint_listing(ws)


def restore_endpoint(
    ws: Workspace, profile: EndpointProfile, known: Sequence[Capabilities]
) -> Endpoints:
    """Bring a removed endpoint back, with what was known of it."""
    from app.services.judging import endpoints

    endpoints.save_endpoint(ws, profile)
    for found in known:
        endpoints.remember(ws, found)
    return endpoint_listing(ws)


def save_prices(ws: Workspace, prices: tuple[Price, ...]) -> Endpoints:
    """Store the whole table."""
    from app.services.judging import endpoints

    endpoints.save_prices(ws, prices)
    return endpoint_listing(ws)


def store_key(reference: str, key: str) -> None:
    """Hand a key to the keyring.

    Raises:
        BadInput: it is no key or no entry. EnvironmentFault: there is no keyring.
    """
    from app.services.judging import endpoint_access

    endpoint_access.store_key(reference, key)


def models_of(profile: EndpointProfile) -> tuple[str, ...]:
    """The models that an endpoint lists.

    Raises:
        BadInput: the profile cannot be used. EnvironmentFault: it has no list for us.
    """
    from app.services.judging import endpoint_access

    load()
    return endpoint_access.models_of(profile)


def examine(ctx: Work, ws: Workspace, profile: EndpointProfile, keep: bool) -> Examined:
    """Ask an endpoint what it can do; what is found of a stored one is remembered.

    Args:
        ctx: to be cancelled by.
        ws: the workspace.
        profile: as it stands in the fields.
        keep: whether it is stored just so.
    """
    from app.services.judging import endpoints

    load()
    report = endpoints.test_endpoint(profile, profile.model, ctx=ctx)
    if keep and report.capabilities is not None:
        endpoints.remember(ws, report.capabilities)
    asked = report.model or profile.name
    return Examined(
        tested=Tested(
            ok=report.ok,
            title=f"{asked} can be asked." if report.ok else f"{asked} cannot be asked.",
            notes=report.words,
            models=report.models,
        ),
        found=report.capabilities,
        all=endpoint_listing(ws),
    )
