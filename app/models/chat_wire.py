"""One HTTP request at a time to an endpoint, by the openai package; what fails, fails in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from app.domain.endpoints import EndpointProfile
from app.models import secrets
from app.models.chat_errors import REQUEST_ID, Fault, fault_of, undisguised
from app.models.chat_reply import Disguised, completion, model_names
from app.models.endpoint_calls import CONNECT_S, NO_KEY
from app.models.endpoint_words import Endpoint, checked_url
from app.models.first_import import load_openai

LEAST_KEY_CHARS = 16
"""Shorter keys are the placeholders of local servers, which replies may hold by chance."""


class Failed(Exception):
    """An attempt failed; `fault` says how."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class Wire:
    """A connection pool to one endpoint. Use and close it inside one event loop.

    Raises:
        BadInput, EnvironmentFault: the address is none, or the key cannot be had.
    """

    def __init__(self, profile: EndpointProfile, key: str | None = None) -> None:
        self._secret = secrets.resolve(profile.key_ref) if key is None else secrets.Secret(key)
        url, timeout_s = checked_url(profile.base_url), profile.timeout_s
        self._endpoint = Endpoint(base_url=url, key_ref=profile.key_ref, timeout_s=timeout_s)
        load_openai()
        import openai

        self._client = openai.AsyncOpenAI(
            base_url=url,
            api_key=self._secret.reveal() or NO_KEY,
            timeout=openai.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
            max_retries=0,
        )
        # Taken from the environment; they are OpenAI's affair and no other server's.
        self._client.organization = self._client.project = None
        self._client._custom_headers = {}

    @property
    def host(self) -> str:
        """As named in messages."""
        return self._endpoint.host

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def complete(self, body: Mapping[str, Any], key: str) -> tuple[dict[str, Any], str]:
        """The body of a completion, and its request id.

        Args:
            body: of the request; sent as it is.
            key: idempotency key.

        Raises:
            Failed.
        """
        try:
            return await self._complete(body, key)
        except Exception as error:  # of the package and of what lies beneath it
            fault = fault_of(error, str(body["model"]), self._endpoint, self._secret)
            if fault is None:
                raise
        # Outside the handler: the cause may quote the key.
        raise Failed(fault)

    async def models(self) -> tuple[str, ...]:
        """Names that the endpoint lists, sorted.

        Raises:
            Failed.
        """
        try:
            async with asyncio.timeout(self._endpoint.timeout_s):
                raw = await self._client.models.with_raw_response.list()
            return model_names(raw.http_response.text)
        except Exception as error:  # of the package and of what lies beneath it
            fault = fault_of(error, "", self._endpoint, self._secret)
            if fault is None:
                raise
        raise Failed(fault)

    async def _complete(self, body: Mapping[str, Any], key: str) -> tuple[dict[str, Any], str]:
        rest = {name: body[name] for name in body if name not in ("model", "messages")}
        # The package's own limit is for each read; a server that drips has no other end.
        async with asyncio.timeout(self._endpoint.timeout_s):
            raw = await self._client.chat.completions.with_raw_response.create(
                model=body["model"],
                messages=body["messages"],
                extra_body=rest,
                extra_headers={"Idempotency-Key": key},
            )
        text = raw.http_response.text
        if len(self._secret.reveal()) >= LEAST_KEY_CHARS:
            text = self._secret.redact(text)
        try:
            answer = completion(text)
        except Disguised as error:
            raise undisguised(error, raw.http_response) from None
        return answer, raw.headers.get(REQUEST_ID) or str(answer.get("id") or "")
