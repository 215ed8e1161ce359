"""What interceptors do over and over: read a request, edit a body on its way, reach into the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talonproof.emulator import catalog, session
from talonproof.emulator.faults.fault import Proceed
from talonproof.emulator.message import Reply, Request, as_array, as_object
from talonproof.emulator.session import Session
from talonproof.emulator.world import Key

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

Edit = Callable[[dict[str, Any]], object]
"""Changes a JSON object in place."""

_TRUE = {"true", "True", "TRUE", "1"}


def query(request: Request, name: str) -> str | None:
    """The first value of a query parameter."""
    return next((value for key, value in request.pairs() if key == name), None)


def in_path(request: Request, emulator: Emulator, name: str) -> str:
    """A value of the path, decoded; empty where it has none of that name."""
    route = emulator.route(request)
    return route.values.get(name, "") if route else ""


def sent_list(request: Request, name: str) -> list[Any]:
    """The list under a name of the body; empty where there is none."""
    body = as_object(request.document())
    return as_array(body.get(name)) or [] if body else []


def with_list(request: Request, name: str, items: list[Any]) -> Request:
    """The request with another list under a name of its body."""
    return edited_body(request, lambda body: body.update({name: items}))


def in_parts(request: Request, proceed: Proceed, name: str, size: int) -> Reply:
    """The reply to the first part of a list that is too long, the rest of it being sent after that."""
    items = sent_list(request, name)
    answer = proceed(with_list(request, name, items[:size]) if len(items) > size else request)
    for first in range(size, len(items), size) if answer.ok else ():
        proceed(with_list(request, name, items[first : first + size]))
    return answer


def is_dry(request: Request) -> bool:
    """Whether the request asks for a dry run."""
    return query(request, "dry") in _TRUE


def with_query(request: Request, **values: str | int) -> Request:
    """The request with some query parameters set."""
    kept = [pair for pair in request.pairs() if pair[0] not in values]
    return request.with_pairs([*kept, *((name, str(value)) for name, value in values.items())])


def key_of(request: Request, emulator: Emulator) -> Key | None:
    """The key of the world that the request carries, expired or not."""
    return emulator.world.keys.get(request.headers.get("authorization", "").removeprefix("ApiKey-v1 "))


def with_key(request: Request, key: str) -> Request:
    """The request under another API key."""
    return replace(request, headers={**request.headers, "authorization": f"ApiKey-v1 {key}"})


def live_key(emulator: Emulator) -> str:
    """The first key of the world that is neither a test key nor expires."""
    return next(key.key for key in emulator.world.keys.values() if not key.test and key.expires is None)


def catalog_prices(emulator: Emulator) -> dict[str, Decimal | None]:
    """The prices of all items of all catalogs, by SKU."""
    with emulator.store.reading():
        kept = [item for number in emulator.world.catalogs for item in catalog.items(emulator.store, number)]
    return {item.sku: item.price for item in kept}


def edited_body(request: Request, edit: Edit) -> Request:
    """The request with its JSON body edited in place; as it is where the body has not the shape for that."""
    body = as_object(request.document())
    if body is None:
        return request
    try:
        edit(body)
        return request.with_document(body)
    except (AttributeError, KeyError, TypeError, ValueError):
        return request


def sent_session(request: Request) -> dict[str, Any] | None:
    """The ``customerSession`` of the body, if that is an object."""
    body = as_object(request.document())
    return as_object(body.get("customerSession")) if body else None


def edited_session(request: Request, edit: Edit) -> Request:
    """The request with the ``customerSession`` of its body edited in place."""

    def inside(body: dict[str, Any]) -> None:
        if isinstance(body.get("customerSession"), dict):
            edit(body["customerSession"])

    return edited_body(request, inside)


def edited_reply(reply: Reply, edit: Edit) -> Reply:
    """The reply with its JSON body edited in place, if it is a success that has one."""
    if not reply.ok or not reply.body:
        return reply
    body = reply.document()
    edit(body)
    return reply.with_document(body)


def edited_section(reply: Reply, section: str, edit: Edit) -> Reply:
    """The reply with one section of its body edited in place, if it is there."""
    return edited_reply(reply, lambda body: edit(body[section]) if section in body else None)


def problems_of(reply: Reply) -> list[dict[str, Any]]:
    """What a refusal says is wrong; empty where it says nothing of that, or is none."""
    body = None if reply.ok or not reply.body else as_object(reply.document())
    return as_array(body.get("errors")) or [] if body else []


def is_action(item: object, key: str, *words: str) -> bool:
    """Whether an item of a body is an object that has one of the words under a key."""
    found = as_object(item)
    return found is not None and found.get(key) in words


def stored(request: Request, emulator: Emulator) -> Session | None:
    """The session that the path names, as it is stored; None without one, or without a valid key."""
    route, application = emulator.route(request), emulator.application_of(request)
    if route is None or application is None or "customerSessionId" not in route.values:
        return None
    with emulator.store.reading():
        return session.find(emulator.store, application.id, route.values["customerSessionId"])


def state(request: Request, emulator: Emulator) -> str | None:
    """The stored state of the session that the path names."""
    found = stored(request, emulator)
    return found.state if found else None


def overwrite(request: Request, emulator: Emulator, edit: Callable[[Session], None]) -> None:
    """Edits the stored session that the path names, past every rule."""
    found = stored(request, emulator)
    if found is not None:
        edit(found)
        with emulator.store.transaction():
            session.save(emulator.store, found)


def set_state(request: Request, emulator: Emulator, wanted: str) -> None:
    """Puts the stored session into a state, past every rule."""

    def edit(found: Session) -> None:
        found.state = wanted

    overwrite(request, emulator, edit)


def show_state(reply: Reply, shown: str) -> Reply:
    """The reply with another state in its session."""
    return edited_section(reply, "customerSession", lambda part: part.update(state=shown))
