"""What an unquoted YAML word is: text, number, truth value, or something two readers take for different things."""

import re

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,20}\Z")
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

# What YAML 1.1 or 1.2 reads as a number, and we don't, or only one of them does.
NUMBER_LIKE = re.compile(
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?"
    r"|[0-9][0-9_]*(?:\.[0-9_]*)?[eE][-+]?[0-9]+"
    r"|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
    r"|\.(?:inf|Inf|INF|nan|NaN|NAN))\Z"
)
NUMBER_STARTS = frozenset("+-.0123456789")
DATE_LIKE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z")
# Not y and n: YAML 1.1 lists them, readers don't take them for truth values, and people write {x: 1, y: 2}.
WORD_LIKE = frozenset({"yes", "no", "on", "off", "true", "false", "null", "=", "<<"})
LONGEST_WORD = max(map(len, WORD_LIKE))

# Control, zero-width, bidirectional and other characters that people can't see or terminals obey, and CR.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)


def plain(word: str) -> str | int | float | bool | None:
    """Return what an unquoted word means; only for words that are not ambiguous."""
    if word in CONSTANTS:
        return CONSTANTS[word]
    if word[0] not in NUMBER_STARTS:
        return word
    if INTEGER.match(word):
        return int(word)
    return float(word) if DECIMAL.match(word) else word


def is_ambiguous(word: str) -> bool:
    """Tell whether some reader takes the unquoted word for something else than `plain` does."""
    if word in CONSTANTS:
        return False
    if word[0] not in NUMBER_STARTS:
        return len(word) <= LONGEST_WORD and word.lower() in WORD_LIKE
    if INTEGER.match(word) or DECIMAL.match(word):
        return False
    return bool(NUMBER_LIKE.match(word) or DATE_LIKE.match(word))
