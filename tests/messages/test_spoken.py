"""Which language is spoken, to whom, and what stays English whatever they speak."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture.code import imports, modules
from tests.cli.conftest import Site, clone, forge, founded, reader, site  # noqa: F401 -- fixtures
from tests.person import Person
from tiangong.cli.output import columns_of
from tiangong.errors import Place, problem
from tiangong.messages import catalogue, spoken
from tiangong.messages.spoken import Language, preferred, speak
from tiangong.testing.voice import Forge, installation, reason


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins and ends in English."""
    speak(Language.EN)
    yield
    speak(Language.EN)


def tiangong(*words: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """`tiangong` as a process, with nothing of a locale but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    command = [sys.executable, "-m", "tiangong", *words]
    return subprocess.run(command, cwd=cwd, env=kept | environ, capture_output=True, check=False, timeout=60)


# ── which language ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "ZH_CN"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}, "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANGUAGE": "zh_CN"}, "en"),
    ],
)
def test_the_locale_says_the_language(environ: Mapping[str, str], language: str) -> None:
    assert preferred(environ) == language


@pytest.mark.parametrize(
    ("words", "environ", "expected"),
    [
        ((), {"LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}, "没有命令"),
        ((), {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "has no command"),
        ((), {"LC_ALL": "POSIX"}, "has no command"),
        (("--lang", "en"), {"LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}, "has no command"),
        (("--lang=zh",), {"LC_ALL": "C.UTF-8"}, "没有命令"),
        ((), {"LANG": "zh_CN.UTF-8", "PYTHONIOENCODING": "ascii"}, "has no command"),
        (("--lang", "zh"), {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, "\\u6ca1\\u6709\\u547d\\u4ee4"),
    ],
)
def test_a_process_speaks_it(words: tuple[str, ...], environ: dict[str, str], expected: str) -> None:
    """Also what is wrong with the name of the command; escapes only for who insists on it."""
    done = tiangong(*words, "nosuch", **environ)
    said = done.stderr.decode()
    assert (done.returncode, expected in said, "Traceback" in said) == (2, True, False), said
    assert "[cli/no-command]" in said


def test_an_unknown_language_is_misuse() -> None:
    done = tiangong("--lang", "de", "status", LC_ALL="C.UTF-8")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "there is no language de here; there are: en, zh\nfix: --lang one of them        [cli/no-language]\n"
    )


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_status_and_why_of_a_fleet(forge: Forge, clone: Callable[[], Path], reader: Person) -> None:  # noqa: F811
    denied = reason("window", "constraint/denied", window="year-end", reason="peak season")
    shop = installation(verdict="held", target="1.1.0", reasons=[denied])
    forge.voice().say(shop)
    environ = {"HOME": str(reader.home), "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    status, why = (tiangong(*words, cwd=clone(), **environ) for words in (("status", "dev"), ("why", "dev")))
    assert (status.returncode, why.returncode) == (0, 0)
    assert "为何暂缓：tiangong why" in status.stdout.decode() + status.stderr.decode()
    said = why.stdout.decode()
    assert "dev/shop：暂缓于 1.0.0；下一个将是 1.1.0" in said
    assert "维护窗口 year-end 目前禁止变更：peak season" in said
    assert "处理：等待它结束" in said
    assert "[constraint/denied]" in said
    data = tiangong("why", "dev", "-o", "json", cwd=clone(), **environ).stdout
    assert data == tiangong("why", "dev", "-o", "json", cwd=clone(), **(environ | {"LANG": "C.UTF-8"})).stdout


@pytest.mark.parametrize(
    "line",
    [
        *(
            "status",
            "status dev",
            "why dev",
            "plan dev --at 2100-01-01T00:00:00Z",
            "diff dev",
            "history environments/dev/environment.yaml",
        ),
        *("env list", "env show dev", "env show dev --resolved", "release list", "release show shop@1.0.0"),
        *("product list", "channel list", "profile list", "suppression list", "agent list", "whoami", "lint", "verify"),
    ],
)
def test_data_is_the_same_in_every_language(site: Site, line: str) -> None:  # noqa: F811
    """What scripts read depends on nobody's locale."""
    said = [site.run(*line.split(), "-o", "json", environ={"LC_ALL": name}) for name in ("C.UTF-8", "zh_CN.UTF-8")]
    assert said[0].out == said[1].out
    assert (said[0].code, bool(said[0].out)) == (said[1].code, True), said[0].err


def test_the_code_and_the_rule_stay() -> None:
    found = problem("trust/no-policy", Place("trust/policy.yaml"))
    speak(Language.ZH)
    assert spoken.render(found) == (
        "trust/policy.yaml\n  信任策略缺失或有误\n  处理：从较早的提交恢复它        [trust/no-policy R2]"
    )
    assert catalogue.render(found).startswith("trust/policy.yaml\n  the trust policy is missing")


def test_facts_are_harmless_in_every_language() -> None:
    speak(Language.ZH)
    assert "\x1b" not in spoken.render(problem("fleet/away", remote="\x1b[2J", why="a\nb"))


def test_a_table_has_straight_columns() -> None:
    assert [columns_of(word) for word in ("dev", "没有代理", "不可信任：")] == [3, 8, 10]


# ── packages that bring their own ────────────────────────────────────────────────────────────────────────────────
def test_a_package_brings_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "winch_words.py").write_text(
        "from tiangong.messages import Sentence\n"
        "from tiangong.messages.spoken import Words\n"
        "EN = {'stuck': Sentence('{what} is stuck', fix='oil it', rule='D27'), 'slow': Sentence('it is slow')}\n"
        "ZH = {'stuck': Words('{what} 卡住了', fix='上油')}\n"
    )
    info = tmp_path / "winch-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: winch\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[tiangong.messages]\nwinch = winch_words:EN\nwinch.zh = winch_words:ZH\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert spoken.text("winch/stuck", what="rope") == "rope is stuck"
    speak(Language.ZH)
    assert spoken.text("winch/stuck", what="rope") == "rope 卡住了"
    assert spoken.explain("winch/stuck").rule == "D27"
    assert spoken.text("winch/slow") == "it is slow", "what isn't translated is said in English"
    with pytest.raises(KeyError):
        spoken.explain("winch/nothing")


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_only_the_command_line_speaks() -> None:
    """Logs, status, receipts and messages of commits are made elsewhere, from the catalogue itself."""
    rooms = {module.room for module in modules() if "tiangong.messages.spoken" in imports(module)}
    assert rooms == {"cli", "messages"}


def test_a_commit_is_english(site: Site) -> None:  # noqa: F811
    words = ("suspend", "--all", "--for", "1h", "--reason", "r", "--id", "x", "--yes")
    assert "抑制到" in site.good(*words, environ={"LC_ALL": "zh_CN.UTF-8"})
    assert site.git("log", "-1", "--format=%s").startswith("Suppress everything until ")
    site.good("product", "new", "cart", "--yes", environ={"LC_ALL": "zh_CN.UTF-8"})
    assert site.git("log", "-1", "--format=%s") == "New product cart"
