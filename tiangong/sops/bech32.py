"""Bech32, as age writes its keys: BIP 173 without its limit of 90 characters."""

from collections.abc import Iterable

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKED = 6
"""characters of the check sum"""
LONGEST = 256


def encode(prefix: str, raw: bytes) -> str:
    """Write bytes with a prefix, in lower case."""
    data = _regroup(raw, 8, 5, pad=True)
    sum_ = _polymod([*_expanded(prefix), *data, *[0] * CHECKED]) ^ 1
    data += [(sum_ >> 5 * (CHECKED - 1 - at)) & 31 for at in range(CHECKED)]
    return f"{prefix}1{''.join(CHARSET[one] for one in data)}"


def decode(word: str) -> tuple[str, bytes]:
    """Prefix and bytes; ValueError when it isn't Bech32, mixes cases, or was mistyped."""
    if len(word) > LONGEST or word not in (word.lower(), word.upper()):
        raise ValueError("it is too long, or mixes upper and lower case")
    prefix, one, rest = word.lower().rpartition("1")
    if not prefix or not one or len(rest) < CHECKED or any(letter not in CHARSET for letter in rest):
        raise ValueError("it isn't Bech32")
    data = [CHARSET.index(letter) for letter in rest]
    if _polymod([*_expanded(prefix), *data]) != 1:
        raise ValueError("its check sum is wrong: a character is missing or was changed")
    return prefix, bytes(_regroup(data[:-CHECKED], 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    return [*(ord(one) >> 5 for one in prefix), 0, *(ord(one) & 31 for one in prefix)]


def _polymod(values: Iterable[int]) -> int:
    sum_ = 1
    for value in values:
        top, sum_ = sum_ >> 25, (sum_ & 0x1FFFFFF) << 5 ^ value
        for at, one in enumerate(GENERATOR):
            sum_ ^= one if top >> at & 1 else 0
    return sum_


def _regroup(values: Iterable[int], from_: int, to: int, *, pad: bool) -> list[int]:
    held = bits = 0
    found = []
    for value in values:
        held, bits = held << from_ | value, bits + from_
        while bits >= to:
            bits -= to
            found.append(held >> bits)
            held &= (1 << bits) - 1
    if pad and bits:
        found.append(held << (to - bits))
    elif not pad and (bits >= from_ or held):
        raise ValueError("it ends in bits that mean nothing")
    return found
