"""An overlay laid over a document gives another document, or says in which line it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.document import load
from talonproof.errors import DocumentError

BASE = """\
openapi: 3.1.0
info: {title: t, version: '1'}
tags: [{name: one}]
paths:
  /a:
    get:
      parameters: [{name: size, in: query, schema: {type: integer, maximum: 50}}]
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  schemas:
    A: {type: object, required: [a, b], properties: {a: {type: integer}, b: {$ref: '#/components/schemas/B'}}}
    B: {type: string, maxLength: 5}
"""
HEAD = "overlay: 1.1.0\ninfo: {title: t, version: '2'}\nextends: base.yaml\n"


def overlaid(folder: Path, actions: str, *, head: str = HEAD, base: str = BASE) -> dict[str, Any]:
    """The document that an overlay with these actions results in; its actions begin in line 5."""
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    path = folder / "overlay.yaml"
    path.write_text(head + "actions:\n" + actions, encoding="utf-8")
    return load(path)


def refused(folder: Path, actions: str, *, head: str = HEAD) -> DocumentError:
    """The error with which an overlay is refused."""
    with pytest.raises(DocumentError) as caught:
        overlaid(folder, actions, head=head)
    return caught.value


class TestActions:
    """What actions do, one after the other."""

    def test_an_update_is_merged(self, tmp_path: Path) -> None:
        """Plain values take the place of old ones, objects are merged, lists are joined, the rest stays."""
        found = overlaid(
            tmp_path,
            "  - target: $\n    update: {info: {version: '2'}, tags: [{name: two}]}\n"
            "  - target: $.components.schemas.A\n"
            "    update: {required: [c], properties: {c: {type: boolean}, a: {minimum: 1}}}\n",
        )

        assert {"title": "t", "version": "2"} == found["info"]
        assert [{"name": "one"}, {"name": "two"}] == found["tags"]
        assert {
            "type": "object",
            "required": ["a", "b", "c"],
            "properties": {
                "a": {"type": "integer", "minimum": 1},
                "b": {"$ref": "#/components/schemas/B"},
                "c": {"type": "boolean"},
            },
        } == found["components"]["schemas"]["A"]
        assert {"/a"} == set(found["paths"])

    def test_every_place_is_updated(self, tmp_path: Path) -> None:
        """An update is merged into each place that is selected, wherever it is, and shared by none of them."""
        found = overlaid(
            tmp_path,
            "  - target: $..[?@.type == 'integer']\n    update: {x-seen: {n: 1}}\n"
            "  - target: $.components..['x-seen']\n    update: {n: 2}\n",
        )

        assert {"n": 1} == found["paths"]["/a"]["get"]["parameters"][0]["schema"]["x-seen"]
        assert {"n": 2} == found["components"]["schemas"]["A"]["properties"]["a"]["x-seen"]

    def test_what_is_removed_can_be_written_anew(self, tmp_path: Path) -> None:
        """Objects and lists go as a whole; actions are taken in their order."""
        found = overlaid(
            tmp_path,
            "  - target: $.components.schemas['A', 'B']\n    remove: true\n"
            "  - target: $.components.schemas\n    update: {A: {type: array}}\n"
            "  - target: $.tags[0]\n    remove: true\n",
        )

        assert {"A": {"type": "array"}} == found["components"]["schemas"]
        assert [] == found["tags"]

    def test_items_of_a_list_are_removed_together(self, tmp_path: Path) -> None:
        """Removing several items removes just those."""
        base = BASE.replace("[{name: one}]", "[{name: one}, {name: two}, {name: three}]")
        found = overlaid(tmp_path, "  - target: $.tags[0, 2]\n    remove: true\n", base=base)

        assert [{"name": "two"}] == found["tags"]

    def test_a_copy_is_merged_like_an_update(self, tmp_path: Path) -> None:
        """What stands in one place is copied to another, and the two change apart from then on."""
        found = overlaid(
            tmp_path,
            "  - target: $.components.schemas\n    update: {C: {description: c}}\n"
            "  - target: $.components.schemas.C\n    copy: $.components.schemas.B\n"
            "  - target: $.components.schemas.C\n    update: {maxLength: 9}\n",
        )

        assert {"type": "string", "maxLength": 5} == found["components"]["schemas"]["B"]
        assert {"type": "string", "maxLength": 9, "description": "c"} == found["components"]["schemas"]["C"]

    def test_a_copy_into_itself_ends(self, tmp_path: Path) -> None:
        """What is copied is what stood there before, even where it is copied into itself."""
        found = overlaid(tmp_path, "  - target: $.info\n    copy: $\n")

        assert {"title": "t", "version": "1"} == found["info"]["info"]
        assert "info" not in found["info"]["info"]

    def test_remove_false_is_nothing(self, tmp_path: Path) -> None:
        """An action may say that it does not remove, and have a description."""
        actions = "  - {target: $.info, description: d, remove: false, update: {version: '2'}, x-note: n}\n"

        assert "2" == overlaid(tmp_path, actions)["info"]["version"]


class TestBase:
    """What an overlay is laid over."""

    def test_3_0_is_turned_first(self, tmp_path: Path) -> None:
        """An overlay on a 3.0 document is laid over what that says in 3.1."""
        base = BASE.replace("3.1.0", "3.0.3").replace("maxLength: 5", "nullable: true")
        found = overlaid(tmp_path, "  - target: $.components.schemas.B\n    update: {maxLength: 7}\n", base=base)

        assert {"type": ["string", "null"], "maxLength": 7} == found["components"]["schemas"]["B"]

    def test_an_overlay_on_an_overlay(self, tmp_path: Path) -> None:
        """What an overlay extends may be one itself."""
        overlaid(tmp_path, "  - target: $.info\n    update: {version: '2'}\n")
        path = tmp_path / "second.yaml"
        actions = "actions:\n  - target: $.info\n    update: {title: u}\n"
        path.write_text(HEAD.replace("base", "overlay") + actions, encoding="utf-8")

        assert {"title": "u", "version": "2"} == load(path)["info"]

    def test_an_overlay_on_itself(self, tmp_path: Path) -> None:
        """Overlays that extend each other have no base."""
        error = refused(tmp_path, "  - target: $.info\n    update: {}\n", head=HEAD.replace("base", "./overlay"))

        assert "the overlay extends itself" in error.message
        assert 3 == error.line

    @pytest.mark.parametrize(
        ("head", "line", "message"),
        [
            (HEAD.replace("1.1.0", "2.0.0"), 1, "overlay: 2.0.0"),
            (HEAD.replace("1.1.0", "1.1"), 1, "overlay: 1.1"),
            (HEAD.replace("base.yaml", "bas.yaml"), 3, "there is no such file"),
            (HEAD.replace("base.yaml", "https://example.com/base.yaml"), 3, "into the network"),
            (HEAD.replace("base.yaml", "[]"), 3, "extends a document"),
            (HEAD.replace("extends", "x-extends"), None, "extends a document"),
            (HEAD.replace("extends", "extend"), 3, "the key extend is unknown"),
        ],
    )
    def test_wrong_head(self, tmp_path: Path, head: str, line: int | None, message: str) -> None:
        """Other versions, unknown keys and bases that cannot be read are named with their line."""
        error = refused(tmp_path, "  - target: $.info\n    update: {}\n", head=head)

        assert message in error.message
        assert (str(tmp_path / "overlay.yaml"), line) == (error.file, error.line)


@pytest.mark.parametrize(
    ("actions", "line", "message"),
    [
        ("  []\n", 4, "has a list of actions"),
        ("  - $.info\n", 5, "an action is an object"),
        ("  - update: {}\n", 5, "a JSONPath is expected"),
        ("  - target: 1\n    update: {}\n", 5, "a JSONPath is expected"),
        ("  - target: $.info\n", 5, "does one of update, copy and remove"),
        ("  - target: $.info\n    update: {}\n    remove: true\n", 5, "does one of update, copy and remove"),
        ("  - target: $.info\n    updat: {}\n", 6, "the key updat is unknown"),
        ("  - target: $.info.\n    update: {}\n", 5, "column 8: a name is expected"),
        ("  - target: $.components.schemas.C\n    update: {}\n", 5, "selects nothing"),
        ("  - target: $.info.title\n    update: {}\n", 6, "not at /info/title"),
        ("  - target: $.tags\n    update: {name: two}\n", 6, "not at /tags"),
        ("  - target: $.info\n    update: [1]\n", 6, "not at /info"),
        ("  - target: $.info\n    update: {title: {a: 1}}\n", 6, "/info/title is of another kind"),
        ("  - target: $\n    update:\n      info:\n        title: u\n      tags: {}\n", 9, "/tags is of another kind"),
        ("  - target: $\n    remove: true\n", 5, "not the document"),
        ("  - target: $.info.title\n    remove: true\n", 5, "not /info/title"),
        ("  - target: $.info\n    copy: $.components.schemas.*\n", 6, "selects 2 places"),
        ("  - target: $.info\n    copy: $.nowhere\n", 6, "selects nothing"),
    ],
)
def test_wrong_actions(tmp_path: Path, actions: str, line: int, message: str) -> None:
    """An action that cannot be done is named with its line; none is passed over."""
    error = refused(tmp_path, actions)

    assert message in error.message
    assert (str(tmp_path / "overlay.yaml"), line) == (error.file, error.line)


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ("  - target: $.components.schemas.B\n    remove: true\n", "'#/components/schemas/B' at /components/schemas/A"),
        ("  - target: $.components.schemas.B\n    update: {$ref: 'other.yaml'}\n", "leads out of the document"),
    ],
)
def test_references_of_the_result(tmp_path: Path, actions: str, message: str) -> None:
    """A reference that leads nowhere once the overlay is laid over is an error of the overlay."""
    error = refused(tmp_path, actions)

    assert message in error.message
    assert str(tmp_path / "overlay.yaml") == error.file


def test_a_property_called_ref(tmp_path: Path) -> None:
    """Only what stands where a reference can stand is one."""
    actions = "  - target: $.components.schemas.A.properties\n    update: {$ref: {type: string}}\n"

    assert {"type": "string"} == overlaid(tmp_path, actions)["components"]["schemas"]["A"]["properties"]["$ref"]
