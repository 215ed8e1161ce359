"""Malformed bodies are malformed."""

from __future__ import annotations

import json

import pytest

from strategies.malformed import BROKEN, TOLERATED, WRONG_TOP, Malformed


def _ids(each: Malformed) -> str:
    return each.label


@pytest.mark.parametrize("each", BROKEN, ids=_ids)
def test_broken_texts_are_read_by_no_parser(each: Malformed) -> None:
    """Not even Python's, which takes more than the standard allows."""
    with pytest.raises(json.JSONDecodeError):
        json.loads(each.raw)


@pytest.mark.parametrize("each", TOLERATED, ids=_ids)
def test_tolerated_texts_break_the_standard(each: Malformed) -> None:
    """A strict reading of the whole text refuses them."""
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError, ZeroDivisionError)):
        json.loads(each.raw.decode("utf-8"), parse_constant=lambda _: 1 / 0)


@pytest.mark.parametrize("each", WRONG_TOP, ids=_ids)
def test_wrong_documents_are_json_and_no_object(each: Malformed) -> None:
    """They parse, into something else than every body must be."""
    assert not isinstance(json.loads(each.raw), dict)


def test_labels_are_ids() -> None:
    """No two share a label."""
    labels = [each.label for each in (*BROKEN, *TOLERATED, *WRONG_TOP)]

    assert len(set(labels)) == len(labels)
