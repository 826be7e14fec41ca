"""Addresses: https and ssh only, nothing in them that git or ssh would take for an option or a secret."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.errors import Misuse
from tiangong.git.remote import authorization, check_files, parse_remote, secrets
from tiangong.messages import render

KNOWN = Path("known_hosts")


@pytest.mark.parametrize(
    "url",
    [
        "https://forge.example/acme/control.git",
        "https://forge.example:8443/a/b/c",
        "https://[::1]:443/x.git",
        "https://dev.azure.example/acme/_git/control%20room",
        "ssh://git@forge.example/control.git",
        "ssh://forge.example:2222/~alice/control.git",
    ],
)
def test_addresses_that_are_used(url: str) -> None:
    assert parse_remote(url, known_hosts=KNOWN).url == url


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("git://forge.example/x.git", "git/bad-transport"),
        ("http://forge.example/x.git", "git/bad-transport"),
        ("file:///srv/x.git", "git/bad-transport"),
        ("/srv/x.git", "git/bad-transport"),
        ("ext::sh -c id", "git/bad-transport"),
        ("--upload-pack=id", "git/bad-transport"),
        ("HTTPS://forge.example/x.git", "git/bad-url"),
        ("https://alice@forge.example/x.git", "git/user-in-url"),
        ("https://alice:s3cret@forge.example/x.git", "git/user-in-url"),
        ("https://forge.example", "git/bad-url"),
        ("https://forge.example/", "git/bad-url"),
        ("https://forge.example/x?y", "git/bad-url"),
        ("https://forge.example/x#y", "git/bad-url"),
        ("https://forge.example:0/x", "git/bad-url"),
        ("https://forge.example:99999/x", "git/bad-url"),
        ("https://forge.example/../x", "git/bad-url"),
        ("https://forge.example/x\n", "git/bad-url"),
        ("https://-forge.example/x", "git/bad-url"),
        ("ssh://-oProxyCommand=id/x", "git/bad-url"),
        ("ssh://-l@forge.example/x", "git/bad-url"),
        ("ssh://git:pw@forge.example/x", "git/bad-url"),
        ("ssh://forge.example/$(id)", "git/bad-url"),
        ("git@forge.example:control.git", "git/like-scp"),
        ("", "git/bad-transport"),
    ],
)
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_remote(url, known_hosts=KNOWN)
    assert caught.value.problems[0].code == code
    assert "s3cret" not in render(caught.value.problems[0])


def test_the_fix_of_a_short_form_is_ready_to_copy() -> None:
    with pytest.raises(Misuse) as caught:
        parse_remote("git@forge.example:acme/control.git", known_hosts=KNOWN)
    instead = caught.value.problems[0].facts["instead"]
    assert parse_remote(str(instead), known_hosts=KNOWN).url == "ssh://git@forge.example/acme/control.git"


@given(st.text(max_size=60) | st.builds("ssh://{}@{}/{}".format, st.text(), st.text(), st.text()))
def test_any_text_is_accepted_as_it_is_or_refused(text: str) -> None:
    try:
        remote = parse_remote(text, known_hosts=KNOWN)
    except Misuse as error:
        render(error.problems[0])
        return
    assert remote.url == text
    assert text.isascii()
    assert not set(text) & set(" \t\n'\"`$;|&<>(){}\\")


@pytest.mark.parametrize("proxy", ["proxy:3128", "file:///x", "http://", "http://a b:1"])
def test_proxies_that_are_none(proxy: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse_remote("https://forge.example/x", proxy=proxy)
    assert caught.value.problems[0].code == "git/bad-proxy"


def test_a_proxy_does_not_carry_ssh() -> None:
    with pytest.raises(Misuse) as caught:
        parse_remote("ssh://git@forge.example/x", proxy="http://proxy:3128", known_hosts=KNOWN)
    assert caught.value.problems[0].code == "git/proxy-needs-https"


def test_ssh_needs_host_keys_and_a_key(tmp_path: Path) -> None:
    with pytest.raises(Misuse) as caught:
        parse_remote("ssh://git@forge.example/x")
    assert caught.value.problems[0].code == "git/no-known-hosts"
    known = tmp_path / "known_hosts"
    known.touch()
    with pytest.raises(Misuse) as caught:
        check_files(parse_remote("ssh://git@forge.example/x", known_hosts=known))
    assert caught.value.problems[0].code == "git/no-key"


def _file(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (b"alice:s3cret\n", "Authorization: Basic YWxpY2U6czNjcmV0"),
        (b"alice:with:colons", "Authorization: Basic YWxpY2U6d2l0aDpjb2xvbnM="),
        (b"t0ken\n", "Authorization: Basic eC1hY2Nlc3MtdG9rZW46dDBrZW4="),
    ],
)
def test_credentials_become_a_header(tmp_path: Path, content: bytes, header: str) -> None:
    file = _file(tmp_path / "credentials", content)
    assert authorization(parse_remote("https://forge.example/x", credentials=file)) == header


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nb", b"\xff\xfe", b"a:\0"])
def test_credentials_that_are_none(tmp_path: Path, content: bytes) -> None:
    remote = parse_remote("https://forge.example/x", credentials=_file(tmp_path / "credentials", content))
    with pytest.raises(Misuse) as caught:
        authorization(remote)
    assert caught.value.problems[0].code == "git/bad-credentials"


def test_a_secret_others_may_read_is_not_used(tmp_path: Path) -> None:
    remote = parse_remote("https://forge.example/x", credentials=_file(tmp_path / "credentials", b"t0ken", 0o640))
    with pytest.raises(Misuse) as caught:
        authorization(remote)
    assert caught.value.problems[0].code == "git/open-credentials"
    assert caught.value.problems[0].facts["mode"] == "0640"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for what in ("ca", "credentials"):
        remote = parse_remote("https://forge.example/x", **{what: tmp_path / what})
        with pytest.raises(Misuse) as caught:
            (check_files if what == "ca" else authorization)(remote)
        assert caught.value.problems[0].code == "git/unreadable-file"
        assert str(caught.value.problems[0].place) == str(tmp_path / what)


def test_a_remote_does_not_show_its_secrets(tmp_path: Path) -> None:
    file = _file(tmp_path / "credentials", b"alice:s3cret")
    remote = parse_remote("https://forge.example/x", proxy="http://bob:pr0xy%21@proxy:3128", credentials=file)
    assert "pr0xy" not in repr(remote)
    header = authorization(remote)
    assert set(secrets(remote, header)) == {"YWxpY2U6czNjcmV0", "alice:s3cret", "s3cret", "pr0xy%21", "pr0xy!"}
