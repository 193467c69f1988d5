"""Endpoints that judges are asked at, what was found out about them, and what they cost.

All of it is kept in the workspace's settings. A key never is: a profile names where it lies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from app.domain.changes import Changes
from app.domain.endpoints import Capabilities, EndpointProfile, Price
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.work import Quiet, Work
from app.services.judging.endpoint_examining import EndpointReport, examined
from app.services.judging.endpoint_rules import checked_price, checked_profile
from app.services.workspace import Workspace
from db.unit_of_work import Reader, UnitOfWork

PROFILES, PRICES, CAPABILITIES = "judge.endpoints", "judge.prices", "judge.capabilities"
POLL_S = 0.1

T = TypeVar("T", EndpointProfile, Price, Capabilities)


def endpoints(ws: Workspace) -> tuple[EndpointProfile, ...]:
    """Every endpoint, by name."""
    with ws.db.read() as uow:
        return _profiles(uow)


def endpoint(ws: Workspace, name: str) -> EndpointProfile:
    """The endpoint of a name.

    Raises:
        NotFound: there is none; names those that there are.
    """
    known = {p.name: p for p in endpoints(ws)}
    if name not in known:
        names = ", ".join(known) or "none yet"
        raise NotFound(f"There is no endpoint {name!r}.", f"Endpoints: {names}.")
    return known[name]


def save_endpoint(ws: Workspace, profile: EndpointProfile, *, was: str | None = None) -> Changes:
    """Store an endpoint. With another address or model, what was found out about it is forgotten.

    Args:
        ws: the workspace.
        profile: to store.
        was: the name of the endpoint that was edited, empty for a new one. By default the
            endpoint of the profile's own name is replaced.

    Raises:
        BadInput: a field cannot be used, or the name is taken.
    """
    profile = checked_profile(profile)
    was = profile.name if was is None else was
    with ws.db.human() as uow:
        known = {p.name: p for p in _profiles(uow)}
        before = known.pop(was, None)
        if profile.name.casefold() in {name.casefold() for name in known}:
            raise BadInput(f"There is an endpoint {profile.name!r} already.", "Name it otherwise.")
        kept = before is not None and _same_place(before, profile)
        if before is not None and not kept:
            _forget(uow, before.name)
        known[profile.name] = profile
        uow.settings.put(PROFILES, [p.to_json() for p in known.values()])
        uow.touch(Changes(settings=True))
    return uow.changes


def remove_endpoint(ws: Workspace, name: str) -> Changes:
    """Take an endpoint off the list; what it has answered stays.

    Raises:
        NotFound: there is none of that name.
    """
    endpoint(ws, name)
    with ws.db.human() as uow:
        left = [p for p in _profiles(uow) if p.name != name]
        uow.settings.put(PROFILES, [p.to_json() for p in left])
        _forget(uow, name)
        uow.touch(Changes(settings=True))
    return uow.changes


def prices(ws: Workspace) -> tuple[Price, ...]:
    """The price table as its user wrote it."""
    with ws.db.read() as uow:
        return _read(Price, uow.settings.get(PRICES, []))


def save_prices(ws: Workspace, table: Sequence[Price]) -> Changes:
    """Store the whole price table.

    Raises:
        BadInput: a row cannot be used, or two are for the same.
    """
    rows = [checked_price(price) for price in table]
    places = [(price.endpoint, price.model) for price in rows]
    if len(set(places)) < len(places):
        twice = next(p for p in places if places.count(p) > 1)
        raise BadInput(f"There are two prices of {twice[1]!r}.", "Keep one of them.")
    with ws.db.human() as uow:
        uow.settings.put(PRICES, [price.to_json() for price in rows])
        uow.touch(Changes(settings=True))
    return uow.changes


def capabilities(ws: Workspace, endpoint: str, model: str) -> Capabilities | None:
    """What was found out about a model at an endpoint; None if nobody asked."""
    known = all_capabilities(ws)
    return next((c for c in known if (c.endpoint, c.model) == (endpoint, model)), None)


def all_capabilities(ws: Workspace) -> tuple[Capabilities, ...]:
    """What was found out about every model that was asked, by endpoint and model."""
    with ws.db.read() as uow:
        known = _read(Capabilities, uow.settings.get(CAPABILITIES, []))
    return tuple(sorted(known, key=lambda c: (c.endpoint.casefold(), c.model)))


def remember(ws: Workspace, found: Capabilities) -> Changes:
    """Store what was found out, instead of what was known before."""
    place = (found.endpoint, found.model)
    with ws.db.human() as uow:
        known = _read(Capabilities, uow.settings.get(CAPABILITIES, []))
        kept = [c.to_json() for c in known if (c.endpoint, c.model) != place]
        uow.settings.put(CAPABILITIES, [*kept, found.to_json()])
        uow.touch(Changes(settings=True))
    return uow.changes


def test_endpoint(
    profile: EndpointProfile,
    model: str = "",  # noqa: PT028 - no test of ours
    *,
    ctx: Work | None = None,  # noqa: PT028
) -> EndpointReport:
    """Ask an endpoint what it can do; nothing is stored. Call from a worker's thread.

    Args:
        profile: the endpoint, stored or not.
        model: to ask; by default the profile's own, or else the first that it lists.
        ctx: told of progress, and asked whether to stop.

    Raises:
        Cancelled.
    """
    work = Quiet() if ctx is None else ctx
    try:
        return asyncio.run(
            _stoppable(examined(checked_profile(profile), model.strip(), work), work)
        )
    except UserError as error:
        return EndpointReport(ok=False, model=model.strip(), words=(str(error),))


async def _stoppable(work: Coroutine[Any, Any, EndpointReport], ctx: Work) -> EndpointReport:
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=POLL_S)
            ctx.raise_if_cancelled()
    finally:
        task.cancel()
        await asyncio.wait({task})
    return task.result()


def _profiles(uow: Reader) -> tuple[EndpointProfile, ...]:
    found = _read(EndpointProfile, uow.settings.get(PROFILES, []))
    return tuple(sorted(found, key=lambda p: p.name.casefold()))


def _read(kind: type[T], stored: Sequence[dict[str, Any]]) -> tuple[T, ...]:
    """Stored values; fields of a newer version are passed over."""
    names = {f.name for f in fields(kind)}
    return tuple(kind(**{k: _frozen(v) for k, v in row.items() if k in names}) for row in stored)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _same_place(one: EndpointProfile, other: EndpointProfile) -> bool:
    return (one.name, one.base_url, one.model) == (other.name, other.base_url, other.model)


def _forget(uow: UnitOfWork, name: str) -> None:
    known = _read(Capabilities, uow.settings.get(CAPABILITIES, []))
    uow.settings.put(CAPABILITIES, [c.to_json() for c in known if c.endpoint != name])
