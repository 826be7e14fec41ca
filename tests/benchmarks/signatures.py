"""Checking the signatures of documents that were read: everything around the Ed25519 equation ÷ the equation alone."""

import hashlib
from collections.abc import Iterator

from tests.benchmarks.table import Row, turns
from tiangong.testing.simulator import World, keyholder
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE, MAGIC, check, dearmor
from tiangong.trust.wire import Reader, string

PIECES = 5


def rows(documents: int, rounds: int) -> Iterator[Row]:
    """Ours takes armored sidecars and documents; the other side gets keys, raw signatures and signed bytes ready."""
    key = keyholder("ci-release")
    world = World.small()
    template = world.files[world.release("shop", "1.0.0")]
    read = [template.replace(b"1.0.0", b"1.%d.0" % number) for number in range(documents // PIECES)]
    signed = [(raw, key.sign(raw)) for raw in read]
    public = key.private.public_key()
    ready = [_equation(raw, armored) for raw, armored in signed]

    def ours() -> None:
        for raw, armored in signed:
            check(armored, raw, DOCUMENT_NAMESPACE)

    def alone() -> None:
        for signature, data in ready:
            public.verify(signature, data)

    mine, peer = turns(rounds * PIECES, ours, alone)
    what = f"signatures of {documents:,} documents in memory"
    yield Row(what, mine * PIECES, "Ed25519 alone", peer * PIECES, aim=1.3)


def _equation(raw: bytes, armored: bytes) -> tuple[bytes, bytes]:
    """The raw signature, and the bytes it was made over."""
    reader = Reader(dearmor(armored))
    reader.take(len(MAGIC) + 4)
    *_, signature = (reader.string() for _ in range(5))
    inner = Reader(signature)
    inner.string()
    parts = (DOCUMENT_NAMESPACE.encode(), b"", b"sha512", hashlib.sha512(raw).digest())
    return inner.string(), MAGIC + b"".join(map(string, parts))
