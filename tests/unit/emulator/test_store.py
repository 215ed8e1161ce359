"""The store keeps what a transaction did, unless it was dry or failed."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from talonproof.contract.contract import Contract
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import DAY, FixedClock
from talonproof.emulator.message import Request
from talonproof.emulator.store import Store
from talonproof.emulator.world import World
from talonproof.errors import ConfigError

KEY = {"authorization": "ApiKey-v1 live"}
BODY = b'{"customerSession": {"profileId": "p"}}'


def audiences(store: Store) -> list[int]:
    """The ids of the audiences stored."""
    return [number for (number,) in store.all("SELECT id FROM audience ORDER BY id")]


def test_a_transaction_is_kept_or_rolled_back() -> None:
    """A dry one and a failed one leave nothing."""
    store = Store()
    with store.transaction():
        store.run("INSERT INTO audience (id, created, name) VALUES (1, 0, 'kept')")
    with store.transaction(keep=False):
        store.run("INSERT INTO audience (id, created, name) VALUES (2, 0, 'dry')")
    with pytest.raises(sqlite3.IntegrityError), store.transaction():
        store.run_many("INSERT INTO audience (id, created, name) VALUES (?, 0, 'failed')", [(3,), (1,)])

    assert [1] == audiences(store)


def test_a_second_transaction_waits_for_the_first() -> None:
    """Threads do not see each other's unfinished work."""
    store = Store()
    seen: list[list[int]] = []

    def look() -> None:
        with store.transaction():
            seen.append(audiences(store))

    thread = threading.Thread(target=look)
    with store.transaction():
        store.run("INSERT INTO audience (id, created, name) VALUES (1, 0, 'a')")
        thread.start()
        thread.join(0.05)
        store.run("INSERT INTO audience (id, created, name) VALUES (2, 0, 'b')")
    thread.join()

    assert [[1, 2]] == seen


def test_a_database_file_is_taken_up_again(tmp_path: Path, contract: Contract, world: World) -> None:
    """Sessions, the world's loading time and the journal mode are those of the first start."""
    file, clock = tmp_path / "emulator.db", FixedClock(20_000 * DAY)
    first = Emulator(world, contract, store=Store(file), clock=clock)
    assert 200 == first.handle(Request("PUT", "/v2/customer_sessions/s", KEY, BODY)).status
    before = first.handle(Request("GET", "/v2/customer_sessions/s", KEY))
    first.store.close()

    clock.instant += DAY
    second = Emulator(world, contract, store=Store(file), clock=clock)

    assert before.body == second.handle(Request("GET", "/v2/customer_sessions/s", KEY)).body
    assert [("wal",)] == second.store.all("PRAGMA journal_mode")
    assert len(world.entries) == second.store.all("SELECT COUNT(*) FROM entry")[0][0]
    second.store.close()


def test_parallel_updates_are_all_carried_out(contract: Contract, world: World) -> None:
    """Several threads at once lose nothing: every event has its own number."""
    emulator = Emulator(world, contract)

    def work() -> None:
        for _ in range(25):
            assert 200 == emulator.handle(Request("PUT", "/v2/customer_sessions/s", KEY, BODY)).status

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(100,)] == emulator.store.all("SELECT COUNT(*) FROM event WHERE session = 's'")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Neither a text, nor a folder, nor somebody else's database is overwritten."""
    text = tmp_path / "text"
    text.write_text("not a database, " * 100)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE meta (name, value)")
    connection.close()

    for path in (text, foreign, tmp_path):
        with pytest.raises(ConfigError, match="cannot be used"):
            Store(path)


ADD = "INSERT INTO audience (id, created, name) VALUES (?, 0, 'a')"


def gathering(path: Path) -> tuple[Store, Store]:
    """A store that gathers, and another one on the same file, which sees what has been committed."""
    store, other = Store(path), Store(path)
    store.gather()
    return store, other


def test_gathered_transactions_are_kept_together(tmp_path: Path) -> None:
    """Each sees those before it; a dry one and a failed one leave nothing; the file has them from the commit on."""
    store, other = gathering(tmp_path / "a.db")
    with store.transaction():
        store.run(ADD, 1)
    with store.transaction(keep=False):
        store.run(ADD, 2)
    with pytest.raises(sqlite3.IntegrityError), store.transaction():
        store.run_many(ADD, [(3,), (1,)])
    with store.transaction():
        store.run(ADD, 4)
    assert [1, 4] == audiences(store)
    assert [] == audiences(other)

    store.commit()
    store.commit()

    assert [1, 4] == audiences(other)
    store.close()
    other.close()


def test_without_a_commit_nothing_gathered_is_kept(tmp_path: Path) -> None:
    """A store that is closed, or a process that is killed, before the commit leaves the file as it was."""
    store, other = gathering(tmp_path / "a.db")
    with store.transaction():
        store.run(ADD, 1)

    store.close()

    assert [] == audiences(other)
    other.close()


def test_what_is_lost_on_the_way_is_noticed(tmp_path: Path) -> None:
    """Some errors of SQLite roll everything back: nothing more is taken then, the commit fails, and all goes on."""
    store, other = gathering(tmp_path / "a.db")
    with store.transaction():
        store.run(ADD, 1)
    with pytest.raises(sqlite3.OperationalError), store.transaction():
        store.run("ROLLBACK")
    with pytest.raises(sqlite3.OperationalError, match="lost"), store.transaction():
        store.run(ADD, 2)
    with pytest.raises(sqlite3.OperationalError, match="lost"):
        store.commit()
    with store.transaction():
        store.run(ADD, 3)
    store.commit()

    assert [3] == audiences(other)
    store.close()
    other.close()


def test_a_commit_that_fails_takes_all_of_it_back(tmp_path: Path) -> None:
    """Such as one that leaves a reference to nothing; the next ones are kept."""
    store, other = gathering(tmp_path / "a.db")
    store.run("PRAGMA defer_foreign_keys = ON")
    with store.transaction():
        store.run(ADD, 1)
        store.run("PRAGMA defer_foreign_keys = ON")
        store.run("INSERT INTO membership VALUES (77, 1)")
    with pytest.raises(sqlite3.IntegrityError):
        store.commit()
    with store.transaction():
        store.run(ADD, 2)
    store.commit()

    assert [2] == audiences(other)
    store.close()
    other.close()
