"""A small API of pets, with one place to break it: a document, and a server on this machine that keeps to it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PET: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 20},
        "tag": {"type": "string"},
        "chip": {"type": "string", "writeOnly": True},
    },
}

ERROR: dict[str, Any] = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}


def body(schema: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """A response or a request body of one media type."""
    return {"description": "As it says.", "content": {media_type: {"schema": schema}}}


REF = {"$ref": "#/components/schemas/Pet"}
REFUSED = body(ERROR)

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}}
                ],
                "responses": {"200": body({"type": "array", "items": REF}), "400": REFUSED},
            },
            "post": {
                "operationId": "addPet",
                "requestBody": {
                    "required": True,
                    **body({**deepcopy(PET), "required": ["name", "chip"]}),
                },
                "responses": {"201": body(REF), "400": REFUSED},
            },
        },
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"responses": {"200": body(REF), "404": REFUSED}},
        },
        "/report": {
            "get": {
                "operationId": "report",
                "responses": {"200": body({"type": "string"}, "text/csv")},
            },
        },
    },
    "components": {"schemas": {"Pet": {**deepcopy(PET), "required": ["id", "name", "chip"]}}},
}
"""Four operations, one without an id; a property that answers leave out, and an answer that is no JSON."""


@dataclass
class Request:
    """What came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def line(self) -> tuple[str, str, bytes]:
        """All that a seed decides."""
        return self.method, self.target, self.body


@dataclass
class Answer:
    """What goes back."""

    status: int
    value: Any = None
    media_type: str = "application/json"
    raw: bytes | None = None


Handler = Callable[[Request], Answer]


def healthy(request: Request) -> Answer:
    """Keeps to the document."""
    match request.method, request.path:
        case "GET", "/pets":
            limit = parse_qs(urlsplit(request.target).query, keep_blank_values=True).get("limit", ["10"])
            if len(limit) != 1 or not re.fullmatch(r"[0-9]{1,3}", limit[0]) or not 1 <= int(limit[0]) <= 50:
                return Answer(400, {"message": "limit is from 1 to 50"})
            return Answer(200, [{"id": 1, "name": "Rex", "tag": "dog"}])
        case "POST", "/pets":
            return _added(request)
        case "GET", "/report":
            return Answer(200, media_type="text/csv; charset=utf-8", raw=b"id,name\n1,Rex\n")
        case "GET", path if found := re.fullmatch(r"/pets/(\d{1,9})", path):
            return Answer(200, {"id": int(found[1]), "name": "Rex"})
        case _:
            return Answer(404, {"message": "there is no such thing"})


def _added(request: Request) -> Answer:
    try:
        sent: Any = json.loads(request.body)
    except ValueError:
        sent = None
    pet: dict[str, Any] = sent if isinstance(sent, dict) else {}
    name, chip, tag = pet.get("name"), pet.get("chip"), pet.get("tag", "")
    if not (isinstance(name, str) and isinstance(chip, str) and isinstance(tag, str)) or len(name) > 20:
        return Answer(400, {"message": "that is no pet"})
    return Answer(201, {"id": 2, "name": name})


@dataclass
class Running:
    """A server that listens; ``requests`` are those that came, in order."""

    url: str
    requests: list[Request] = field(default_factory=list[Request])

    @property
    def lines(self) -> list[tuple[str, str, bytes]]:
        """The requests as a seed decides them."""
        return [request.line for request in self.requests]


@contextmanager
def serving(handler: Handler = healthy) -> Iterator[Running]:
    """A server on a free port, for as long as it is wanted."""
    running = Running("")

    class Handling(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, content)
            running.requests.append(request)
            answer = handler(request)
            data = json.dumps(answer.value).encode() if answer.raw is None else answer.raw
            self.send_response(answer.status)
            if answer.status != 204:
                self.send_header("content-type", answer.media_type)
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            if answer.status != 204 and self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer  # noqa: N815 - their names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handling) as server:
        running.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
