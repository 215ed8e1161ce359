"""Notices: what a rule tells the integration, other systems, or the data of the account."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine.condition import ItemFilter
from talonproof.emulator.world import Entity

if TYPE_CHECKING:
    from talonproof.emulator.engine.scene import Scene

NOTIFICATIONS = ("Info", "Offer", "Error", "Misc")


@dataclass(frozen=True, slots=True)
class Notification:
    """The integration shows a text."""

    kind: str
    title: str
    body: str

    def propose(self, scene: Scene) -> None:
        """Adds ``showNotification``."""
        props = {"notificationType": self.kind, "title": self.title, "body": self.body}
        scene.add("showNotification", props)


@dataclass(frozen=True, slots=True)
class AttributeUpdate:
    """A custom attribute gets a value: of the customer, of the session, or of some of its items."""

    of: Entity
    name: str
    value: Any
    items: ItemFilter

    def propose(self, scene: Scene) -> None:
        """Adds ``updateAttribute``, one for each line where it is one of items."""
        value = copy.deepcopy(self.value)
        match self.of:
            case Entity.PROFILE:
                if scene.customer:
                    self._add(scene, "Profile", entity="profile", value=value)
            case Entity.SESSION:
                if scene.known_session:
                    self._add(scene, "Session", entity="session", value=value)
            case _:
                for position, line in scene.lines():
                    if self.items.takes(scene, line):
                        self._add(scene, f"Session.CartItems[{position}]", entity="item", value=value, line=position)

    def _add(self, scene: Scene, owner: str, **terms: Any) -> None:
        props = {"path": f"{owner}.Attributes.{self.name}", "value": terms["value"]}
        scene.add("updateAttribute", props, name=self.name, **terms)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Another system is called; this server calls nobody, it only says so."""

    id: int
    name: str

    def propose(self, scene: Scene) -> None:
        """Adds ``triggerWebhook``."""
        props = {"webhookId": self.id, "webhookName": self.name}
        scene.add("triggerWebhook", props, spends=scene.budgets.spend("callApi"))


@dataclass(frozen=True, slots=True)
class AudienceChange:
    """The customer joins an audience, or leaves it."""

    joins: bool
    audience: int
    name: str

    def propose(self, scene: Scene) -> None:
        """Adds ``addToAudience`` or ``removeFromAudience``."""
        props: dict[str, Any] = {
            "audienceId": self.audience,
            "audienceName": self.name,
            "profileIntegrationId": scene.customer,
        }
        if scene.profile is not None:
            props["profileId"] = scene.profile.id
        scene.add("addToAudience" if self.joins else "removeFromAudience", props)


@dataclass(frozen=True, slots=True)
class Custom:
    """An effect that the account has defined: for the session, or for each unit of its ``items``."""

    id: int
    name: str
    payload: Mapping[str, Any]
    items: ItemFilter | None = None

    def propose(self, scene: Scene) -> None:
        """Adds ``customEffect``."""
        if self.items is None:
            self._add(scene, {})
            return
        for position, line in scene.lines():
            if self.items.takes(scene, line):
                for unit in range(line["quantity"]):
                    self._add(scene, {"cartItemPosition": position, "cartItemSubPosition": unit})

    def _add(self, scene: Scene, place: Mapping[str, int]) -> None:
        props = {"effectId": self.id, "name": self.name, "payload": copy.deepcopy(dict(self.payload)), **place}
        scene.add("customEffect", props, spends=scene.budgets.spend("customEffect"))
