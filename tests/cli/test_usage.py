"""Whatever is wrong with what was asked for is said in one line, with its place and the closest choice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FILES = ("plan", "run")
"""The commands that read everything a run is made from."""


def wording(said: str) -> re.Pattern[str]:
    """What is said word for word; … stands for anything."""
    return re.compile(".*".join(map(re.escape, said.split("…"))))


TARGET = '[target]\nurl = "http://127.0.0.1:9"\n'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["runn"], "there is no command runn (did you mean run?)"),
        (["--hepl"], "No such option '--hepl'. Did you mean '--help'?"),
        (["run", "--dept", "smoke"], "No such option '--dept'…'--depth'"),
        (["run", "--depth", "smok"], "--depth smok is unknown (did you mean smoke?)"),
        (["run", "--max-footprint", "reed"], "--max-footprint reed is unknown (did you mean read?)"),
        (["run", "--edition", "2025-10"], "there is no edition 2025-10 (did you mean 2025-01?)"),
        (["run", "--fault", "put-reopen-closed"], "no fault put-reopen-closed (did you mean put-reopens-closed?)"),
        (["plan", "--select", "SES-010", "--select", "DRI-001"], "--select DRI-001: …(did you mean DRY-001?)"),
        (["run", "--workspace", "nowhere"], "nowhere is no workspace"),
        (["run", "-n", "two"], "'-n': 'two' is not a valid integer"),
        (["run", "--seed", "-1"], "'--seed': -1 is not in the range"),
        (["run", "--min-judged", "101"], "'--min-judged': 101.0 is not in the range"),
        (["run", "--max-requests", "0"], "'--max-requests': 0 is not in the range"),
        (["run", "sessions"], "unexpected extra argument (sessions)"),
        (["plan", "--depth", "nigthly"], "--depth nigthly is unknown (did you mean nightly?)"),
        (["plan", "--edition", "../2025-01"], "there is no edition ../2025-01"),
        (["plan", "--fault", "x"], "No such option '--fault'"),
        (["explain"], "Missing argument 'REQUIREMENT'"),
        (["explain", "SES-0100"], "there is no requirement SES-0100 (did you mean SES-010?)"),
        (["explain", "SES-010", "--edition", "2024"], "there is no edition 2024"),
        (["explain", "SES-010", "--runs", "no/such"], "--runs no/such: there is no such folder"),
        (["emulate", "--edition", "2025-1"], "there is no edition 2025-1 (did you mean 2025-01?)"),
        (["emulate", "--fault", "page-over-the-maximun"], "there is no fault page-over-the-maximun"),
        (["emulate", "--clock", "noon"], "the clock cannot be set: 'noon'"),
        (["emulate", "--latency", "slow"], "--latency slow is no duration"),
        (["emulate", "--port", "65536"], "'--port': 65536 is not in the range"),
        (["emulate", "--host", "no.such.host.invalid", "--port", "0"], "no.such.host.invalid:0 cannot be listened on"),
        (["emulate", "--world", "nowhere.yaml"], "nowhere.yaml cannot be read: No such file"),
        (["emulate", "--db", "no/such/folder/file.db"], "file.db cannot be used"),
        (["faults", "--only", "put-reopens"], "there is no fault put-reopens (did you mean put-reopens-closed?)"),
        (["faults", "--depth", "deep"], "--depth deep is unknown"),
        (["report", "nowhere"], "there is no folder nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_answered_with_the_closest(
    talonproof: Callable[..., Any], tmp_path: Path, arguments: list[str], said: str
) -> None:
    """An unknown command, flag or value ends with exit 2 and one line that helps."""
    place = ["--report", str(tmp_path / "report")] if arguments[0] == "run" else []

    ended = talonproof(*arguments, *place)

    assert 2 == ended.code
    assert wording(said).search(ended.told)
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("command", FILES)
def test_a_target_is_named_once(talonproof: Callable[..., Any], tmp_path: Path, command: str) -> None:
    """A target file and an address exclude each other, and the file is not even read."""
    ended = talonproof(command, "--target", tmp_path / "none.toml", "--url", "http://127.0.0.1:9")

    assert 2 == ended.code
    assert "--target and --url exclude each other" in ended.told


@pytest.mark.parametrize("target", [["--url", "http://127.0.0.1:9"], ["--target", "staging.toml"]], ids=lambda t: t[0])
def test_faults_are_planted_in_the_embedded_emulator_alone(talonproof: Callable[..., Any], target: list[str]) -> None:
    """Nobody can ask for a defect in a server that is not ours."""
    ended = talonproof("run", "--fault", "put-reopens-closed", *target)

    assert 2 == ended.code
    assert "--fault plants a defect in the embedded emulator" in ended.told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file or directory"),
        ("url\n", ":1: not TOML"),
        (TARGET + 'allowed_hots = "127.0.0.1"\n', ":3: …allowed_hots (did you mean allowed_host?)"),
        (TARGET + "[bindings]\nopen_sesion = 's'\n", ":4: …open_sesion (did you mean open_session?)"),
        (TARGET + "[limits]\nrate = 'fast'\n", ":4: [limits] rate must be a number"),
        (TARGET + "[limits]\nmax_footprint = 'creat'\n", ":4: …creat (did you mean create?)"),
        (TARGET + "[pool]\n", ":3: unknown table [pool] (did you mean pools?)"),
        (TARGET + "edition = '2025-02'\n", "edition: there is no edition 2025-02 (did you mean 2025-01?)"),
        (TARGET + "unbuilt = ['syncCatalogue']\n", "unbuilt: …syncCatalogue …(did you mean syncCatalog?)"),
        ('[target]\nurl = "http://shop.example"\n', "[target] has no allowed_host"),
        ('[target]\nurl = "http://shop.example"\nallowed_host = "other.example"\n', ":3: url goes to shop.example"),
        ("[limits]\nrate = 1\n", "[target] has no url"),
    ],
    ids=["missing", "no TOML", "target", "bindings", "rate", "footprint", "table", "edition", "unbuilt", "host",
         "other host", "no url"],
)  # fmt: skip
@pytest.mark.parametrize("command", FILES)
def test_a_wrong_target_file_is_named_with_its_line(
    talonproof: Callable[..., Any], tmp_path: Path, command: str, text: str | None, said: str
) -> None:
    """What is wrong in a target file ends with exit 2, file and line, before anything is sent."""
    file = tmp_path / "staging.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    ended = talonproof(command, "--target", file)

    assert 2 == ended.code
    assert wording(f"{file}…{said}").search(ended.told)


DOCUMENT = "openapi/2025-01/integration-api.yaml"
SESSIONS = "openapi/requirements/sessions.yaml"


def rewritten(pattern: str, text: str) -> Callable[[str], str]:
    """A change to a file: the first match of a pattern, which must be there, becomes the text."""

    def change(before: str) -> str:
        after, changes = re.subn(pattern, text, before, count=1, flags=re.MULTILINE)
        assert changes
        return after

    return change


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        (DOCUMENT, rewritten(r"^paths:", "paths: ["), r":\d+: not YAML"),
        (DOCUMENT, rewritten(r"^openapi: .*", "openapi: 2.0.0"), r":\d+: the document says openapi: 2.0.0"),
        (DOCUMENT, rewritten(r"#/components/schemas/\w+", "#/components/schemas/Nothing"), r":\d+.*Nothing"),
        (DOCUMENT, rewritten(r"operationId: returnCartItems", "operationId: getCustomerSession"), r":\d+ at /paths/"),
        (SESSIONS, rewritten(r"\A", "x: [\n"), r":\d+: not YAML"),
        (SESSIONS, rewritten(r"level: \w+", "level: maybe"), r":\d+ at /0/level: 'maybe' is unknown"),
        (SESSIONS, rewritten(r"id: SES-002", "id: SES-001"), r":\d+.*SES-001"),
    ],
    ids=["document, not YAML", "document, version", "document, reference", "document, operation",
         "requirements, not YAML", "requirements, level", "requirements, id"],
)  # fmt: skip
@pytest.mark.parametrize("command", FILES)
def test_a_broken_document_is_named_with_its_place(
    talonproof: Callable[..., Any],
    workspace: Path,
    tmp_path: Path,
    command: str,
    file: str,
    change: Callable[[str], str],
    said: str,
) -> None:
    """A contract or a catalogue that is not what it should be ends with exit 2, file and place."""
    broken = workspace / file
    broken.write_text(change(broken.read_text(encoding="utf-8")), encoding="utf-8")
    place = ["--report", tmp_path / "report"] if command == "run" else []

    ended = talonproof(command, "--workspace", workspace, *place)

    assert 2 == ended.code
    assert re.search(rf"{re.escape(broken.name)}.*{said}", ended.told)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("suites/own/test_other.py", "\ndef broken(:\n", "suites/own/test_other.py:2: SyntaxError: invalid syntax"),
        ("suites/own/test_other.py", "import nothing_at_all\n", "suites/own/test_other.py:1: ModuleNotFoundError"),
        ("suites/own/test_own.py", "import strategies\n", "strategies/__init__.py:1: ZeroDivisionError"),
        ("conftest.py", "1 / 0\n", "conftest.py:1: ZeroDivisionError"),
        ("pytest.ini", "pytest\n", "pytest.ini:1: unexpected line"),
    ],
    ids=["syntax", "import", "strategies", "conftest", "pytest.ini"],
)
def test_no_plan_is_made_of_a_broken_suite(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path], file: str, text: str, said: str
) -> None:
    """A suite that cannot be read is a fault of the harness: exit 3, file and line, and no plan of the others."""
    workspace = own_suite("")
    (workspace / "strategies").unlink()
    (workspace / "strategies").mkdir()
    (workspace / "strategies/__init__.py").write_text("1 / 0\n", encoding="utf-8")
    (workspace / file).write_text(text, encoding="utf-8")

    ended = talonproof("plan", "--workspace", workspace)

    assert 3 == ended.code
    assert said in ended.told


@pytest.mark.parametrize("workers", [0, 2])
def test_a_broken_suite_makes_the_run_an_error(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], emulator: str, workers: int
) -> None:
    """A run with a suite that cannot be read ends with exit 3, and says which, where and why; nobody interrupted it."""
    workspace = own_suite("")
    (workspace / "suites/own/test_other.py").write_text("\ndef broken(:\n", encoding="utf-8")

    run = judge("--workspace", workspace, "--url", emulator, "-n", str(workers))

    assert 3 == run.ended.code
    assert "error" == run.footer["verdict"]
    assert not run.footer["interrupted"]
    (problem,) = run.footer["problems"]
    assert problem.endswith("suites/own/test_other.py:2: SyntaxError: invalid syntax")
    assert "itself failed" in run.ended.out
    assert "" == run.ended.err


def test_what_a_broken_suite_holds_is_not_called_unknown(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path]
) -> None:
    """Where the case asked for stands in the broken suite, its breakage is told and not that it does not exist."""
    workspace = own_suite("")
    (workspace / "suites/own/test_other.py").write_text("def test_other(:\n", encoding="utf-8")

    ended = talonproof("plan", "--workspace", workspace, "--select", "test_other")

    assert 3 == ended.code
    assert "SyntaxError" in ended.told


def test_a_workspace_without_cases_is_named(talonproof: Callable[..., Any], own_suite: Callable[[str], Path]) -> None:
    """An empty plan is no plan."""
    workspace = own_suite("")
    (workspace / "suites/own/test_own.py").write_text("def test_something_else():\n    pass\n", encoding="utf-8")

    ended = talonproof("plan", "--workspace", workspace)

    assert 2 == ended.code
    assert "holds no case" in ended.told


def test_a_selection_is_refused_by_a_run_as_by_a_plan(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path], tmp_path: Path, emulator: str
) -> None:
    """A pattern that selects nothing ends a run before its first line, and leaves no folder behind."""
    place = ("--workspace", own_suite(""), "--url", emulator, "--report", tmp_path / "report")

    ended = talonproof("run", "-n", "0", *place, "--select", "owm")

    assert 2 == ended.code
    assert "--select owm" in ended.told
    assert "did you mean own?" in ended.told
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: "x: [\n", r":\d+: not YAML"),
        (rewritten(r"^account:", "acount:"), r":\d+ at /acount: .*did you mean account\?"),
        (rewritten(r"expires: -P1D", "expires: yesterday"), r":\d+ at /keys/\d+/expires: 'yesterday'"),
        (rewritten(r"application: 2\}", "application: 99}"), r":\d+ at /keys/\d+/application"),
    ],
    ids=["not YAML", "unknown key", "offset", "reference"],
)
def test_a_broken_world_is_named_with_its_place(
    talonproof: Callable[..., Any], tmp_path: Path, world_text: str, change: Callable[[str], str], said: str
) -> None:
    """A world file that is not what it should be ends with exit 2, file and place, before anything is served."""
    file = tmp_path / "world.yaml"
    file.write_text(change(world_text), encoding="utf-8")

    ended = talonproof("emulate", "--world", file, "--port", "0")

    assert 2 == ended.code
    assert re.search(rf"{re.escape(str(file))}{said}", ended.told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "it has no run.ndjson"),
        ("", "there is no header"),
        ("{\n", ":1: the line is not JSON"),
        ('{"type": "foter"}\n', ":1: type of the line is 'foter'"),
    ],
    ids=["no stream", "empty", "no JSON", "no record"],
)
def test_no_report_is_made_of_what_is_no_run(
    talonproof: Callable[..., Any], tmp_path: Path, text: str | None, said: str
) -> None:
    """A folder that no run wrote, or a stream that is none, ends with exit 2, file and line."""
    if text is not None:
        (tmp_path / "run.ndjson").write_text(text, encoding="utf-8")

    ended = talonproof("report", tmp_path)

    assert 2 == ended.code
    assert str(tmp_path) in ended.told
    assert said in ended.told


def test_a_folder_that_cannot_be_made_is_named(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """A report folder below a file is a wrong flag, and no fault of talonproof."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    ended = talonproof("run", "--report", tmp_path / "file" / "report")

    assert 2 == ended.code
    assert "file/report cannot be made: Not a directory" in ended.told


def test_two_runs_never_share_a_folder(
    judge: Callable[..., Any], talonproof: Callable[..., Any], own_suite: Callable[[str], Path], emulator: str
) -> None:
    """A folder that holds a run is never written again."""
    workspace = own_suite("")
    first = judge("--workspace", workspace, "--url", emulator)
    written = (first.folder / "run.ndjson").read_text()

    ended = talonproof("run", "--workspace", workspace, "--report", first.folder)

    assert 0 == first.ended.code
    assert 2 == ended.code
    assert "holds another run already" in ended.told
    assert written == (first.folder / "run.ndjson").read_text()


def test_a_folder_can_be_used_after_a_wrong_flag(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path], tmp_path: Path, emulator: str
) -> None:
    """What a refused command line left in a folder that was there before does not get into the run that follows."""
    folder = tmp_path / "report"
    folder.mkdir()
    arguments = ("run", "-n", "0", "--workspace", own_suite(""), "--url", emulator, "--report", folder)
    wrong = talonproof(*arguments, "--select", "owm")

    right = talonproof(*arguments, "--select", "own")

    assert 2 == wrong.code
    assert 0 == right.code
