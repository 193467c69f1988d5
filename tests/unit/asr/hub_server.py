"""A hub on loopback: answers what huggingface_hub asks from a folder, with faults on demand."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_FILE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>[^?]+)")
_MODEL = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)/revision/(?P<revision>[^/?]+)")


class Hub:
    """What the hub has, and how it misbehaves.

    Attributes:
        repo: the only repository.
        folder: its files; `model.bin` counts as stored with LFS.
        cut_after: bytes after which a download's connection is dropped, one for each time.
        spoiled: a file that is sent with a byte changed.
        refuse: status and X-Error-Code for every question about the repository.
        asked: method and path of every request.
        ranges: the Range header of every download of `model.bin`.
    """

    def __init__(self, repo: str, folder: Path) -> None:
        self.repo, self.folder = repo, folder
        self.cut_after: list[int] = []
        self.spoiled = ""
        self.refuse: tuple[int, str] | None = None
        self.asked: list[str] = []
        self.ranges: list[str | None] = []
        self.url = ""

    def description(self) -> dict[str, Any]:
        files = []
        for path in sorted(self.folder.iterdir()):
            body = path.read_bytes()
            row: dict[str, Any] = {
                "rfilename": path.name,
                "size": len(body),
                "blobId": git_sha1(body),
            }
            if path.name == "model.bin":
                sha = hashlib.sha256(body).hexdigest()
                row["lfs"] = {"sha256": sha, "size": len(body), "pointerSize": 130}
            files.append(row)
        return {"id": self.repo, "sha": COMMIT, "siblings": files}


def git_sha1(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_args: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        hub = self.hub
        hub.asked.append(f"{self.command} {self.path}")
        found = _FILE.fullmatch(self.path.partition("?")[0]) or _MODEL.match(self.path)
        if hub.refuse is not None or found is None or found["repo"] != hub.repo:
            status, code = hub.refuse or (404, "RepoNotFound")
            self._send(status, b"{}", {"X-Error-Code": code}, with_body=with_body)
        elif "file" not in found.groupdict():
            body = json.dumps(hub.description()).encode()
            self._send(200, body, {"Content-Type": "application/json"}, with_body=with_body)
        else:
            self._file(found["file"], with_body=with_body)

    def _file(self, name: str, *, with_body: bool) -> None:
        hub, path = self.hub, self.hub.folder / name
        if not path.is_file():
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"}, with_body=with_body)
            return
        body = path.read_bytes()
        etag = hashlib.sha256(body).hexdigest() if name == "model.bin" else git_sha1(body)
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        if name == hub.spoiled:
            body = body[:-1] + bytes([body[-1] ^ 1])
        status, start = 200, 0
        asked = self.headers.get("Range")
        if with_body and name == "model.bin":
            hub.ranges.append(asked)
        if asked:
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        cut = hub.cut_after.pop(0) if with_body and name == "model.bin" and hub.cut_after else None
        self._send(status, body[start:], headers, with_body=with_body, cut=cut)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str],
        *,
        with_body: bool,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body[:cut])
            self.wfile.flush()
        if cut is not None:
            self.close_connection = True


@contextmanager
def serving(repo: str, folder: Path) -> Iterator[Hub]:
    hub = Hub(repo, folder)
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
