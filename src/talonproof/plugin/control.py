"""The one process of a run that writes its stream: it hears of every case, wherever the case ran."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from talonproof.errors import HarnessError
from talonproof.http.pace import forget
from talonproof.http.redact import Redactor
from talonproof.plugin.breakage import breakage
from talonproof.plugin.planning import PROBLEM
from talonproof.plugin.prepare import Setup
from talonproof.plugin.scheduling import Schedule
from talonproof.report import words
from talonproof.report.render import Rendered, render
from talonproof.run.recovery import PLAN, read_journals
from talonproof.run.stream import StreamWriter
from talonproof.run.traces import read_traces
from talonproof.verdict import Reason, Verdict

if TYPE_CHECKING:
    from talonproof.emulator.serve import Embedded
    from talonproof.run.tenure import Tenure

SUITES = "suites/"


@dataclass(frozen=True, slots=True)
class Alone:
    """What a plain pytest owns, because no ``talonproof run`` stands above it."""

    tenure: Tenure
    embedded: Embedded | None

    def end(self) -> None:
        """Ends the emulator, and leaves the folder."""
        if self.embedded is not None:
            self.embedded.stop()
        self.tenure.release()


class Controller:
    """The part of the plugin that writes header, cases and footer.

    Under plain pytest (``alone``) it also owns the folder and the embedded emulator, renders the reports and
    ends pytest with the exit code of the verdict.
    """

    def __init__(self, setup: Setup, *, alone: Alone | None = None) -> None:
        self.setup = setup
        self.alone = alone
        self.writer = StreamWriter(setup.folder)
        self._redactor = Redactor(setup.keys.secrets())
        self._problems: dict[str, None] = {}
        self._workers: Any = None
        self._interrupted = False
        self._rendered: Rendered | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker where the set-up of the run is."""
        node.workerinput["talonproof"] = str(self.setup.launch_file)
        self._workers = node.nodemanager

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """Begins the stream once a worker has made the plan."""
        self._begin()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Begins the stream where the cases run in this process."""
        self._begin()

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Schedule | None:
        """Shares the cases among the workers by group; any other way is xdist's own."""
        return Schedule(config, log) if config.getoption("dist") == "loadgroup" else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A suite that cannot be read is a fault of the harness, with its place."""
        if report.failed:
            self._problems[breakage(self._redactor.text(report.longreprtext))] = None

    def pytest_internalerror(self, excrepr: object) -> None:
        """Notes that pytest broke down."""
        self._problems[breakage(self._redactor.text(str(excrepr)))] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Appends the line of a case; a case that ended without one was lost."""
        record = getattr(report, "talonproof", None)
        self._begin()
        if record is not None:
            self.writer.case(json.loads(record))
        elif report.failed and report.nodeid.startswith(SUITES) and self.writer.begun:
            self.writer.case(self._without_record(report))

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Somebody stopped the run, unless pytest stopped by itself at what could not be collected."""
        self._interrupted = not isinstance(excinfo.value, pytest.Session.Interrupted)
        if self._workers is not None:
            self._workers.EXIT_TIMEOUT = 1  # seconds: they wait for their next case, and would be given ten

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Ends the stream, and the emulator."""
        self._begin()
        forget(self.setup.folder)
        problem = self.setup.folder / PROBLEM
        if problem.exists():
            session.exitstatus = json.loads(problem.read_text())["exit_code"]
        elif self._problems and (session.config.option.collectonly or not self.writer.begun):
            session.exitstatus = HarnessError.exit_code
            problem.write_text(json.dumps({"message": next(iter(self._problems)), "exit_code": session.exitstatus}))
        elif self.writer.begun:
            problems = list(self._problems)
            stopped = self._interrupted or (exitstatus == pytest.ExitCode.INTERRUPTED and not problems)
            self._complete(stopped=stopped)
            session.exitstatus = self.writer.footer(self._receipt(), interrupted=stopped, problems=problems)
            if self.alone is not None:
                self._rendered = render(self.setup.folder, reports_data=self.setup.workspace.reports)
        if self.alone is not None:
            self.alone.end()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Says the verdict under plain pytest."""
        if self.alone is None:
            return
        problem = self.setup.folder / PROBLEM
        if problem.exists():
            terminalreporter.write_line(json.loads(problem.read_text())["message"], red=True)
        elif self._rendered is not None:
            told = self._rendered.account.totals.headline
            terminalreporter.write_line(f"{told} (seed {self.setup.options.seed})")
            terminalreporter.write_line(f"edition {words.edition(self._rendered.account.stream.header)}")
            terminalreporter.write_line(f"report: {self._rendered.html}")

    def _receipt(self) -> dict[str, Any]:
        """What the run did by the journals of all its processes, the looks at the target before the plan among them."""
        setup = self.setup
        return read_traces(setup.folder, setup.options.run, setup.contract, setup.target.url).receipt()

    def _begin(self) -> None:
        plan = self.setup.folder / PLAN
        if self.writer.begun or not plan.exists():
            return
        if self.setup.rest is None:
            self.writer.header(json.loads(plan.read_text()))
        else:
            self.writer.resume()

    def _complete(self, *, stopped: bool) -> None:
        """Adds to the stream what the workers wrote down and nobody told."""
        journals = read_journals(self.setup.folder)
        for line in journals.ended.values():
            self.writer.case(line)
        reason = Reason.INTERRUPTED if stopped else Reason.WORKER_LOST
        for cut in journals.cut:
            self.writer.case(cut.line(reason, "the run was stopped" if stopped else "its worker was lost"))

    def _without_record(self, report: pytest.TestReport) -> dict[str, Any]:
        """The line of a case of which only a failure is told: the one in the journal, if its worker came to that.

        Else its worker died, or it failed outside its own body.
        """
        case = report.nodeid.removeprefix(SUITES)
        journals = read_journals(self.setup.folder)
        if case in journals.ended:
            return journals.ended[case]
        lines = [line for line in report.longreprtext.splitlines() if line.strip()]
        detail = self._redactor.text(lines[-1].strip()) if lines else "the case was lost"
        node: Any = getattr(report, "node", None)
        worker = self.setup.name(node.gateway.id if node is not None else "main")
        died = report.when not in {"setup", "call", "teardown"}
        cut = next((cut for cut in journals.cut if died and (cut.case, cut.worker) == (case, worker)), None)
        return {
            "type": "case",
            "id": case,
            "worker": worker,
            "verdict": Verdict.ERROR,
            "reason": Reason.WORKER_LOST if died else None,
            "detail": f"{detail}; {cut.told('its worker was lost')}" if cut else detail,
            "started": report.start,
            "seconds": report.duration,
            "requests": {"planned": 0, "sent": cut.sent if cut else 0, "extra": 0},
            "evidence": {},
            "findings": [],
            "observations": [],
            "receipt": {"created": {}, "restored": {}},
        }
