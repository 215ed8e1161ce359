"""The emulator is one function from a request to a reply; everything that it knows is a world and a store."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import talonproof
from talonproof.contract.contract import Contract, Operation
from talonproof.contract.validators import Validators
from talonproof.emulator import payload, seeding
from talonproof.emulator.access import Access, AccessLog, Shown, shown
from talonproof.emulator.call import Call
from talonproof.emulator.instant import SECOND, Clock, SystemClock
from talonproof.emulator.message import Reply, Request, as_object, reply
from talonproof.emulator.operations import HANDLERS
from talonproof.emulator.parameters import ParameterReader
from talonproof.emulator.refusal import INVALID, Problem, Refusal, bad_parameter
from talonproof.emulator.router import Route, Router
from talonproof.emulator.store import Store
from talonproof.emulator.turns import Subject, subject
from talonproof.emulator.world import Application, Key, World

if TYPE_CHECKING:
    from talonproof.emulator.faults import Fault

_LOG = logging.getLogger(__name__)

_SCHEME = "ApiKey-v1 "
_HEALTH = "/_health"
_OWN_PAGES = frozenset({"/", _HEALTH})
_MAX_WORDED = 16 * 1024
"""Above this many bytes a wrong body is refused as a whole: wording every error of a large one takes too long."""

_TEST_OPERATIONS = frozenset({"updateCustomerSessionV2", "updateCustomerProfileV2", "trackEventV2"})
"""What a test key may call, and only dry."""


class Emulator:
    """A server of the Integration API over one store.

    It is safe to call from several threads; calls run one after the other.
    """

    def __init__(
        self,
        world: World,
        contract: Contract,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        validators: Validators | None = None,
        faults: Sequence[Fault] = (),
        access: AccessLog | None = None,
    ) -> None:
        """Loads the world into the store if that is fresh (default: one in memory).

        ``validators`` of the same contract may be shared by several emulators: they are compiled only once. ``access``
        is told of every request.
        Raises DocumentError for a world that does not hold together.
        """
        self.world = world
        self.contract = contract
        self.store = store or Store()
        self.clock = clock or SystemClock()
        self.access = access or AccessLog()
        self._validators = validators or Validators(contract)
        self._router = Router(contract.operations.values())
        self._readers = {o.id: ParameterReader(o, contract) for o in contract.operations.values()}
        self._properties = _properties(contract)
        self._with_status = {o.id: _statuses_with_number(o, contract) for o in contract.operations.values()}
        if self.store.fresh:
            seeding.load(world, self.store, self.clock.now(), self._validators)
        self._loaded = seeding.loaded_at(self.store)
        self._proceed: Callable[[Request], Reply] = self._answer
        self.dawdles = max((fault.dawdles for fault in faults), default=0.0)
        for fault in faults:
            self._proceed = _planted(fault, self._proceed, self)

    def handle(self, request: Request) -> Reply:
        """The reply to a request. Never raises: what goes wrong inside is logged and answered with a 500."""
        begun = time.perf_counter()
        try:
            answer = self._proceed(request)
        except Exception:  # noqa: BLE001  # whatever it is, the client gets an answer and the log the rest
            _LOG.exception("%s %s failed", request.method, request.path)
            answer = reply(500, {"message": "The server failed.", "StatusCode": 500})
        return self._finished(request, answer, begun)

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """The reply to a request that is refused before anything of it is looked at."""
        return self._finished(request, reply(refusal.status, refusal.document(with_status=True)), time.perf_counter())

    def subject(self, request: Request) -> Subject | None:
        """What the request updates, where only one may do so at a time; None for one that is going to be refused."""
        route = self.route(request)
        application = self.application_of(request)
        if route is None or application is None:
            return None
        return subject(route.operation, route.values, request.document(), application.id)

    def shown(self, access: Access) -> Shown:
        """A request of the past as it may be shown."""
        route = self.route(Request(access.method, access.target))
        return shown(access, route.operation.id if route else "", self.world.keys)

    def close(self) -> None:
        """Closes the store and the access log."""
        self.store.close()
        self.access.close()

    def _finished(self, request: Request, answer: Reply, begun: float) -> Reply:
        size = len(answer.body)
        headers = {**answer.headers, "date": _date(self.clock.now() // SECOND)}
        if answer.status != 204:
            headers["content-length"] = str(size)
        key = self._key(request)
        self.access.note(
            Access(
                moment=time.time(),
                method=request.method,
                target=request.target,
                application=key.application if key else 0,
                test=key.test if key else False,
                status=answer.status,
                took=time.perf_counter() - begun,
                size=size,
            ),
            self.shown,
            keep=request.path not in _OWN_PAGES,
        )
        return Reply(answer.status, headers, answer.body)

    def route(self, request: Request) -> Route | None:
        """The operation of a request with the values of its path; None where there is none."""
        try:
            return self._router.route(request.method, request.path)
        except Refusal:
            return None

    def application_of(self, request: Request) -> Application | None:
        """The Application whose key the request carries; None without a valid key."""
        try:
            return self.world.applications[self._authenticate(request).application]
        except Refusal:
            return None

    def _answer(self, request: Request) -> Reply:
        if request.method == "GET" and request.path in _OWN_PAGES:
            return self._own_page(request)
        try:
            route = self._router.route(request.method, request.path)
        except Refusal as refusal:
            return reply(refusal.status, refusal.document(with_status=True))
        try:
            return self._operate(request, route.operation, route.values)
        except Refusal as refusal:
            numbered = self._with_status[route.operation.id].get(refusal.status, True)
            return reply(refusal.status, refusal.document(with_status=numbered))

    def _operate(self, request: Request, operation: Operation, path: Mapping[str, str]) -> Reply:
        key = self._authenticate(request)
        handler = HANDLERS.get(operation.id)
        if handler is None:
            raise Refusal(501, f"{operation.id} is not built yet.")
        parameters = self._readers[operation.id].read(path, request.query)
        dry = parameters.get("dry", False) or key.test
        if key.test:
            _check_test_key(operation, parameters)
        call = Call(
            application=self.world.applications[key.application],
            parameters=parameters,
            body=self._body(request, operation),
            dry=dry,
            now=self.clock.now(),
            store=self.store,
            world=self.world,
            properties=self._properties,
            loaded=self._loaded,
        )
        with self.store.reading() if operation.method == "GET" else self.store.transaction(keep=not dry):
            return handler(call)

    def _key(self, request: Request) -> Key | None:
        header = request.headers.get("authorization", "")
        return self.world.keys.get(header[len(_SCHEME) :]) if header.startswith(_SCHEME) else None

    def _authenticate(self, request: Request) -> Key:
        key = self._key(request)
        if key is None:
            raise Refusal(401, "The request carries no valid API key.")
        if key.expires is not None and self._loaded + key.expires <= self.clock.now():
            raise Refusal(401, "The API key has expired.")
        return key

    def _body(self, request: Request, operation: Operation) -> Any:
        payload.refuse_long(request.body)
        if operation.body is None:
            return None
        body = payload.decode(request.body)
        if operation.id == "updateCustomerSessionV2":
            _drop_nulls(body)
        validator = self._validators.body(operation.id)
        if validator is not None and not validator.is_valid(body):
            raise Refusal(400, INVALID, self._problems(request, operation, body))
        return body

    def _problems(self, request: Request, operation: Operation, body: Any) -> list[Problem]:
        validator = self._validators.body(operation.id)
        errors = validator.errors(body) if validator and len(request.body) <= _MAX_WORDED else ()
        found = [Problem(error.keyword, error.message, pointer=error.pointer) for error in errors]
        return found or [Problem("schema", "The body does not follow its schema.", pointer="")]

    def _own_page(self, request: Request) -> Reply:
        if request.path == _HEALTH:
            with self.store.reading():
                self.store.one("SELECT 1 FROM meta")
            return reply(200, {"status": "ok"})
        about = {
            "name": "talonproof emulator",
            "version": talonproof.__version__,
            "edition": self.contract.edition,
            "about": "A reference server of the Talon.One Integration API, for tests. It is not made by Talon.One.",
            "unbuilt": sorted(self.contract.operations.keys() - HANDLERS.keys()),
        }
        if "text/html" not in request.headers.get("accept", ""):
            return reply(200, about)
        # Imported here: jinja2 is for those who look, and takes longer to load than the emulator to be ready.
        from talonproof.emulator import page  # noqa: PLC0415

        recent = [self.shown(access) for access in self.access.recent()]
        with self.store.reading():
            return page.written(page.content(about, self.world, self.store, recent, self.clock.now()))


@lru_cache(maxsize=8)
def _date(second: int) -> str:
    """A second since 1970 as HTTP writes it; many answers have the same."""
    return formatdate(second, usegmt=True)


def _planted(fault: Fault, proceed: Callable[[Request], Reply], emulator: Emulator) -> Callable[[Request], Reply]:
    return lambda request: fault.intercept(request, proceed, emulator)


def _properties(contract: Contract) -> dict[str, frozenset[str]]:
    """The names of the properties of each schema, by its name."""
    schemas: Mapping[str, Mapping[str, Any]] = contract.document.get("components", {}).get("schemas", {})
    return {name: frozenset(schema.get("properties", ())) for name, schema in schemas.items()}


def _statuses_with_number(operation: Operation, contract: Contract) -> dict[int, bool]:
    """By error status, whether its documented body carries ``StatusCode``."""
    return {
        status: "StatusCode" in contract.resolve(response.schema).get("properties", {})
        for status, response in operation.responses.items()
        if status >= 400 and response.schema is not None
    }


def _check_test_key(operation: Operation, parameters: Mapping[str, Any]) -> None:
    if operation.id not in _TEST_OPERATIONS:
        raise Refusal(400, f"A test key cannot call {operation.id}.")
    if operation.id == "updateCustomerProfileV2" and not parameters["runRuleEngine"]:
        raise bad_parameter("runRuleEngine", "Required", "With a test key, runRuleEngine must be true.")


def _drop_nulls(body: Any) -> None:
    """A code that is sent as null is kept, as if it were left out; the schema alone would refuse it."""
    session = as_object((as_object(body) or {}).get("customerSession")) or {}
    for name in ("couponCodes", "referralCode"):
        if name in session and session[name] is None:
            del session[name]
