"""Reads the stream of a run, strictly: a line that is not what it should be is named, never guessed at.

Every text is made printable on the way in (see :mod:`talonproof.report.printable`), so that no report
has to think of it. The footer's own verdicts on requirements are not read: they follow from the cases.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from talonproof.baseline import Entry
from talonproof.errors import ConfigError, DocumentError
from talonproof.report.printable import printable
from talonproof.report.records import (
    Case,
    EditionFacts,
    ExchangeFacts,
    Exercise,
    FindingFacts,
    Footer,
    Header,
    MatrixRow,
    Observation,
    PlannedCase,
    Receipt,
    SignFacts,
    Stream,
    TargetFacts,
)
from talonproof.requirement import Level, Requirement, Source
from talonproof.verdict import Reason, Verdict
from talonproof.verified import Verified

STREAM_FILE = "run.ndjson"
STREAM_VERSION = 1


def read_stream(path: Path) -> Stream:
    """The stream in a file, or in the folder of a run; a last line that is torn is left out.

    Raises ConfigError where there is no such file, DocumentError with file and line where a line is
    not what it should be.
    """
    file = path / STREAM_FILE if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        if path.is_dir():
            message, hint = f"{path} is not the folder of a run", f"it has no {STREAM_FILE}"
        else:
            message, hint = f"{path}: {error.strerror or error}", ""
        raise ConfigError(message, hint=hint) from error
    return parse_stream(data.decode("utf-8", errors="surrogateescape").split("\n"), str(file))


def parse_stream(lines: Iterable[str], source: str = STREAM_FILE) -> Stream:
    """The stream that the lines make up; see :func:`read_stream`."""
    held = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    header: Header | None = None
    footer: Footer | None = None
    cases: list[Case] = []
    for place, (number, line) in enumerate(held):
        try:
            record = parse_line(line)
        except json.JSONDecodeError:
            if place and place == len(held) - 1:  # the process died while it wrote this one
                break
            raise DocumentError("the line is not JSON", file=source, line=number) from None
        except ValueError as error:
            raise DocumentError(str(error), file=source, line=number) from None
        match record:
            case Header() if header is None:
                header = record
            case Header():
                raise DocumentError("a second header", file=source, line=number)
            case Case():
                cases.append(record)
            case Footer():
                footer = record
        if header is None:
            raise DocumentError("the first line must be the header", file=source, line=number)
    if header is None:
        raise DocumentError("there is no header: the run never started", file=source)
    return Stream(header, tuple(cases), footer)


def read_complete(path: Path) -> Stream:
    """The stream of a run that came to its end; ConfigError where it did not, else see :func:`read_stream`."""
    stream = read_stream(path)
    if stream.footer is None:
        message = f"{path}: the run did not come to its end"
        raise ConfigError(message, hint="its stream has no footer; talonproof report shows how far it got")
    return stream


class _Type(StrEnum):
    HEADER = "header"
    CASE = "case"
    FOOTER = "footer"


def parse_line(line: str) -> Header | Case | Footer:
    """The record in one line; ValueError (JSONDecodeError where it is no JSON) says what is wrong with it."""
    try:
        return parse_record(json.loads(line))
    except RecursionError:
        message = "the line is nested too deeply"
        raise ValueError(message) from None


def parse_record(data: object) -> Header | Case | Footer:
    """The record that a line of JSON holds; ValueError says what is wrong with it."""
    fields = _Fields(data, "the line")
    match fields.word("type", _Type):
        case _Type.HEADER:
            return _header(fields)
        case _Type.CASE:
            return _case(fields)
        case _Type.FOOTER:
            return _footer(fields)


_Enum = TypeVar("_Enum", bound=StrEnum)
_Value = TypeVar("_Value")


class _Fields:
    """An object of the stream, whose members are asked for by name and type; ValueError names what is wrong."""

    __slots__ = ("data", "name")

    def __init__(self, data: object, name: str) -> None:
        if not isinstance(data, dict):
            message = f"{name} is not an object"
            raise ValueError(message)  # noqa: TRY004 (one kind of error for a line that is not right)
        self.data: dict[str, Any] = data
        self.name = name

    def _get(self, key: str, wanted: str, types: type | tuple[type, ...], default: Any) -> Any:
        value = self.data.get(key, default)
        if not isinstance(value, types) or (isinstance(value, bool) and wanted != "a boolean"):
            message = f"{key} of {self.name} is not {wanted}" if key in self.data else f"{self.name} has no {key}"
            raise ValueError(message)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        return printable(self._get(key, "text", str, default))

    def maybe(self, key: str) -> str | None:
        return None if self.data.get(key) is None else self.text(key)

    def whole(self, key: str, default: int | None = None) -> int:
        return self._get(key, "a whole number", int, default)

    def number(self, key: str, default: float | None = None) -> float:
        return float(self._get(key, "a number", (int, float), default))

    def flag(self, key: str, *, default: bool = False) -> bool:
        return self._get(key, "a boolean", bool, default)

    def word(self, key: str, words: type[_Enum]) -> _Enum:
        value = self.text(key)
        try:
            return words(value)
        except ValueError:
            message = f"{key} of {self.name} is {value!r}, not one of {', '.join(words)}"
            raise ValueError(message) from None

    def maybe_word(self, key: str, words: type[_Enum]) -> _Enum | None:
        return None if self.data.get(key) is None else self.word(key, words)

    def texts(self, key: str) -> tuple[str, ...]:
        items: list[Any] = self._get(key, "a list", list, [])
        if not all(isinstance(item, str) for item in items):
            message = f"{key} of {self.name} is not a list of texts"
            raise ValueError(message)
        return tuple(printable(item) for item in items)

    def numbers(self, key: str) -> list[int]:
        items: list[Any] = self._get(key, "a list", list, [])
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
            message = f"{key} of {self.name} is not a list of whole numbers"
            raise ValueError(message)
        return items

    def part(self, key: str) -> _Fields:
        return _Fields(self._get(key, "an object", dict, None), key)

    def maybe_part(self, key: str) -> _Fields:
        return _Fields(self._get(key, "an object", dict, {}), key)

    def parts(self, key: str, read: Callable[[_Fields], _Value]) -> tuple[_Value, ...]:
        items: list[Any] = self._get(key, "a list", list, [])
        return tuple(read(_Fields(item, f"{key}[{index}]")) for index, item in enumerate(items))

    def counts(self, key: str) -> dict[str, int]:
        part = self.maybe_part(key)
        return {printable(name): part.whole(name) for name in part.data}

    def headers(self, key: str) -> dict[str, str]:
        part = self.maybe_part(key)
        return {printable(name): part.text(name) for name in part.data}


def _header(data: _Fields) -> Header:
    version = data.whole("version")
    if version != STREAM_VERSION:
        message = f"the stream is of version {version}; this talonproof reads version {STREAM_VERSION}"
        raise ValueError(message)
    target = data.part("target")
    return Header(
        run=data.text("run"),
        talonproof=data.text("talonproof", ""),
        started=data.text("started", ""),
        target=TargetFacts(
            name=target.text("name", ""),
            url=target.text("url"),
            loopback=target.flag("loopback"),
            embedded=target.flag("embedded"),
        ),
        edition=data.text("edition"),
        depth=data.text("depth"),
        seed=data.whole("seed"),
        workers=data.whole("workers", 1),
        strict=data.flag("strict"),
        min_judged=data.number("min_judged", 0.0),
        max_footprint=data.text("max_footprint", ""),
        requests=data.whole("requests", 0),
        select=data.texts("select"),
        faults=data.texts("faults"),
        requirements=data.parts("requirements", _requirement),
        cases=data.parts("cases", _planned_case),
        passive=frozenset(data.texts("passive")),
        expected=None if data.data.get("expected") is None else data.texts("expected"),
        matrix=data.parts("matrix", _matrix_row),
        edition_from=_edition_from(data.part("edition_from")),
        unsettled=frozenset(data.texts("unsettled")),
        baseline=data.parts("baseline", _entry),
        command=data.text("command", "run"),
        spec=data.text("spec", ""),
        target_file=data.text("target_file", ""),
        since=data.text("since", ""),
        max_requests=None if data.data.get("max_requests") is None else data.whole("max_requests"),
        verified=data.parts("verified", _verified),
    )


def _verified(data: _Fields) -> Verified:
    return Verified(
        requirement=data.text("requirement"),
        verdict=data.word("verdict", Verdict),
        when=data.text("when"),
        run=data.text("run"),
        target=data.text("target"),
    )


def _entry(data: _Fields) -> Entry:
    return Entry(
        requirement=data.text("requirement"),
        fingerprint=data.text("fingerprint"),
        reason=data.text("reason"),
        owner=data.text("owner"),
        expires=data.text("expires"),
        link=data.text("link", ""),
        cases=data.texts("cases"),
        expired=data.flag("expired"),
    )


def _edition_from(data: _Fields) -> EditionFacts:
    return EditionFacts(
        how=data.text("how"),
        why=data.text("why", ""),
        signs=data.parts("signs", _sign),
        looks=data.whole("looks"),
    )


def _sign(data: _Fields) -> SignFacts:
    return SignFacts(data.text("kind"), data.text("seen"), data.text("edition", ""), data.text("strength", ""))


def _requirement(data: _Fields) -> Requirement:
    return Requirement(
        id=data.text("id"),
        rules=data.texts("rules"),
        level=data.word("level", Level),
        text=data.text("text"),
        sources=data.parts("sources", _source),
        operations=data.texts("operations"),
        untestable=data.text("untestable", ""),
        waits=data.text("waits", ""),
    )


def _source(data: _Fields) -> Source:
    return Source(data.text("key"), data.text("place", ""), data.flag("inferred"))


def _planned_case(data: _Fields) -> PlannedCase:
    return PlannedCase(
        id=data.text("id"),
        suite=data.text("suite"),
        title=data.text("title"),
        about=data.text("about", ""),
        requirements=data.texts("requirements"),
        footprint=data.text("footprint", ""),
        requests=data.whole("requests", 0),
        planned=data.flag("planned", default=True),
        verdict=data.maybe_word("verdict", Verdict),
        reason=data.maybe_word("reason", Reason),
        detail=data.maybe("detail") or "",
        also=data.texts("also"),
    )


def _matrix_row(data: _Fields) -> MatrixRow:
    return MatrixRow(data.text("row"), data.text("from"), data.text("action"), data.text("status"), data.text("state"))


def _case(data: _Fields) -> Case:
    requests = data.maybe_part("requests")
    return Case(
        id=data.text("id"),
        verdict=data.word("verdict", Verdict),
        reason=data.maybe_word("reason", Reason),
        detail=data.maybe("detail") or "",
        worker=data.maybe("worker") or "",
        started=data.number("started", 0.0),
        seconds=data.number("seconds", 0.0),
        planned=requests.whole("planned", 0),
        sent=requests.whole("sent", 0),
        extra=requests.whole("extra", 0),
        evidence=data.counts("evidence"),
        exercised=_exercised(data.maybe_part("exercised")),
        findings=data.parts("findings", _finding),
        observations=data.parts("observations", _observation),
    )


def _exercised(data: _Fields) -> dict[str, Exercise]:
    parts = {printable(name): data.part(name) for name in data.data}
    return {
        name: Exercise(
            exchanges=part.whole("exchanges"),
            shapes=frozenset(part.texts("shapes")),
            transitions=frozenset(part.texts("transitions")),
            effects=frozenset(part.texts("effects")),
        )
        for name, part in parts.items()
    }


def _finding(data: _Fields) -> FindingFacts:
    return FindingFacts(
        fingerprint=data.text("fingerprint"),
        requirement=data.text("requirement"),
        level=data.word("level", Level),
        operation=data.text("operation", ""),
        check=data.text("check", ""),
        pointer=data.text("pointer", ""),
        message=data.text("message", ""),
        verdict=data.word("verdict", Verdict),
        exchanges=data.parts("exchanges", _exchange),
        curl=data.maybe("curl") or "",
        example=data.maybe("example"),
        timeline=data.maybe("timeline"),
        replay=_replay(data),
    )


def _replay(data: _Fields) -> dict[str, Any]:
    """What it takes to show a finding once more, as it stands: it is sent and compared, and shown to nobody."""
    if data.data.get("replay") is None:
        return {}
    part = data.part("replay")
    calls = part.parts("calls", _call)
    judged = part.numbers("judged")
    if len(calls) != len(data.parts("exchanges", lambda each: each)) or not all(0 <= at < len(calls) for at in judged):
        message = "replay does not fit the exchanges"
        raise ValueError(message)
    shows = part.data.get("shows")
    return {
        "calls": calls,
        "judged": judged,
        "loose": part.numbers("loose"),
        "binds": part.parts("binds", _bind),
        "shows": shows if shows is None else part.part("shows").data,
    }


def _call(data: _Fields) -> dict[str, Any]:
    body = None if data.data.get("body") is None else data.part("body")
    if body is not None and not any(isinstance(body.data.get(name), str) for name in ("text", "base64")):
        message = "body of a call is neither text nor base64"
        raise ValueError(message)
    return {
        "path": data.part("path").data,
        "query": data.part("query").data,
        "content_type": data.maybe("content_type"),
        "body": None if body is None else body.data,
    }


def _bind(data: _Fields) -> dict[str, Any]:
    return {name: data.text(name) for name in ("kind", "pointer", "was")} | {"step": data.whole("step")}


def _exchange(data: _Fields) -> ExchangeFacts:
    return ExchangeFacts(
        number=data.whole("number", 0),
        operation=data.text("operation", ""),
        credential=data.text("credential", ""),
        method=data.text("method"),
        url=data.text("url"),
        path=data.text("path", ""),
        request_headers=data.headers("request_headers"),
        request_body=data.maybe("request_body"),
        status=data.whole("status"),
        response_headers=data.headers("response_headers"),
        response_body=data.maybe("response_body"),
        started=data.number("started", 0.0),
        seconds=data.number("seconds", 0.0),
        failure=data.maybe("failure") or "",
    )


def _observation(data: _Fields) -> Observation:
    return Observation(data.text("requirement"), data.text("note", ""))


def _footer(data: _Fields) -> Footer:
    requests = data.maybe_part("requests")
    receipt = data.maybe_part("receipt")
    return Footer(
        ended=data.text("ended", ""),
        seconds=data.number("seconds", 0.0),
        verdict=data.word("verdict", Verdict),
        exit_code=data.whole("exit_code"),
        interrupted=data.flag("interrupted"),
        sent=requests.whole("sent", 0),
        extra=requests.whole("extra", 0),
        receipt=Receipt(
            sent=receipt.whole("sent", 0),
            created=receipt.counts("created"),
            consumed=receipt.counts("consumed"),
            restored=receipt.counts("restored"),
            left_behind=receipt.counts("left_behind"),
            possible=receipt.counts("possible"),
        ),
        problems=data.texts("problems"),
    )
