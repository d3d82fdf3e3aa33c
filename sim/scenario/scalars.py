"""Values of unquoted YAML scalars under the YAML 1.2 core schema."""

from __future__ import annotations

import math
import re
from typing import Any

MAX_DIGITS = 20
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


def is_too_long(text: str) -> bool:
    """Whether the text is a whole number of more digits than any key may have."""
    return len(text.lstrip("+-")) > MAX_DIGITS and _INT.fullmatch(text) is not None


def plain_scalar(text: str) -> Any:
    """Value of an unquoted scalar under the YAML 1.2 core schema (``NO`` and ``1980/81`` are text)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _SPECIAL.fullmatch(text):
        return math.nan if "n" in text.lower()[:2] else math.inf * (-1 if text[0] == "-" else 1)
    return text
