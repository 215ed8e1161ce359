"""``talonproof fuzz`` judges a server by a document that it has never seen, and sends what the document allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.tiny import DOCUMENT, Answer, Handler, Request, body, healthy, serving

CHECKOUT = Path(__file__).resolve().parents[2]
KEY = "k3y-0f-the-t3sts"


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """A document as a file."""

    def write(document: Any = DOCUMENT, name: str = "pets.json") -> Path:
        file = tmp_path / name
        file.write_text(document if isinstance(document, str) else json.dumps(document))
        return file

    return write


@pytest.fixture
def fuzz(talonproof: Callable[..., Any], run_in: Callable[[Path], Any], tmp_path: Path) -> Callable[..., Any]:
    """``talonproof fuzz`` with seed 1: how it ended, and the run that it wrote."""
    runs: list[Path] = []

    def command(*arguments: str | Path, seed: int = 1) -> tuple[Any, Any]:
        folder = tmp_path / f"fuzz-{len(runs)}"
        runs.append(folder)
        ended = talonproof("fuzz", "--seed", str(seed), "--report", folder, *arguments)
        return ended, run_in(folder)

    return command


def broken(break_it: Callable[[Request, Answer], Answer]) -> Handler:
    """The healthy server with one answer changed."""
    return lambda request: break_it(request, healthy(request))


def about(method: str, path: str, change: Callable[[Request, Answer], Answer]) -> Handler:
    """The healthy server with the accepted answers to one operation changed."""
    return broken(
        lambda request, answer: (
            change(request, answer)
            if (request.method, request.path) == (method, path) and answer.status < 300
            else answer
        )
    )


def test_a_healthy_server_is_accused_of_nothing(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Every operation is tried, the one without an id too; a document without security needs no key and gets none."""
    with serving() as server:
        ended, run = fuzz("--spec", written(), "--url", server.url, "--strict")

    assert 0 == ended.code, ended.out + ended.err
    assert set() == run.findings
    assert {"listPets", "addPet", "get /pets/{id}", "report"} == {
        name.rpartition("[")[2].rstrip("]") for name, record in run.cases.items() if record["verdict"] == "pass"
    }
    assert {"ERR-004", "ERR-007", "ERR-009", "ERR-011", "ERR-013", "ERR-014", "ERR-015"} <= {
        name for name, (verdict, _) in run.verdicts.items() if verdict == "pass"
    }
    assert not any("authorization" in request.headers for request in server.requests)
    assert {"POST", "GET"} == {request.method for request in server.requests}


