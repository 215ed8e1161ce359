"""The coupons of a target may stand in a CSV beside its file, each with its kind: the one that was imported will do."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from talonproof.errors import DocumentError, closest
from talonproof.target.table import COUPON_KINDS


def read_coupons(file: Path) -> Mapping[str, tuple[str, ...]]:
    """The codes by kind, in the order of the file; a row without a kind is of the pool, other columns are left alone.

    Raises DocumentError with file and line for what cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(str(getattr(error, "strerror", None) or error), file=str(file)) from None
    rows = csv.DictReader(text.splitlines())
    columns = [name.strip().lower() for name in rows.fieldnames or ()]
    if "value" not in columns:
        raise DocumentError("there is no column value", file=str(file), line=1, hint="value,kind")
    rows.fieldnames = columns
    found: dict[str, list[str]] = {}
    for row in rows:
        code = (row.get("value") or "").strip()
        kind = (row.get("kind") or "pool").strip().lower()
        if kind not in COUPON_KINDS:
            message = f"there is no kind of coupon {kind}"
            raise DocumentError(message, file=str(file), line=rows.line_num, hint=closest(kind, COUPON_KINDS))
        if not code:
            raise DocumentError("a coupon without a value", file=str(file), line=rows.line_num)
        found.setdefault(kind, []).append(code)
    return {kind: tuple(dict.fromkeys(codes)) for kind, codes in found.items()}
