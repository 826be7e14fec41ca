"""Archives: what the standard library packs comes out the same; every trick is refused and nothing is left behind."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.executors.conftest import MakeHand
from tiangong.errors import Misuse, Refused
from tiangong.executors.file import File, archive
from tiangong.executors.file.archive import DEEPEST, members
from tiangong.executors.file.bounds import Bounds
from tiangong.executors.file.parts import Kind

GIB = 1 << 30
Entry = tarfile.TarInfo


def entry(name: str, content: bytes = b"", **more: object) -> tuple[Entry, bytes]:
    """One member of a tar archive; `more` overwrites any field."""
    info = Entry(name)
    info.size = len(content)
    for field, value in more.items():
        setattr(info, field, value)
    return info, content


def tar(*entries: tuple[Entry, bytes], form: int = tarfile.GNU_FORMAT, pax: dict[str, str] | None = None) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=form, pax_headers=pax or {}) as out:
        for info, content in entries:
            out.addfile(info, io.BytesIO(content))
    return raw.getvalue()


def packed(*entries: tuple[str, bytes, int], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive; the number is the Unix mode with its type."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as out:
        for name, content, mode in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.create_system, info.compress_type = mode << 16, 3, method
            out.writestr(info, content)
    return raw.getvalue()


def read(raw: bytes, largest: int = GIB, strip: int = 0) -> dict[str, tuple[Kind, bool, str, bytes]]:
    found = members(io.BytesIO(raw), Bounds("app.tar", len(raw), largest), strip)
    return {m.path: (m.kind, m.executable, m.target, b"".join(m.chunks)) for m in found}


def refusal(raw: bytes, largest: int = GIB) -> str:
    with pytest.raises(Refused) as caught:
        read(raw, largest)
    (problem,) = caught.value.problems
    return f"{problem.code} {problem.facts.get('what', '')}".strip()


LINK, HARD = {"type": tarfile.SYMTYPE}, {"type": tarfile.LNKTYPE}
TRICKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "absolute": (lambda: tar(entry("/etc/passwd", b"x")), "holds an absolute path"),
    "dots": (lambda: tar(entry("a/../../x", b"x")), "holds a path with .."),
    "dots at the end": (lambda: tar(entry("a/..", type=tarfile.DIRTYPE)), "holds a path with .."),
    "backslash": (lambda: tar(entry("..\\x", b"x")), "holds a name with odd characters"),
    "newline": (lambda: tar(entry("a\nb", b"x")), "holds a name with odd characters"),
    "bidi": (lambda: tar(entry("a\u202eb", b"x")), "holds a name with odd characters"),
    "not utf-8": (lambda: tar(entry("abc", b"")).replace(b"abc", b"\xff\xfe\xfd", 1), "damaged"),
    "absolute link": (lambda: tar(entry("a", linkname="/etc", **LINK)), "holds a link that leads out of it"),
    "link up": (lambda: tar(entry("a", linkname="../x", **LINK)), "holds a link that leads out of it"),
    "link up from below": (lambda: tar(entry("d/a", linkname="../../x", **LINK)), "holds a link that leads out of it"),
    "link through a link": (
        lambda: tar(entry("d/e/here", linkname=".", **LINK), entry("a", linkname="d/e/here/../../../x", **LINK)),
        "holds a link that leads out of it",
    ),
    "links in a circle": (
        lambda: tar(entry("a", linkname="b", **LINK), entry("b", linkname="a", **LINK)),
        "holds a link that leads out of it",
    ),
    "exit and come back": (
        lambda: tar(entry("a", linkname="../site/x", **LINK)),
        "holds a link that leads out of it",
    ),
    "empty link": (lambda: tar(entry("a", linkname="", **LINK)), "holds a link that leads nowhere"),
    "file below a link": (
        lambda: tar(entry("a", linkname="b", **LINK), entry("a/x", b"x")),
        "holds something below what isn't a folder",
    ),
    "link over a folder": (
        lambda: tar(entry("a/x", b"x"), entry("a", linkname="b", **LINK)),
        "holds the same path twice",
    ),
    "file below a file": (
        lambda: tar(entry("a", b"x"), entry("a/x", b"x")),
        "holds something below what isn't a folder",
    ),
    "twice": (lambda: tar(entry("a", b"1"), entry("./a", b"2")), "holds the same path twice"),
    "hard link out": (
        lambda: tar(entry("a", linkname="../x", **HARD)),
        "holds a path with ..",
    ),
    "hard link to a link": (
        lambda: tar(entry("s", linkname="t", **LINK), entry("a", linkname="s", **HARD)),
        "gives a second name to something that isn't a file of it",
    ),
    "hard link to what comes later": (
        lambda: tar(entry("a", linkname="b", **HARD), entry("b", b"x")),
        "gives a second name to something that isn't a file of it",
    ),
    "hard link to the host": (
        lambda: tar(entry("a", linkname="/etc/passwd", **HARD)),
        "holds an absolute path",
    ),
    "character device": (lambda: tar(entry("a", type=tarfile.CHRTYPE, devmajor=1, devminor=3)), "holds a device"),
    "block device": (lambda: tar(entry("a", type=tarfile.BLKTYPE)), "holds a device"),
    "pipe": (lambda: tar(entry("a", type=tarfile.FIFOTYPE)), "holds a pipe"),
    "sparse": (lambda: tar(entry("a", type=tarfile.GNUTYPE_SPARSE)), "holds a sparse file"),
    "sparse by pax": (
        lambda: tar(entry("a", b"x", pax_headers={"GNU.sparse.major": "1"}), form=tarfile.PAX_FORMAT),
        "holds a sparse file",
    ),
    "unknown type": (lambda: tar(entry("a", type=b"V")), "holds something that is neither file, folder nor link"),
    "one path for all": (
        lambda: tar(entry("a", b"x"), form=tarfile.PAX_FORMAT, pax={"path": "b"}),
        "gives all members one path",
    ),
    "folder with bytes": (
        lambda: (
            tar(entry("a", b"x" * 600)).replace(b"\x000\x00", b"\x000\x00", 1)[:156]
            + b"5"
            + tar(entry("a", b"x" * 600))[157:]
        ),
        "damaged",
    ),
    "too deep": (lambda: tar(entry("d/" * (DEEPEST + 1) + "x", b"x")), "holds a path that is too long or too deep"),
    "name too long": (lambda: tar(entry("n" * 300, b"x")), "holds a path that is too long or too deep"),
    "nothing": (tar, "holds nothing"),
    "something after the end": (lambda: tar(entry("a", b"x")) + b"more", "holds something after its end"),
    "empty file": (lambda: b"", "ends in the middle"),
    "no archive": (lambda: b"just text, not an archive at all\n" * 40, "isn't a tar archive, or is damaged"),
    "zip dots": (lambda: packed(("../x", b"x", 0o100644)), "holds a path with .."),
    "zip absolute": (lambda: packed(("/x", b"x", 0o100644)), "holds an absolute path"),
    "zip link out": (lambda: packed(("a", b"../../x", 0o120777)), "holds a link that leads out of it"),
    "zip device": (lambda: packed(("a", b"", 0o020644)), "holds something that is neither file, folder nor link"),
    "zip odd packing": (
        lambda: packed(("a", b"x" * 99, 0o100644), method=zipfile.ZIP_LZMA),
        "is encrypted, or packed in an unusual way",
    ),
    "zip without an end": (lambda: packed(("a", b"x" * 999, 0o100644))[:60], "ends in the middle"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_are_refused(trick: str) -> None:
    make, what = TRICKS[trick]
    said = refusal(make())
    assert said.startswith("file/bad-archive")
    assert what in said


@pytest.mark.parametrize("trick", TRICKS)
def test_a_refused_archive_leaves_nothing(hand: MakeHand, tmp_path: Path, trick: str) -> None:
    base = tmp_path / "base"
    (base / "site").mkdir(parents=True)
    (base / "site/page").write_text("as before")
    me = hand(File(File.Config.model_validate({"basePath": str(base)})), payload={"app.tar": TRICKS[trick][0]()})
    assert me.code(unpack="app.tar", to="site") == "file/bad-archive"
    assert sorted(path.name for path in base.rglob("*")) == ["page", "site"]
    assert (base / "site/page").read_text() == "as before"
    assert {path.name for path in tmp_path.iterdir()} == {"base", "state"}


def test_zip_twice_the_same_name() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as out:
        out.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            out.writestr("a", b"2")
    assert refusal(raw.getvalue()) == "file/bad-archive holds the same path twice"


def test_zip_encrypted() -> None:
    raw = bytearray(packed(("a", b"secret", 0o100644)))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(raw)) == "file/bad-archive is encrypted, or packed in an unusual way"


def test_zip_says_less_than_it_holds() -> None:
    raw = bytearray(packed(("a", b"x" * 1000, 0o100644)))
    listing = raw.index(b"PK\x01\x02")
    raw[listing + 24 : listing + 28] = struct.pack("<I", 10)
    assert "file/bad-archive" in refusal(bytes(raw))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lambda raw: lzma.compress(raw, preset=0)])
def test_bombs_end_early(pack: Callable[[bytes], bytes]) -> None:
    """70 MB of zeros in some kB; a tar that says it holds 100 GiB."""
    zeros, bomb = bytes(70_000_000), entry("zeros")
    bomb[0].size = len(zeros)
    raw = pack(bomb[0].tobuf() + zeros)
    assert refusal(raw) == "file/archive-ratio"
    huge = entry("huge")[0]
    huge.size = 100 * GIB
    assert "ends in the middle" in refusal(pack(huge.tobuf() + bytes(10_000)))


def test_a_zip_bomb_ends_before_it_begins() -> None:
    assert refusal(packed(("zeros", bytes(70_000_000), 0o100644))) == "file/archive-ratio"


def test_too_large_for_this_host() -> None:
    noise = random.Random(4).randbytes(300_000)
    assert refusal(tar(entry("noise", noise)), largest=200_000) == "file/archive-too-large"
    assert refusal(packed(("noise", noise, 0o100644)), largest=200_000) == "file/archive-too-large"


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 99)
    assert len(read(tar(*(entry(f"{number}") for number in range(99))))) == 99
    assert refusal(tar(*(entry(f"{number}") for number in range(100)))) == "file/bad-archive holds more than 99 things"


def test_xz_that_asks_for_gigabytes_of_memory() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    raw = bytearray(lzma.compress(tar(entry("a", b"x")), format=lzma.FORMAT_XZ, filters=filters))
    # The block header: size, flags, filter id, size of properties, dictionary size (4 GiB - 1), its own checksum.
    size = (raw[12] + 1) * 4
    raw[16] = 40
    raw[12 + size - 4 : 12 + size] = struct.pack("<I", zlib.crc32(raw[12 : 12 + size - 4]))
    assert "Memory usage limit" in refusal(bytes(raw))


def test_a_header_that_would_fill_the_memory() -> None:
    long = entry("././@LongLink", type=tarfile.GNUTYPE_LONGNAME)[0]
    long.size = 4 * GIB
    assert "holds a header that is too long" in refusal(long.tobuf() + bytes(2048))


def test_zstd_is_named() -> None:
    with pytest.raises(Misuse) as caught:
        read(b"\x28\xb5\x2f\xfd" + bytes(100))
    assert caught.value.problems[0].code == "file/zstd"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_half_written_archives(pack: Callable[[bytes], bytes]) -> None:
    raw = pack(tar(entry("a", b"x" * 3000), entry("b", random.Random(1).randbytes(3000))))
    for length in range(0, len(raw) - 1, max(1, len(raw) // 40)):
        # A plain tar may lose what pads it to whole records.
        if pack is bytes and length >= 2 * 512 + 2 * 3072 + 512:
            continue
        with pytest.raises(Refused):
            read(raw[:length])


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_what_tar_packs_comes_out(form: int, pack: Callable[[bytes], bytes]) -> None:
    raw = tar(
        entry("./", type=tarfile.DIRTYPE),
        entry("./bin/run", b"#!/bin/sh\n", mode=0o755),
        entry("./data", b"y" * 5000, mode=0o600),
        entry("./empty", b""),
        entry("./folder", type=tarfile.DIRTYPE),
        entry("./folder/link", linkname="../data", **LINK),
        entry("./again", linkname="./bin/run", **HARD),
        form=form,
    )
    assert read(pack(raw)) == {
        "bin/run": (Kind.FILE, True, "", b"#!/bin/sh\n"),
        "data": (Kind.FILE, False, "", b"y" * 5000),
        "empty": (Kind.FILE, False, "", b""),
        "folder": (Kind.FOLDER, False, "", b""),
        "folder/link": (Kind.LINK, False, "../data", b""),
        "again": (Kind.HARD, False, "bin/run", b""),
    }


def test_long_names_in_all_ways() -> None:
    name = "folder-" * 8 + "/" + "name-" * 20 + "é"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert read(tar(entry(name, b"x"), form=form)) == {name: (Kind.FILE, False, "", b"x")}


def test_leading_folders_are_left_out() -> None:
    raw = tar(
        entry("app-1.0/", type=tarfile.DIRTYPE),
        entry("app-1.0/README", b"r"),
        entry("app-1.0/bin/run", b"x", mode=0o755),
        entry("app-1.0/run", linkname="app-1.0/bin/run", **HARD),
    )
    assert set(read(raw, strip=1)) == {"README", "bin/run", "run"}
    assert set(read(raw, strip=2)) == {"run"}
    with pytest.raises(Refused):
        read(raw, strip=3)


def test_what_git_archive_packs_comes_out() -> None:
    assert set(read(tar(entry("a", b"x"), form=tarfile.PAX_FORMAT, pax={"comment": "0" * 40}))) == {"a"}


def test_zip_comes_out() -> None:
    raw = packed(
        ("bin/", b"", 0o040755), ("bin/run", b"#!", 0o100755), ("a", b"z" * 999, 0o100644), ("l", b"a", 0o120777)
    )
    assert read(raw) == {
        "bin": (Kind.FOLDER, False, "", b""),
        "bin/run": (Kind.FILE, True, "", b"#!"),
        "a": (Kind.FILE, False, "", b"z" * 999),
        "l": (Kind.LINK, False, "a", b""),
    }


plain = st.text(st.sampled_from("ab.-_é "), min_size=1, max_size=12).filter(
    lambda name: name.strip(". ") and "/" not in name
)


@given(st.dictionaries(plain, st.binary(max_size=2000), min_size=1, max_size=6), st.sampled_from([0, 1, 2]))
def test_the_same_as_the_standard_library_reads(files: dict[str, bytes], form: int) -> None:
    raw = tar(*(entry(name, content) for name, content in files.items()), form=form)
    assert {path: content for path, (_, _, _, content) in read(raw).items()} == files


@given(st.binary(max_size=60), st.integers(0, 4000), st.sampled_from(["tar", "gz", "zip"]))
def test_damage_is_refused_or_harmless(noise: bytes, where: int, kind: str) -> None:
    """Whatever the bytes are: Refused, or plain members; never another error."""
    plain_tar = tar(entry("a", b"x" * 1000), entry("b/c", b"y" * 10), form=tarfile.PAX_FORMAT)
    raw = {"tar": plain_tar, "gz": gzip.compress(plain_tar), "zip": packed(("a", b"x" * 1000, 0o100644))}[kind]
    raw = raw[:where] + noise + raw[where + len(noise) :]
    try:
        found = read(raw)
    except (Refused, Misuse):
        return
    assert all(not path.startswith("/") and ".." not in path.split("/") for path in found)
