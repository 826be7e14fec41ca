"""A repository that agents have reported to, and somebody who reads it."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.person import Person, Ran
from tiangong.author.clone import Clone
from tiangong.testing.voice import Forge
from tiangong.trust.audit import audit

Reads = Callable[..., Ran]
EXAMPLE = Path(__file__).parents[2] / "example-repo" / "apps" / "shop"
HOME = ("environments/dev/installations/shop.yaml", "config: {}", "config: {home: /srv/dev/shop}")
COMMANDS = ("profiles/standard.yaml", "commands: []", "commands: [python3]")


@dataclass(frozen=True, slots=True)
class Site:
    """Alice at work in her own clone: product shop with 1.0.0 and 1.1.0, environment dev where it could be installed."""

    root: Path
    alice: Person

    @property
    def control(self) -> Path:
        return self.root / "control"

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def run(self, *words: str, environ: Mapping[str, str] | None = None) -> Ran:
        return self.alice.run(*words, cwd=self.control, environ=environ)

    def good(self, *words: str, environ: Mapping[str, str] | None = None) -> str:
        """Run what must succeed; what it printed as its result."""
        ran = self.run(*words, environ=environ)
        assert ran.code == 0, ran.said
        return ran.out

    def bad(self, code: int, sentence: str, *words: str, environ: Mapping[str, str] | None = None) -> str:
        """Run what must fail with an exit code and a sentence, and change nothing; what it said."""
        before = self.head
        ran = self.run(*words, environ=environ)
        assert (ran.code, sentence in ran.err) == (code, True), ran.said
        assert "Traceback" not in ran.err
        assert self.head == before
        return ran.err

    def git(self, *words: str) -> str:
        return self.alice.git(*words, cwd=self.control)

    def text(self, path: str) -> str:
        return (self.control / path).read_text()

    def put(self, path: str, text: str) -> None:
        file = self.control / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def replace(self, path: str, old: str, new: str) -> None:
        assert old in self.text(path)
        self.put(path, self.text(path).replace(old, new))

    @property
    def is_clean(self) -> bool:
        """Everything committed is accepted, and nothing else lies about."""
        clone = Clone(self.control)
        return audit(clone.tree(clone.head or ""), None, datetime.now(UTC)) == () and clone.status() == []


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, copied by every test that asks for a site."""
    root = tmp_path_factory.mktemp("site")
    site = Site(root, Person(root / "home"))
    assert site.alice.run("init", str(site.control), "--product", "shop", "--yes", cwd=root).code == 0
    for version in ("1.0.0", "1.1.0"):
        words = ("release", "publish", "--version", version, "--repo", str(site.control), "--yes")
        assert site.alice.run(*words, cwd=EXAMPLE).code == 0
    for change in (HOME, COMMANDS):
        site.replace(*change)
    site.good("commit", "-a", "-m", "Where it runs")
    return root


@pytest.fixture
def site(founded: Path, tmp_path: Path) -> Site:
    """A copy of it."""
    shutil.copytree(founded, tmp_path / "site", symlinks=True)
    return Site(tmp_path / "site", Person.at(tmp_path / "site" / "home"))


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """Environment dev with an installation shop, release 1.0.0; the clock of the world is the real one."""
    return Forge.small(tmp_path / "control.git", datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def reader(tmp_path: Path) -> Person:
    """Somebody without a key."""
    return Person(tmp_path / "reader", "rita", key=False)


@pytest.fixture
def clone(forge: Forge, tmp_path: Path) -> Callable[[], Path]:
    """The reader's clone, made at the first call."""
    folder = tmp_path / "clone"
    return lambda: folder if folder.exists() else forge.clone(folder)


@pytest.fixture
def reads(reader: Person, clone: Callable[[], Path]) -> Reads:
    """Run `tiangong` in the reader's clone."""
    return lambda *words: reader.run(*words, cwd=clone())
