"""`tiangong fmt`: what nobody signed is laid out, what somebody signed is not touched."""

from tests.cli.conftest import Site

DEV = "environments/dev/environment.yaml"
NEW = "environments/prod/environment.yaml"
ODD = """\
# about prod
kind:   Environment
apiVersion: tiangong.dev/v1
spec:
    timezone: UTC   # for now
    profiles: [ standard ]
metadata: {name: prod}
"""
LAID = """\
# about prod
apiVersion: tiangong.dev/v1
kind: Environment
metadata: {name: prod}
spec:
  profiles: [standard]
  timezone: UTC   # for now
"""


def test_new_and_edited_documents_are_laid_out(site: Site) -> None:
    site.put(NEW, ODD)
    site.replace(DEV, "  timezone: UTC", "  timezone:   Europe/Berlin")
    out = site.good("fmt")
    assert out.splitlines() == [f"formatted {DEV}", f"formatted {NEW}"]
    assert site.text(NEW) == LAID
    assert "  timezone: Europe/Berlin\n" in site.text(DEV)
    assert "Nothing to format" in site.good("fmt")
    site.good("commit", "-a", "-m", "prod")
    assert site.is_clean


def test_signed_bytes_are_never_touched(site: Site) -> None:
    """Signed in an odd layout: that is what was signed, and stays."""
    site.put(NEW, ODD)
    site.good("commit", "-a", "-m", "prod")
    signed = site.text(NEW)
    assert "    timezone: UTC   # for now" in signed
    assert "Nothing to format" in site.good("fmt")
    assert "Nothing to format" in site.good("fmt", "--check", NEW)
    assert site.text(NEW) == signed


def test_check_changes_nothing(site: Site) -> None:
    site.put(NEW, ODD)
    ran = site.run("fmt", "--check")
    assert (ran.code, ran.out) == (1, f"would format {NEW}\n")
    assert site.text(NEW) == ODD


def test_only_what_is_named(site: Site) -> None:
    site.put(NEW, ODD)
    site.replace(DEV, "timezone: UTC", "timezone:   UTC")
    assert site.good("fmt", "environments/dev") == f"formatted {DEV}\n"
    assert site.text(NEW) == ODD
    site.bad(2, "author/no-such-path", "fmt", "environments/nowhere")
    site.bad(2, "author/outside", "fmt", "../..")


def test_what_cant_be_read_is_named_and_the_others_are_laid_out(site: Site) -> None:
    site.put(NEW, ODD)
    site.put("profiles/odd.yaml", "a: [\n")
    ran = site.run("fmt")
    assert (ran.code, ran.out) == (2, f"formatted {NEW}\n")
    assert "profiles/odd.yaml:" in ran.err
    assert "document/syntax" in ran.err
    assert site.text("profiles/odd.yaml") == "a: [\n"


def test_windows_line_ends_go(site: Site) -> None:
    site.put(NEW, LAID.replace("\n", "\r\n"))
    site.good("fmt")
    assert (site.control / NEW).read_bytes() == LAID.encode()
