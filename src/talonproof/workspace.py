"""The workspace is the tree of content that the engine runs: contract, suites, strategies, reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import talonproof
from talonproof.errors import ConfigError, closest


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder that holds ``openapi/``, ``suites/``, ``strategies/``, ``conftest.py`` and ``pytest.ini``."""

    root: Path
    checkout: bool = False

    @property
    def suites(self) -> Path:
        """The folder of the test modules, one folder a suite."""
        return self.root / "suites"

    @property
    def requirements(self) -> Path:
        """The folder of the requirement catalogue."""
        return self.root / "openapi" / "requirements"

    @property
    def reports(self) -> Path:
        """The folder of the reports' data: schema of the stream, templates, Allure categories."""
        return self.root / "reports"

    def editions(self) -> tuple[str, ...]:
        """The editions whose contract is bundled, oldest first."""
        return tuple(sorted(file.parent.name for file in self.root.glob("openapi/*/integration-api.yaml")))

    def suite_names(self) -> tuple[str, ...]:
        """The names of the suites, sorted."""
        return tuple(sorted(folder.name for folder in self.suites.iterdir() if any(folder.glob("test_*.py"))))

    def contract_file(self, edition: str) -> Path:
        """The document of an edition; ConfigError with the closest edition for an unknown one."""
        file = self.root / "openapi" / edition / "integration-api.yaml"
        if "/" in edition or not file.is_file():
            message = f"there is no edition {edition}"
            raise ConfigError(message, hint=closest(edition, self.editions()))
        return file

    def report_folder(self, run: str, working_directory: Path) -> Path:
        """Where the reports of a run go unless the user says otherwise."""
        if self.checkout:
            return self.reports / "out" / run
        return working_directory / "talonproof-report" / run


def find_workspace(explicit: Path | None = None) -> Workspace:
    """The workspace asked for, else that of the source checkout, else the one inside the installed package.

    The working directory is never picked up by itself. Raises ConfigError if the folder asked for
    is no workspace.
    """
    package = Path(talonproof.__file__).resolve().parent
    checkout = package.parent.parent
    if explicit is not None:
        root = explicit.resolve()
        for name in ("suites", "openapi", "strategies", "conftest.py", "pytest.ini"):
            if not (root / name).exists():
                message = f"{explicit} is no workspace: it has no {name}"
                raise ConfigError(message, hint="talonproof init makes one")
        return Workspace(root, checkout=root == checkout)
    if package.parent.name == "src" and (checkout / "suites").is_dir():
        return Workspace(checkout, checkout=True)
    return Workspace(package / "_workspace")