def test_it_writes_what_a_run_writes(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """The stream keeps its schema and names command and document; the reports lie beside it; nothing else is left."""
    spec = written()
    with serving() as server:
        ended, run = fuzz("--spec", spec, "--url", server.url, "--max-requests", "20")

    schema = json.loads((CHECKOUT / "reports" / "run.schema.json").read_text())
    for record in run.stream:
        jsonschema.validate(record, schema)
    assert ("fuzz", str(spec), 20) == tuple(run.header[key] for key in ("command", "spec", "max_requests"))
    names = {file.name for file in run.folder.iterdir()}
    assert {
        "run.ndjson",
        "report.html",
        "summary.md",
        "fidelity.json",
        "junit.xml",
        "allure-results",
        "journal-main.ndjson",
        "launch.json",
    } == names
    assert f"again   talonproof fuzz --spec {spec} --url {server.url} --seed 1" in ended.out
    assert ended.out.startswith(f"talonproof {run.header['run']}: {server.url}, Pets 1, seed 1\n")


DEFECTS: dict[str, tuple[Handler, str, str, int]] = {
    "a wrong type": (
        about("GET", "/pets/0", lambda *_: Answer(200, {"id": 0, "name": 5})),
        "ERR-013", "fail", 1,
    ),
    "a required property that is missing": (
        about("GET", "/pets", lambda *_: Answer(200, [{"id": 1}])),
        "ERR-013", "fail", 1,
    ),
    "a media type that is not listed": (
        about("GET", "/pets", lambda _, answer: Answer(200, answer.value, "text/plain")),
        "ERR-004", "fail", 1,
    ),
    "a status that is not listed": (
        about("POST", "/pets", lambda _, answer: Answer(200, answer.value)),
        "ERR-007", "fail", 1,
    ),
    "a server error on an empty text": (
        about("POST", "/pets", lambda request, answer:
              Answer(500, {"message": "oops"}) if not json.loads(request.body)["name"] else answer),
        "ERR-009", "warn", 0,
    ),
    "a name that is too long": (
        about("GET", "/pets", lambda *_: Answer(200, [{"id": 1, "name": "x" * 21}])),
        "ERR-014", "warn", 0,
    ),
    "an error without its message": (
        broken(lambda _, answer: Answer(400, {}) if answer.status == 400 else answer),
        "ERR-015", "warn", 0,
    ),
    "a bound that is not kept": (
        broken(lambda request, answer:
               Answer(200, []) if request.path == "/pets" and request.method == "GET" else answer),
        "ERR-011", "warn", 0,
    ),
}  # fmt: skip
"""What is wrong with a server: the requirement that it breaks, the verdict, and the exit code."""


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found(defect: str, fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """One defect breaks one requirement at its level, and a broken should is red under --strict alone."""
    handler, requirement, verdict, code = DEFECTS[defect]

    with serving(handler) as server:
        ended, run = fuzz("--spec", written(), "--url", server.url, "--max-requests", "100")

    assert code == ended.code, ended.out + ended.err
    assert {(requirement, verdict)} == {(found, seen) for found, _, seen in run.findings}
    assert requirement in ended.out


def test_a_broken_should_is_red_under_strict(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """With --strict a broken should fails the run."""
    handler, *_ = DEFECTS["a server error on an empty text"]

    with serving(handler) as server:
        ended, _ = fuzz("--spec", written(), "--url", server.url, "--strict", "--max-requests", "60")

    assert 1 == ended.code


def test_what_only_drawn_calls_show_is_shrunk(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """A finding of the drawn calls is made small, replayed, and told with the call that shows it."""
    handler = about(
        "POST", "/pets", lambda request, answer: Answer(500, {}) if "Z" <= json.loads(request.body)["name"] else answer
    )

    with serving(handler) as server:
        _, run = fuzz("--spec", written(), "--url", server.url, "--select", "addPet", seed=3)

    (finding,) = [found for record in run.cases.values() for found in record["findings"]]
    assert ("ERR-009", "warn", 1) == (finding["requirement"], finding["verdict"], len(finding["exchanges"]))
    assert "Z" <= json.loads(finding["example"])["body"]["name"]
    assert "curl " in finding["curl"]


def test_only_what_changed_is_tried(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """With --since, an operation that only got another description is left alone; what changed is named first."""
    new = deepcopy(DOCUMENT)
    new["paths"]["/pets"]["get"]["description"] = "In other words."
    new["paths"]["/pets"]["post"]["responses"]["409"] = {"description": "There is one already."}
    spec, old = written(new), written(DOCUMENT, "old.json")

    with serving() as server:
        ended, run = fuzz("--spec", spec, "--since", old, "--url", server.url, "--strict")

    assert 0 == ended.code, ended.out + ended.err
    assert "  addPet: responses" == ended.out.splitlines()[0]
    assert {("POST", "/pets")} == {(request.method, request.path) for request in server.requests}
    assert ["fuzz/document::answers[addPet]"] == [case["id"] for case in run.header["cases"]]
    assert str(old) == run.header["since"]


def test_nothing_changed(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Where nothing changed nothing is sent, and the code says that nothing was exercised."""
    with serving() as server:
        ended, _ = fuzz("--spec", written(), "--since", written(DOCUMENT, "old.json"), "--url", server.url)

    assert (5, "nothing was exercised: nothing is new or changed\n", []) == (ended.code, ended.out, server.requests)


@pytest.mark.parametrize("most", [1, 3, 12, 41])
def test_no_more_is_sent_than_is_allowed(most: int, fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """--max-requests counts everything that is sent, trying the address included, and what gets no turn is said."""
    with serving() as server:
        ended, run = fuzz("--spec", written(), "--url", server.url, "--max-requests", str(most))

    assert 0 == ended.code, ended.out + ended.err
    assert 0 < len(server.requests) <= most
    assert all(record["requests"]["sent"] for record in run.cases.values())
    left_out = [case for case in run.header["cases"] if not case["planned"]]
    assert max(0, 4 - most) == len(left_out)
    assert all("max-requests" == case["reason"] for case in left_out)


def test_the_seed_decides_what_is_sent(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """The same seed sends the same requests in the same order, another one others."""
    sent: list[list[tuple[str, str, bytes]]] = []
    for seed in (7, 7, 8):
        with serving() as server:
            assert 0 == fuzz("--spec", written(), "--url", server.url, "--max-requests", "80", seed=seed)[0].code
        sent.append(server.lines)

    assert sent[0] == sent[1]
    assert sent[0] != sent[2]


def test_a_limited_run_only_reads(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """With --max-footprint read no other method is sent, and what was left out says why."""
    with serving() as server:
        ended, run = fuzz("--spec", written(), "--url", server.url, "--max-footprint", "read")

    assert 0 == ended.code
    assert {"GET"} == {request.method for request in server.requests}
    (left_out,) = [case for case in run.header["cases"] if not case["planned"]]
    assert ("addPet" in left_out["id"], "footprint") == (True, left_out["reason"])


def guarded(scheme: dict[str, Any]) -> dict[str, Any]:
    """The document with a security scheme, which the report does not ask for."""
    document = deepcopy(DOCUMENT)
    document["components"]["securitySchemes"] = {"lock": scheme}
    document["security"] = [{"lock": []}]
    document["paths"]["/report"]["get"]["security"] = []
    return document


@pytest.mark.parametrize(
    ("scheme", "header", "value"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Shop-Key"}, "x-shop-key", KEY),
        ({"type": "http", "scheme": "bearer"}, "authorization", f"Bearer {KEY}"),
    ],
    ids=["a key in a header", "a bearer token"],
)
def test_the_key_goes_where_the_document_wants_it(
    scheme: dict[str, Any],
    header: str,
    value: str,
    fuzz: Callable[..., Any],
    written: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each operation gets the key in its header, one that is open to all gets none, and no report holds it."""
    monkeypatch.setenv("TALONPROOF_API_KEY", KEY)

    def locked(request: Request) -> Answer:
        open_to_all = request.path == "/report"
        if (request.headers.get(header) == value) is open_to_all:
            return Answer(401, {"message": f"no, {request.headers}"})
        if request.path == "/pets/0":
            return Answer(200, {"id": "1", "name": "Rex", "tag": f"the key is {KEY}"})
        return healthy(request)

    with serving(locked) as server:
        ended, run = fuzz("--spec", written(guarded(scheme)), "--url", server.url, "--max-requests", "60")

    assert 1 == ended.code, ended.out + ended.err
    assert {401} & {answered(run)} == set()
    assert not any(KEY.encode() in file.read_bytes() for file in run.folder.rglob("*") if file.is_file())
    (finding,) = [found for record in run.cases.values() for found in record["findings"]]
    assert f'-H "{header}: {value.replace(KEY, "$TALONPROOF_API_KEY")}"' in finding["curl"]


def answered(run: Any) -> int:
    """401 if any answer in the journal was one, else 0."""
    lines = (run.folder / "journal-main.ndjson").read_text().splitlines()
    return 401 if any(json.loads(line).get("status") == 401 for line in lines) else 0


def test_a_key_that_is_not_accepted(
    fuzz: Callable[..., Any], written: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong key ends the run before anything is judged, with exit 2 and one line that does not hold it."""
    monkeypatch.setenv("TALONPROOF_API_KEY", KEY)
    spec = written(guarded({"type": "http", "scheme": "bearer"}))

    with serving(lambda _: Answer(401, {"message": "no"})) as server:
        ended, run = fuzz("--spec", spec, "--url", server.url)

    assert 2 == ended.code
    told = f"the key in TALONPROOF_API_KEY is not accepted by {server.url} (it answers 401)"
    assert told == ended.told
    assert not run.folder.exists()


def test_a_key_that_nobody_gave(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """On this machine the emulator's key stands in for one that is not set; where that is refused, both are said."""
    spec = written(guarded({"type": "http", "scheme": "bearer"}))

    with serving(lambda _: Answer(401, {"message": "no"})) as server:
        ended, _ = fuzz("--spec", spec, "--url", server.url)

    assert 2 == ended.code
    assert ended.told.startswith("TALONPROOF_API_KEY is not set, and the emulator's key is not accepted by")


def test_a_key_that_need_not_be_there(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Where the document lets calls in without a key, and none is set, none is sent."""
    document = guarded({"type": "http", "scheme": "bearer"})
    document["security"] = [{"lock": []}, {}]

    with serving() as server:
        ended, _ = fuzz("--spec", written(document), "--url", server.url, "--max-requests", "30")

    assert 0 == ended.code, ended.out + ended.err
    assert server.requests
    assert not any("authorization" in request.headers for request in server.requests)


def test_a_scheme_that_cannot_be_met(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Operations behind a scheme that one key cannot meet are unsupported; the others are tried."""
    with serving() as server:
        spec = written(guarded({"type": "http", "scheme": "basic"}))
        ended, run = fuzz("--spec", spec, "--url", server.url)

    assert 0 == ended.code, ended.out + ended.err
    assert {"/report"} == {request.path for request in server.requests}
    left_out = [case for case in run.header["cases"] if not case["planned"]]
    assert 3 == len(left_out)
    assert all("security scheme lock is neither" in case["detail"] for case in left_out)


def test_a_part_can_be_selected(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """A part of an id selects operations, a requirement selects what is judged, and a wrong one names the closest."""
    handler, *_ = DEFECTS["a required property that is missing"]
    with serving(handler) as server:
        by_operation, run = fuzz("--spec", written(), "--url", server.url, "--select", "report")
        paths = {request.path for request in server.requests[1:]}
        by_requirement, judged = fuzz("--spec", written(), "--url", server.url, "--select", "ERR-009")
        wrong, _ = fuzz("--spec", written(), "--url", server.url, "--select", "ERR-999")

    assert (0, {"/report"}) == (by_operation.code, paths)
    assert 1 == len(run.header["cases"])
    assert (0, {"ERR-009"}) == (by_requirement.code, set(judged.verdicts))
    assert 2 == wrong.code
    assert "--select ERR-999: no requirement, suite or case is called that" in wrong.told


def test_an_address_without_its_path(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """A server that knows nothing of the document is no conformant one: exit 3, with where the document points."""
    document = {**DOCUMENT, "servers": [{"url": "https://shop.example/v3"}]}

    with serving(lambda _: Answer(404, {"message": "what?"})) as server:
        ended, _ = fuzz("--spec", written(document), "--url", server.url)

    assert 3 == ended.code
    assert f"{server.url} does not know /pets: it answers 404" in ended.told
    assert "https://shop.example/v3" in ended.told


def test_nobody_listens(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Where nothing answers the run ends at once, with exit 3."""
    with serving() as server:
        url = server.url

    ended, _ = fuzz("--spec", written(), "--url", url)

    assert 3 == ended.code
    assert ended.told.startswith(f"nothing answers at {url}: ")


GET = "openapi: 3.1.0\npaths:\n  /a:\n    get:\n"
"""How a document begins, four lines."""

WRONG: dict[str, tuple[str, str]] = {
    "swagger 2": ("swagger: '2.0'\npaths: {}\n", "{}:1: the document says swagger: 2.0 (3.0 and 3.1 are read)"),
    "no YAML": ("openapi: 3.1.0\npaths: [\n", "{}:3: not YAML"),
    "no operation": ("openapi: 3.1.0\npaths: {}\n", "{}: the document has no operation"),
    "a reference that leads nowhere": (
        f"{GET}      responses:\n        '200': {{$ref: '#/components/responses/A'}}\n",
        "{}:6",
    ),
    "no schema": (
        f"{GET}      parameters:\n      - name: q\n        in: query\n        schema:\n          type: text\n",
        "{}:9 at /paths/~1a/get/parameters/0/schema/type: not a schema: 'text' is not valid",
    ),
}
"""Documents that are wrong, and how their one line begins."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_document_that_is_wrong(wrong: str, fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """It is told in one line with file and place, with exit 2, and nothing is sent or left behind."""
    text, told = WRONG[wrong]
    spec = written(text, "wrong.yaml")

    with serving() as server:
        ended, run = fuzz("--spec", spec, "--url", server.url)

    assert 2 == ended.code
    assert ended.told.startswith(told.format(spec)), ended.told
    assert ([], False) == (server.requests, run.folder.exists())


def test_a_document_that_is_not_there(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """A file that is not there is answered with the closest name."""
    spec = written()

    ended, _ = fuzz("--spec", spec.with_name("pet.json"))

    assert 2 == ended.code
    assert f"{spec.with_name('pet.json')}: there is no such file (did you mean pets.json?)" == ended.told


def test_a_server_elsewhere_needs_a_target_file(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Without a target file only this machine is spoken to."""
    ended, _ = fuzz("--spec", written(), "--url", "https://shop.example")

    assert 2 == ended.code
    assert "only a server on this machine" in ended.told


def test_what_a_document_takes_besides_json(fuzz: Callable[..., Any], written: Callable[..., Path]) -> None:
    """Headers, cookies, forms and texts are sent as the document has them; a body of another kind is not tried."""
    header = {"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[a-z]+$"}}
    cookie = {"name": "visit", "in": "cookie", "required": True, "schema": {"type": "integer"}}
    form = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    done = {"responses": {"204": {"description": "Done."}, "400": {"description": "No."}}}
    document = {
        **DOCUMENT,
        "paths": {
            "/form": {
                "parameters": [header, cookie],
                "post": {"operationId": "form", "requestBody": body(form, "application/x-www-form-urlencoded"), **done},
            },
            "/note": {"put": {"operationId": "note", "requestBody": body({"type": "string"}, "text/plain"), **done}},
            "/file": {
                "post": {
                    "operationId": "file",
                    "requestBody": {"required": True, **body({"type": "string", "format": "binary"}, "image/png")},
                    **done,
                }
            },
        },
    }

    with serving(lambda _: Answer(204)) as server:
        ended, run = fuzz("--spec", written(document), "--url", server.url)

    assert 0 == ended.code, ended.out + ended.err
    forms = [request for request in server.requests if request.path == "/form" and b"name=" in request.body]
    assert any(request.headers.get("x-tenant") and "visit=" in request.headers.get("cookie", "") for request in forms)
    assert "application/x-www-form-urlencoded" in {request.headers["content-type"] for request in forms}
    notes = [request for request in server.requests if request.path == "/note"]
    assert "text/plain" in {request.headers.get("content-type") for request in notes if request.body}
    assert all(not request.body for request in server.requests if request.path == "/file")
    (told,) = [record["observations"] for name, record in run.cases.items() if "[file]" in name]
    assert "file: bodies that are image/png are not written here" in [note["note"] for note in told]


def test_the_emulator_is_tried_by_the_document_of_its_edition(fuzz: Callable[..., Any]) -> None:
    """With no target the embedded emulator is of the edition that is nearest; what it has not built is unsupported."""
    spec = CHECKOUT / "openapi" / "2026-05" / "integration-api.yaml"

    ended, run = fuzz("--spec", spec, "--max-requests", "150", "--strict")

    assert 0 == ended.code, ended.out + ended.err
    assert run.header["target"]["embedded"]
    unbuilt = {case["id"] for case in run.header["cases"] if case["reason"] == "not-implemented"}
    assert 7 == len(unbuilt)
    assert "fuzz/document::answers[bestPriorPrice]" in unbuilt
