"""`tiangong edit`: a real program as the editor, mistakes offered again, text never lost."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.person import Ran

DEV = "environments/dev/environment.yaml"


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    return tmp_path / "editor"


def write(editor: Path, script: str) -> dict[str, str]:
    """An editor that does this to the file it is given."""
    editor.write_text(f'#!/bin/sh\nset -e\ncp "$1" {editor}.saw\n{script}\n')
    editor.chmod(0o755)
    return {"VISUAL": f"{editor} --wait", "EDITOR": "false"} if "--wait" in script else {"EDITOR": str(editor)}


def edit(site: Site, environ: dict[str, str], *words: str) -> Ran:
    return site.run("edit", *words, "--yes", environ=environ)


def sed(expression: str) -> str:
    return f'sed -i "{expression}" "$1"'


ROME = sed("s/UTC/Europe\\/Rome/")


def kept(site: Site) -> Path:
    return site.control / ".git" / "tiangong" / "edit" / DEV.replace("/", "__")


def test_an_edit_is_shown_foreseen_and_signed(site: Site, editor: Path) -> None:
    ran = edit(site, write(editor, sed("s/timezone: .*/timezone: Europe\\/Paris/")), "dev")
    assert ran.code == 0, ran.err
    assert "spec.timezone: UTC → Europe/Paris" in ran.out
    assert "dev/shop: install 1.1.0" in ran.out
    assert site.git("log", "-1", "--format=%s") == "Edit dev"
    assert site.is_clean
    assert not kept(site).exists()


def test_the_copy_names_its_schema_and_hides_what_signing_stamps(site: Site, editor: Path) -> None:
    edit(site, write(editor, sed("s/UTC/Europe\\/Paris/")), "dev")
    first, *rest = Path(f"{editor}.saw").read_text().splitlines()
    schema = json.loads(Path(first.partition("$schema=")[2]).read_text())
    assert schema["title"] == "Environment"
    assert not any("generation" in line or "change:" in line for line in rest)
    assert "yaml-language-server" not in site.text(DEV)


def test_visual_goes_first_and_may_have_arguments(site: Site, editor: Path) -> None:
    environ = write(editor, '[ "$1" = --wait ]; shift; ' + sed("s/UTC/Europe\\/Paris/"))
    editor.write_text(editor.read_text().replace(f'cp "$1" {editor}.saw\n', ""))
    assert edit(site, environ, "dev").code == 0
    assert "Europe/Paris" in site.text(DEV)


def test_who_saves_nothing_signs_nothing(site: Site, editor: Path) -> None:
    before = site.head
    ran = edit(site, write(editor, ":"), "dev")
    assert (ran.code, ran.out) == (0, "Nothing was edited.\n")
    assert site.head == before
    assert not kept(site).exists()


def test_mistakes_are_named_by_the_lines_of_the_copy_and_the_text_is_kept(site: Site, editor: Path) -> None:
    before = site.head
    ran = edit(site, write(editor, sed("s/timezone: .*/timezone: Mars/")), "dev")
    assert (ran.code, "document/wrong-value" in ran.err, "edit/kept" in ran.err) == (2, True, True), ran.err
    lines = kept(site).read_text().splitlines()
    (line,) = (number for number, one in enumerate(lines, 1) if "Mars" in one)
    assert f"{DEV}:{line}:" in ran.err
    assert (site.head, site.is_clean) == (before, True)
    ran = edit(site, write(editor, sed("s/Mars/Europe\\/Rome/")), "dev")
    assert ran.code == 0, ran.err
    assert "Europe/Rome" in site.text(DEV)
    assert not kept(site).exists()


def test_on_a_terminal_one_may_go_on_at_once(site: Site, editor: Path) -> None:
    script = 'if grep -q Mars "$1"; then sed -i s/Mars/Europe\\\\/Rome/ "$1"; else sed -i s/UTC/Mars/ "$1"; fi'
    environ = write(editor, script)
    site.git("config", "core.editor", environ["EDITOR"])
    ran = site.alice.answer("edit", "dev", cwd=site.control, typed=["y", "y"])
    assert ran.code == 0, ran.said
    assert "Go on editing?" in ran.said
    assert "Europe/Rome" in site.text(DEV)
    assert site.is_clean


def test_who_says_no_at_the_end_keeps_the_text(site: Site, editor: Path) -> None:
    environ = write(editor, ROME)
    site.git("config", "core.editor", environ["EDITOR"])
    before = site.head
    ran = site.alice.answer("edit", "dev", cwd=site.control, typed=["n"])
    assert (ran.code, "author/not-confirmed" in ran.err, "edit/kept" in ran.err) == (2, True, True), ran.said
    assert site.head == before
    site.git("config", "core.editor", str(editor.with_name("true")))
    editor.with_name("true").symlink_to("/bin/true")
    ran = site.alice.answer("edit", "dev", cwd=site.control, typed=["y", "y"])
    assert ran.code == 0, ran.said
    assert "Europe/Rome" in site.text(DEV)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(site: Site, editor: Path) -> None:
    file = site.control / DEV
    environ = write(editor, f"{ROME}; echo '# theirs' >> {file}")
    ran = edit(site, environ, "dev")
    assert (ran.code, "edit/changed-meanwhile" in ran.err) == (1, True), ran.err
    assert "# theirs" in site.text(DEV)
    assert "Europe/Rome" in kept(site).read_text()


@pytest.mark.parametrize(
    ("environ", "code", "sentence"),
    [
        ({"EDITOR": "false"}, 1, "edit/editor-ended"),
        ({"EDITOR": "/nowhere/editor"}, 2, "edit/no-editor-here"),
        ({"EDITOR": "'unclosed"}, 2, "edit/no-editor-here"),
        ({"PATH": "/nowhere"}, 2, "author/no-git"),
    ],
)
def test_an_editor_that_doesnt_work(site: Site, environ: dict[str, str], code: int, sentence: str) -> None:
    site.bad(code, sentence, "edit", "dev", "--yes", environ=environ)


def test_an_editor_that_dies_loses_nothing(site: Site, editor: Path) -> None:
    ran = edit(site, write(editor, f"{ROME}; exit 3"), "dev")
    assert (ran.code, "edit/editor-failed" in ran.err) == (1, True), ran.err
    assert "Europe/Rome" in kept(site).read_text()


def test_a_document_that_cant_be_read_can_be_mended(site: Site, editor: Path) -> None:
    site.put(DEV, site.text(DEV) + "spec: twice\n")
    ran = edit(site, write(editor, sed("/twice/d; s/UTC/Europe\\/Rome/")), DEV)
    assert ran.code == 0, ran.err
    assert site.is_clean


def test_an_installation_that_only_a_profile_names(site: Site, editor: Path) -> None:
    site.good("set", "profile", "standard", "install[+]={product: shop, channel: stable, name: second}", "--yes")
    ran = edit(site, write(editor, sed("s/spec: .*/spec: {drift: repair}/")), "dev/second")
    assert ran.code == 0, ran.err
    assert "drift: repair" in site.text("environments/dev/installations/second.yaml")
    assert site.is_clean


def test_what_is_written_once_is_not_edited(site: Site, editor: Path) -> None:
    environ = write(editor, ":")
    site.bad(2, "edit/once", "edit", "release", "shop@1.0.0", environ=environ)
    site.bad(2, "edit/once", "edit", "products/shop/releases/1.0.0/release.yaml", environ=environ)
    assert not Path(f"{editor}.saw").exists()


def test_crlf_is_taken_as_ordinary_line_ends(site: Site, editor: Path) -> None:
    ran = edit(site, write(editor, sed("s/UTC/Europe\\/Rome/; s/$/\\r/")), "dev")
    assert ran.code == 0, ran.err
    assert "\r" not in site.text(DEV)


def test_a_push_that_fails_leaves_no_text_behind(site: Site, editor: Path) -> None:
    site.git("remote", "add", "origin", str(site.root / "nowhere.git"))
    ran = edit(site, write(editor, ROME), "dev", "--push")
    assert (ran.code, "author/push-away" in ran.err) == (5, True), ran.err
    assert "Europe/Rome" in site.git("show", f"HEAD:{DEV}")
    assert not kept(site).exists()
