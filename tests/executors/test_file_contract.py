"""Every file operation passes the suite that third parties get, on real files."""

import io
import os
import stat
import tarfile
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tiangong.executors.file import File
from tiangong.testing.conformance import ExecutorContract

CANARY = "kdoe81hf-canary"


def archive() -> bytes:
    """A small tar.gz as developers make them."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, content, mode in (("bin/run", b"#!/bin/sh\n", 0o755), ("web/index.html", b"<p>hi</p>" * 999, 0o644)):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            tar.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("web/start.html")
        link.type, link.linkname = tarfile.SYMTYPE, "index.html"
        tar.addfile(link)
    return raw.getvalue()


def seen(folder: Path) -> list[Any]:
    """Everything in a folder: path, mode, owner, and content or where it leads; hidden names of the executor are its own."""
    found: list[Any] = []
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(".tg-") or any(part.startswith(".tg-") for part in path.relative_to(folder).parts):
            continue
        what = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found.append((str(path.relative_to(folder)), oct(what.st_mode), what.st_uid, content))
    return found


class FileContract(ExecutorContract):
    payload: ClassVar[dict[str, bytes]] = {
        "app/server.py": b"print('hello')\n",
        "app/static/logo.svg": b"<svg/>",
        "shop.env.j2": b"LISTEN={{ listen }}\n",
        "endless.j2": b"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "app.tar.gz": archive(),
    }

    def executor(self) -> File:
        return File(File.Config.model_validate({"basePath": str(self.folder)}))

    def observe(self) -> object:
        return seen(self.folder)


class TestPlaceFolder(FileContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"place": "app", "to": f"releases/{index}", "keep": 3, "mode": "0640", "executable": ["*.py"]}

    def drift(self) -> None:
        (self.folder / "releases/0/server.py").write_text("print('changed')\n")

    def failing(self) -> list[dict[str, Any]]:
        (self.folder / "file").write_text("x")
        return [{"place": "none", "to": "x"}, {"place": "app", "to": "file"}, {"place": "app", "to": "file/below"}]


class TestPlaceFile(FileContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"place": "app/server.py", "to": f"bin/server-{index}", "mode": "0700"}

    def drift(self) -> None:
        (self.folder / "bin/server-0").chmod(0o777)

    def failing(self) -> list[dict[str, Any]]:
        (self.folder / "folder").mkdir()
        return [
            {"place": "app/server.py", "to": "folder"},
            {"place": "app/server.py", "to": "x", "owner": "nobody-here"},
        ]


class TestTemplate(FileContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"template": "shop.env.j2", "to": f"etc/shop-{index}.env", "mode": "0600", "values": {"listen": 8080}}

    def drift(self) -> None:
        (self.folder / "etc/shop-0.env").unlink()

    def slow(self) -> dict[str, Any]:
        return {"template": "endless.j2", "to": "endless"}

    def failing(self) -> list[dict[str, Any]]:
        return [{"template": "shop.env.j2", "to": "x"}, {"template": "missing.j2", "to": "x"}]

    def secretive(self) -> tuple[dict[str, Any], str]:
        return {"template": "shop.env.j2", "to": "x", "values": {"password": CANARY}}, CANARY


class TestUnpack(FileContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"unpack": "app.tar.gz", "to": f"releases/{index}", "keep": 2}

    def drift(self) -> None:
        (self.folder / "releases/0/web/start.html").unlink()

    def failing(self) -> list[dict[str, Any]]:
        return [{"unpack": "app/server.py", "to": "x"}]


class TestCopy(FileContract):
    def prepare(self) -> None:
        source = self.folder / "source"
        (source / "deep").mkdir(parents=True)
        (source / "deep" / "tool").write_text("#!/bin/sh\n")
        (source / "deep" / "tool").chmod(0o755)
        with (self.folder / "huge").open("wb") as huge:
            huge.truncate(64 << 30)

    def observe(self) -> object:
        return [entry for entry in seen_but(self.folder, "huge") if not entry[0].startswith("source")]

    def step(self, index: int = 0) -> dict[str, Any]:
        return {"copy": "source", "to": f"copy/{index}"}

    def drift(self) -> None:
        (self.folder / "copy/0/deep/tool").chmod(0o644)

    def slow(self) -> dict[str, Any]:
        return {"copy": "huge", "to": "huger"}

    def failing(self) -> list[dict[str, Any]]:
        return [{"copy": "nothing", "to": "x"}, {"copy": "source", "to": "source/deep/copy"}]


def seen_but(folder: Path, name: str) -> list[Any]:
    """Everything but one file that is too large to look at."""
    (huge := folder / name).rename(folder.parent / name)
    try:
        return seen(folder)
    finally:
        (folder.parent / name).rename(huge)


class TestLink(FileContract):
    def prepare(self) -> None:
        (self.folder / "releases/1").mkdir(parents=True)

    def step(self, index: int = 0) -> dict[str, Any]:
        return {"link": f"current-{index}", "to": "releases/1"}

    def drift(self) -> None:
        (self.folder / "current-0").unlink()
        (self.folder / "current-0").symlink_to("/")

    def failing(self) -> list[dict[str, Any]]:
        (self.folder / "file").write_text("x")
        return [{"link": "current", "to": "releases/2"}, {"link": "file", "to": "releases/1"}]


class TestDelete(FileContract):
    def prepare(self) -> None:
        for index in range(self.threads):
            (self.folder / f"old-{index}/inner").mkdir(parents=True)
            (self.folder / f"old-{index}/inner/file").write_text("old")

    def step(self, index: int = 0) -> dict[str, Any]:
        return {"delete": f"old-{index}", "recursive": True}

    def drift(self) -> None:
        (self.folder / "old-0").write_text("back again")

    def failing(self) -> list[dict[str, Any]]:
        return [{"delete": "old-1"}]


class TestDirectory(FileContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"directory": f"var/{index}/cache", "mode": "0750"}

    def drift(self) -> None:
        (self.folder / "var/0/cache").chmod(0o777)

    def failing(self) -> list[dict[str, Any]]:
        (self.folder / "file").write_text("x")
        return [{"directory": "file"}]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
class TestOwner(FileContract):
    def step(self, index: int = 0) -> dict[str, Any]:
        return {"place": "app", "to": f"app-{index}", "owner": "1234", "group": "4321"}

    def drift(self) -> None:
        os.chown(self.folder / "app-0/static/logo.svg", 0, 0)

    def test_everything_belongs_to_them(self) -> None:
        self.executor().apply(self.job(self.step()))
        owners = {
            (p.lstat().st_uid, p.lstat().st_gid) for p in [self.folder / "app-0", *(self.folder / "app-0").rglob("*")]
        }
        assert owners == {(1234, 4321)}
        assert stat.S_IMODE((self.folder / "app-0").stat().st_mode) == 0o755
