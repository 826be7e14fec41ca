"""`tiangong release publish --artifact`: uploaded, named by digest, signed; and published again without a change."""

import hashlib
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tiangong.documents.parse import parse
from tiangong.model.product import Release
from tiangong.testing.store import FileServer

RAW = b"bytes of a large file" * 1000
HEX = hashlib.sha256(RAW).hexdigest()
FORM = """\
# ours
spec:
  artifacts: [{name: web}]
  steps:
    - {name: unpack, executor: file, with: {unpack: "${artifact.web}", to: /srv/shop}}
"""


@pytest.fixture
def app(site: Site, tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist/web.tar.gz").write_bytes(RAW)
    (folder / "release.yaml").write_text(FORM)
    return folder


def publish(site: Site, app: Path, *more: str, version: str = "2.0.0") -> tuple[int, str]:
    words = ("release", "publish", "--version", version, "--repo", str(site.control), "--yes", *more)
    ran = site.alice.run(*words, cwd=app)
    assert "Traceback" not in ran.err
    return ran.code, ran.out + ran.err


def with_store(site: Site, url: str) -> None:
    site.replace("tiangong.yaml", "spec:\n", f"spec:\n  artifactStores: {{default: {{url: '{url}'}}}}\n")
    site.good("commit", "-a", "-m", "A store")


WEB = ("--artifact", "web=dist/web.tar.gz")


def test_it_is_uploaded_named_and_signed(site: Site, app: Path, tmp_path: Path) -> None:
    with FileServer(tmp_path / "store") as server:
        with_store(site, server.url)
        code, said = publish(site, app, *WEB, "--dry-run")
        assert (code, [method for method, _, _ in server.asked]) == (0, [])
        assert "would be put into" in said
        code, said = publish(site, app, *WEB)
        assert code == 0, said
        assert "artifact web (20.5 KiB) is in http://" in said
        assert (server.folder / "sha256" / HEX[:2] / HEX).read_bytes() == RAW
        path = "products/shop/releases/2.0.0/release.yaml"
        found = parse(site.text(path).encode(), path)
        assert isinstance(found, Release)
        assert (found.spec.artifacts[0].digest, found.spec.artifacts[0].size) == (f"sha256:{HEX}", len(RAW))
        assert "# ours" in site.text(path)
        assert site.is_clean
        code, said = publish(site, app, *WEB)
        assert (code, "already" in said) == (0, True)
        assert [method for method, _, _ in server.asked].count("PUT") == 1


def test_what_a_store_lost_is_uploaded_again(site: Site, app: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    with_store(site, store.as_uri())
    assert publish(site, app, *WEB)[0] == 0
    (store / "sha256" / HEX[:2] / HEX).unlink()
    code, _ = publish(site, app, *WEB)
    assert code == 0
    assert (store / "sha256" / HEX[:2] / HEX).read_bytes() == RAW


def test_nothing_is_published_when_it_cant_be_uploaded(site: Site, app: Path, tmp_path: Path) -> None:
    before = site.alice.git("rev-parse", "HEAD", cwd=site.control)
    code, said = publish(site, app, *WEB)
    assert (code, "artifact/no-default-store" in said) == (2, True)
    with FileServer(tmp_path / "store") as server:
        with_store(site, server.url)
        before = site.alice.git("rev-parse", "HEAD", cwd=site.control)
        server.faults.forgets = True
        code, said = publish(site, app, *WEB)
        assert (code, "artifact/not-kept" in said) == (1, True)
        server.faults.wants = "Bearer x"
        code, said = publish(site, app, *WEB)
        assert (code, "artifact/denied" in said) == (1, True)
    code, said = publish(site, app, *WEB)
    assert (code, "artifact/no-answer" in said) == (5, True)
    code, said = publish(site, app)
    assert (code, "artifact/not-given" in said) == (2, True)
    code, said = publish(site, app, "--artifact", "web=none")
    assert (code, "artifact/no-file" in said) == (2, True)
    assert site.alice.git("rev-parse", "HEAD", cwd=site.control) == before
    assert site.is_clean
