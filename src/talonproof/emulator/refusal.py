"""A refusal is a request that the server understood well enough to say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

INVALID = "The request was refused; see errors."

MAX_PROBLEMS = 50
"""An answer names this many at most: a request can have more of them than anybody reads."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and its place: a JSON pointer into the body, or a parameter of the URL."""

    title: str
    details: str
    pointer: str | None = None
    parameter: str | None = None

    def document(self) -> dict[str, Any]:
        """The problem as it stands in the ``errors`` of a body."""
        source = {"parameter": self.parameter} if self.parameter is not None else {"pointer": self.pointer or ""}
        return {"title": self.title, "details": self.details, "source": source}


class Refusal(Exception):
    """The request is answered with an error status, and nothing that it did is kept."""

    def __init__(self, status: int, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.problems = tuple(islice(problems, MAX_PROBLEMS))

    def document(self, *, with_status: bool) -> dict[str, Any]:
        """The error body: ``ErrorResponse``, or ``ErrorResponseWithStatus``."""
        body: dict[str, Any] = {"message": self.message}
        if self.problems:
            body["errors"] = [problem.document() for problem in self.problems]
        if with_status:
            body["StatusCode"] = self.status
        return body


def bad_body(pointer: str, title: str, details: str) -> Refusal:
    """A 400 that points into the body."""
    return Refusal(400, INVALID, [Problem(title, details, pointer=pointer)])


def bad_parameter(name: str, title: str, details: str) -> Refusal:
    """A 400 that names a parameter of the URL."""
    return Refusal(400, INVALID, [Problem(title, details, parameter=name)])


def step(key: str | int) -> str:
    """A key or index as one step of a JSON pointer."""
    return "/" + str(key).replace("~", "~0").replace("/", "~1")
