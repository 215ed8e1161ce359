"""``talonproof init``: the workspace as a folder of one's own, to add suites to."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Final

import click

from talonproof.errors import ConfigError
from talonproof.workspace import Workspace, find_workspace

FOLDERS: Final = ("openapi", "suites", "strategies", "reports")
FILES: Final = ("conftest.py", "pytest.ini")

_LEFT: Final = shutil.ignore_patterns("__pycache__", "*.pyc", ".hypothesis", ".pytest_cache", ".*_cache")

README: Final = '''\
# A workspace of talonproof

Everything that talonproof runs and judges by, yours to change. Run it with

```console
$ talonproof run --workspace .
$ python -m pytest suites/sessions -k reopen
```

Without `--target FILE` or `--url URL`, both judge the emulator that comes with talonproof.

| folder | what it holds |
|---|---|
| `suites/` | the cases, a folder for each suite; nothing imports them |
| `strategies/` | the data that cases draw, imported as `strategies` |
| `openapi/` | the contract: a document for each edition, and the requirements with their levels and sources |
| `reports/` | the schema of `run.ndjson`, and Allure's categories |

## A suite of your own

A suite is a folder below `suites/`, a case is a test with `@scenario`. This one, as `suites/shop/test_shop.py`, is
complete:

```python
"""What our shop relies on."""

from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case


@scenario("SES-108", footprint="read", requests=1)
def test_a_session_that_nobody_made(case: Case, api: Api) -> None:
    """A session that nobody made is not there."""
    case.refused("SES-108", api.get_session(case.new_id("session")))
```

```console
$ talonproof run --workspace . --select shop
```

- `@scenario` names the requirements that the case judges each time it runs, the most that it does to the account
  (`read` < `dry` < `create` < `consume` < `destructive`), and the most requests that it sends.
- Every call goes through `api` or `case.send`: it is guarded, paced, recorded and judged by the contract. Make ids
  with `case.new_id(kind)`: a run writes only on things of its own.
- `case.refused`, `case.accepted`, `case.answered` and `case.judge` judge a requirement; a plain `assert` that fails is
  an error of the suite, never a finding.
- A requirement of your own goes into a file in `openapi/requirements/`, with a rule, a level and the source that
  states it.

`talonproof plan --workspace .` shows what would be sent; `talonproof explain SES-108` shows a requirement.
'''
"""What stands in the folder for whoever opens it."""


@click.command(name="init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(*, folder: Path) -> int:
    """Copy the workspace to DIR, for suites of your own.

    DIR must be empty or not exist yet.
    """
    copy(find_workspace(), folder)
    click.echo(f"Add a suite to {folder / 'suites'}; {folder / 'README.md'} says how.")
    click.echo(f"Run it with: talonproof run --workspace {shlex.quote(str(folder))}")
    return 0


def copy(workspace: Workspace, folder: Path) -> None:
    """Copies what a workspace holds, and nothing that runs left in it; raises ConfigError where it cannot."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = f"{folder} is there already and is not an empty folder"
            raise ConfigError(message, hint="name a folder that does not exist")
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            shutil.copytree(workspace.root / name, folder / name, ignore=_leftovers)
        for name in FILES:
            shutil.copyfile(workspace.root / name, folder / name)
        (folder / "README.md").write_text(README, encoding="utf-8")
    except (OSError, shutil.Error) as error:
        message = f"the workspace cannot be copied to {folder}: {getattr(error, 'strerror', None) or error}"
        raise ConfigError(message) from None


def _leftovers(folder: str, names: list[str]) -> set[str]:
    """What runs and caches left in a folder of the workspace."""
    return {*_LEFT(folder, names), *({"out"} if Path(folder).name == "reports" else ())}
