"""The store is one SQLite database behind one lock: a call is a transaction, a dry call one that is rolled back."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from talonproof.errors import ConfigError

Row = tuple[Any, ...]

_SCHEMA = Path(__file__).with_name("schema.sql")
_VERSION = "3"

_LOG_PAGES = 4_000
"""Pages of the log after which SQLite brings it into the file; of those written again and again only the last goes."""

_CACHE_KIBIBYTES = 64 * 1024
"""Pages of the file that are kept in memory; SQLite's own 2 MB do not hold the inner pages of a million sessions."""

LOADED = "loaded"
"""The name of the fact when the world was loaded; it is noted in the transaction that loads it."""


class Store:
    """One writer connection, to a file or to memory.

    Every use stands inside :meth:`transaction` or :meth:`reading`, which hold the lock. What a transaction did is in
    the file when it is over, all of it or nothing: a process that is killed loses no more than what it was doing.
    ``fresh`` says that no world has been loaded into it yet.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens a database, and makes its tables if it has none.

        Raises ConfigError for a file that is no database of this version.
        """
        self._lock = threading.RLock()
        self._gathering = self._gathered = False
        try:
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
        except sqlite3.Error as error:
            raise _unusable(path, error) from None
        try:
            if path is not None:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
                self._connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
            self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._open()
            self.fresh = self.noted(LOADED) is None
        except sqlite3.Error as error:
            self._connection.close()
            raise _unusable(path, error) from None

    def _open(self) -> None:
        """Makes the tables where there are none, all at once: half of them would be a file of nobody's."""
        tables = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if not tables:
            made = f"INSERT INTO meta VALUES ('version', '{_VERSION}')"
            self._connection.executescript(f"BEGIN; {_SCHEMA.read_text(encoding='utf-8')}; {made}; COMMIT")
            return
        if "meta" not in tables or self.noted("version") != _VERSION:
            message = "it was not made by this version"
            raise sqlite3.DatabaseError(message)

    def transaction(self, *, keep: bool = True) -> AbstractContextManager[None]:
        """Runs what is inside as one transaction; an exception rolls it back, and so does ``keep=False`` at its end."""
        if self._gathering:
            return _Part(self, keep)
        return _Transaction(self._connection, self._lock, keep)

    def gather(self) -> None:
        """From now on what transactions did is in the file only after :meth:`commit`, all of it or nothing."""
        self._gathering = True

    def commit(self) -> None:
        """Keeps what all transactions since the last commit did, where they are gathered.

        Raises sqlite3.Error if that cannot be: then nothing of it is kept.
        """
        with self._lock:
            if not self._gathered:
                return
            self._gathered = False
            self._still_there()
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def begin_part(self) -> None:
        """Begins a transaction among those that are gathered, with the lock held.

        Raises sqlite3.Error if those before it are lost: some errors of SQLite take the whole back.
        """
        self._lock.acquire()
        try:
            if self._gathered:
                self._still_there()
            else:
                self._connection.execute("BEGIN IMMEDIATE")
                self._gathered = True
            self._connection.execute("SAVEPOINT part")
        except BaseException:
            self._lock.release()
            raise

    def end_part(self, *, keep: bool) -> None:
        """Ends it, kept or rolled back, and lets go of the lock."""
        try:
            if keep or self._connection.in_transaction:  # else all is lost already, and the error under way says why
                if not keep:
                    self._connection.execute("ROLLBACK TO part")
                self._connection.execute("RELEASE part")
        finally:
            self._lock.release()

    def _still_there(self) -> None:
        if not self._connection.in_transaction:
            message = "what was done since the last commit is lost"
            raise sqlite3.OperationalError(message)

    def reading(self) -> AbstractContextManager[object]:
        """Nobody else writes while what is inside reads."""
        return self._lock

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row of a query."""
        return self._connection.execute(sql, values).fetchone()

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def query(self, sql: str, values: Mapping[str, object]) -> list[Row]:
        """All rows of a query with named values."""
        return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        """Runs a statement; the id of the row that it inserted, if it did."""
        return self._connection.execute(sql, values).lastrowid or 0

    def run_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Runs a statement once for each row of values."""
        self._connection.executemany(sql, rows)

    def note(self, name: str, value: str) -> None:
        """Keeps a fact about the database itself."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def noted(self, name: str) -> str | None:
        """A fact kept with :meth:`note`."""
        row = self.one("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else row[0]

    def close(self) -> None:
        """Closes the database; a store in memory is gone."""
        with self._lock:
            self._connection.close()


class _Transaction:
    """What :meth:`Store.transaction` is; a generator would do, and take as long as a statement."""

    __slots__ = ("_connection", "_keep", "_lock")

    def __init__(self, connection: sqlite3.Connection, lock: AbstractContextManager[object], keep: bool) -> None:
        self._connection = connection
        self._lock = lock
        self._keep = keep

    def __enter__(self) -> None:
        self._lock.__enter__()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT" if self._keep else "ROLLBACK")
            elif self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        finally:
            self._lock.__exit__(kind, error, trace)


class _Part:
    """What :meth:`Store.transaction` is where transactions are gathered."""

    __slots__ = ("_keep", "_store")

    def __init__(self, store: Store, keep: bool) -> None:
        self._store = store
        self._keep = keep

    def __enter__(self) -> None:
        self._store.begin_part()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.end_part(keep=self._keep and kind is None)


def _unusable(path: Path | None, error: sqlite3.Error) -> ConfigError:
    message = f"{path} cannot be used as the emulator's database: {error}"
    return ConfigError(message, hint="a file that does not exist yet is made")
