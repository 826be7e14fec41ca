"""Every finding has its exact place; a repository in order has none."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from tests.author.office import DEV, SHOP, Desk
from tiangong.author.lint.lint import lint
from tiangong.author.listing import FileRef, Listing, in_memory
from tiangong.author.starter import Wishes, starter_files, trust_files
from tiangong.documents.digest import sha512
from tiangong.documents.edit import set_field
from tiangong.documents.schema import schemas
from tiangong.messages import render

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NO_BYTES = "sha512:" + "0" * 128
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7kJ5mwgg7OjPqpjX7Qbq9Yt0CtqP2Y3k2mG3VxN9aS"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBnkpzkdQeTFcz8BhQ0CxvvwLyp7TtpS6bDFUxA4rfN"
MACHINES = {
    "release": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK5lUjC5ebZUh5yqSzsJ9dTKjNfIzTbiVjPcCDIFpXXa",
    "promoter": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMvyH6vMrPzHtCkUbq9yqyLq2JHLWkP5oCwW7F6aXhJ2",
    "sealer": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFM5sV8rDc2RTsD4CYqpEVFrTuBgEoRCTxVpFDQHTUkC",
}
HEAD = "apiVersion: tiangong.dev/v1\nkind: {kind}\nmetadata:\n  name: {name}\n{more}spec:\n"
RELEASE = "products/shop/releases/1.0.0/release.yaml"
STEPS = """\
  config:
    listen: {type: integer}
  steps:
    - name: serve
      executor: shell
      with:
        run: [python3, server.py, "${config.listen}"]
        cwd: /srv/shop
    - name: check
      executor: http
      with: {get: "http://localhost:8080/"}
"""


def document(kind: str, name: str, spec: str, environment: str = "") -> bytes:
    more = f"  environment: {environment}\n" if environment else ""
    return (HEAD.format(kind=kind, name=name, more=more) + spec).encode()


def good() -> dict[str, bytes]:
    """A repository in order, with a release that dev runs."""
    files = {**starter_files(Wishes("acme", "shop")), **trust_files("0" * 32, "alice", KEY, MACHINES, NOW)}
    files["profiles/standard.yaml"] = files["profiles/standard.yaml"].replace(b"commands: []", b"commands: [python3]")
    files[SHOP] = files[SHOP].replace(b"config: {}", b"config: {listen: 8080}")
    files[RELEASE] = document("Release", "shop@1.0.0", STEPS)
    return {path: raw for path, raw in files.items() if "/" in path or path == "tiangong.yaml"}


def found(changes: Mapping[str, bytes | None], now: datetime = NOW) -> list[tuple[str, str]]:
    """Place and code of every finding."""
    files = {**good(), **changes}
    tree = Listing({path: in_memory(raw) for path, raw in files.items() if raw is not None})
    problems = lint(tree, now)
    for one in problems:
        assert render(one)
    return [(str(one.place), one.code) for one in problems]


def edited(path: str, old: str, new: str) -> dict[str, bytes | None]:
    text = good()[path].decode()
    assert old in text, text
    return {path: text.replace(old, new, 1).encode()}


def test_a_repository_in_order() -> None:
    assert found({}) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "place", "code"),
    [
        ("tiangong.yaml", "canary", "canaries", "tiangong.yaml:7:23 spec.channels[1]", "lint/no-channel"),
        (SHOP, "product: shop", "product: shoe", f"{SHOP}:7:12 spec.product", "lint/unknown"),
        (SHOP, "channel: release", "channel: beta", f"{SHOP}:8:12 spec.channel", "lint/unknown"),
        (SHOP, "{listen: 8080}", "{listen: eighty}", f"{SHOP}:9:20 spec.config.listen", "plan/config-type"),
        (SHOP, "{listen: 8080}", "{}   #", f"{SHOP}:9:11 spec.config.listen", "plan/config-missing"),
        (SHOP, "{listen: 8080}", "{listen: 8080, tls: true}", f"{SHOP}:9:31 spec.config.tls", "plan/unknown-config"),
        (SHOP, "{listen: 8080}", "{listen: 8080", f"{SHOP}:10:1", "document/syntax"),
        (DEV, "[standard]", "[standard, extra]", f"{DEV}:8:24 spec.profiles[1]", "lint/unknown"),
        (DEV, "timezone: UTC", "timezone: Mars", f"{DEV}:9:13 spec.timezone", "document/wrong-value"),
        (RELEASE, '"${config.listen}"', '"--port=${config.listen}"', f"{RELEASE}:12:35 spec.steps[0].with.run[2]", "plan/name-in-run"),
        (RELEASE, '"${config.listen}"', '"${config.lisen}"', f"{RELEASE}:12:35 spec.steps[0].with.run[2]", "plan/unknown-name"),
        (RELEASE, "cwd: /srv/shop", "cwd: srv", f"{RELEASE}:12:9 spec.steps[0].with", "step/wrong-spec"),
        (RELEASE, "cwd: /srv/shop", "dir: /srv", f"{RELEASE}:13:14 spec.steps[0].with.dir", "step/wrong-spec"),
        (RELEASE, "  steps:", "  health: [chek]\n  steps:", f"{RELEASE}:8:12 spec.health[0]", "plan/unknown-health"),
        (RELEASE, "python3, server", "python2, server", DEV, "constraint/envelope"),
        (RELEASE, "  steps:", "  uninstall:\n    - {name: gone, executor: shell, with: {run: [python3, 'x${config.listen}']}}\n  steps:", f"{RELEASE}:9:59 spec.uninstall[0].with.run[1]", "plan/name-in-run"),
        (RELEASE, "  steps:", "  uninstall:\n    - {name: gone, executor: shell, with: {run: [rm]}}\n  steps:", DEV, "constraint/envelope"),
    ],
)  # fmt: skip
def test_one_mistake_one_finding(path: str, old: str, new: str, place: str, code: str) -> None:
    findings = found(edited(path, old, new))
    assert (place, code) in findings, findings
    assert {one for _, one in findings} <= {code, "lint/channel-unused", "step/wrong-spec"}


PROMOTION = "products/shop/promotions/canary/2.0.0.yaml"


@pytest.mark.parametrize(
    ("path", "raw", "place", "code"),
    [
        (PROMOTION, document("Promotion", "shop@2.0.0/canary", "  release: {name: shop@2.0.0}\n  to: canary\n"), f"{PROMOTION}:6:19 spec.release.name", "lint/no-release"),
        ("channels/beta.yaml", document("Channel", "beta", "  description: x\n"), "channels/beta.yaml:4:9 metadata.name", "lint/channel-unused"),
        ("environments/prod/installations/shop.yaml", document("Installation", "shop", "  product: shop\n  channel: release\n  config: {listen: 1}\n", "prod"), "environments/prod/installations/shop.yaml:5:16 metadata.environment", "lint/no-environment"),
        ("environments/prod/agent.yaml", document("Agent", "prod", f"  keys: [{{key: {KEY}}}]\n"), "environments/prod/agent.yaml:4:9 metadata.name", "lint/no-environment"),
        ("products/shoe/releases/1.0.0/release.yaml", document("Release", "shoe@1.0.0", STEPS), "products/shoe/releases/1.0.0/release.yaml:4:9 metadata.name", "lint/unknown"),
        ("suppressions/x.yaml", document("Suppression", "x", "  environments: [prod-*]\n  until: 2027-01-01T00:00:00Z\n  reason: x\n"), "suppressions/x.yaml:6:18 spec.environments[0]", "lint/unknown"),
        ("products/shoe/recalls/r.yaml", document("Recall", "shoe/r", "  versions: ^1\n  reason: x\n"), "products/shoe/recalls/r.yaml:4:9 metadata.name", "lint/unknown"),
        ("withdrawals/w.yaml", document("Withdrawal", "w", f"  subject: channels/canary.yaml\n  digest: {NO_BYTES}\n  reason: x\n"), "withdrawals/w.yaml:6:12 spec.subject", "trust/cant-withdraw"),
        ("channels/notes.txt", b"x", "channels/notes.txt", "trust/stray"),
        ("channels/canary.yaml.al ice.sig", b"x", "channels/canary.yaml.al ice.sig", "trust/bad-name"),
        ("channels/gone.yaml.alice.sig", b"x", "channels/gone.yaml.alice.sig", "trust/stray"),
        ("channels/Canary.yaml", b"x", "channels/Canary.yaml", "trust/case-clash"),
        ("channels/big.yaml", b"#" * (1 << 20) + b"\n", "channels/big.yaml", "document/too-large"),
        ("channels/raw.yaml", b"\xff", "channels/raw.yaml:1", "document/not-utf8"),
    ],
)  # fmt: skip
def test_one_file_too_many(path: str, raw: bytes, place: str, code: str) -> None:
    assert (place, code) in found({path: raw})


def test_a_withdrawal_of_other_bytes_ends_nothing() -> None:
    held = document("Suppression", "x", "  until: 2027-01-01T00:00:00Z\n  reason: x\n")
    ends = document("Withdrawal", "x", f"  subject: suppressions/x.yaml\n  digest: {NO_BYTES}\n  reason: x\n")
    said = found({"suppressions/x.yaml": held, "withdrawals/x.yaml": ends})
    assert said == [("withdrawals/x.yaml:7:11 spec.digest", "trust/withdraws-other")]
    right = ends.replace(NO_BYTES.encode(), sha512(held).encode())
    assert found({"suppressions/x.yaml": held, "withdrawals/x.yaml": right}) == []
    assert found({"withdrawals/x.yaml": ends}) == []  # both may be cleared away


def test_a_suppression_that_has_ended_may_name_anything() -> None:
    raw = document("Suppression", "x", "  environments: [prod-*]\n  until: 2026-01-01T00:00:00Z\n  reason: x\n")
    assert found({"suppressions/x.yaml": raw}) == []


def test_payload_is_no_stray_and_a_link_is_no_file() -> None:
    assert found({"products/shop/releases/1.0.0/app/Server.py": b"x"}) == []
    assert ("products/shop/releases/2.0.0/x", "trust/stray") in found({"products/shop/releases/2.0.0/x": b"x"})
    files = {path: in_memory(raw) for path, raw in good().items()}
    tree = Listing({**files, "channels/link.yaml": FileRef(0o120000, 0, lambda: b"")})
    assert {one.code for one in lint(tree, NOW)} == {"trust/bad-mode", "author/not-a-file"}


def test_a_file_from_a_profile_is_named_there() -> None:
    raw = document(
        "Profile",
        "standard",
        "  install:\n    - product: shop\n      channel: release\n      config: {listen: no way}\n",
    )
    assert found({"profiles/standard.yaml": raw, SHOP: None}) == [
        ("profiles/standard.yaml:9:24 spec.install[0].config.listen", "plan/config-type")
    ]


def test_what_several_environments_run_into_is_said_once() -> None:
    dev = good()[DEV].decode()
    more = {
        "environments/prod/environment.yaml": dev.replace("name: dev", "name: prod").encode(),
        "environments/prod/installations/shop.yaml": good()[SHOP].replace(b"environment: dev", b"environment: prod"),
    }
    broken = edited(RELEASE, '"${config.listen}"', '"${config.lisen}"')
    assert len(found({**broken, **more})) == 1


# ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────
def windowed(profile: str, environment: str) -> list[tuple[str, str]]:
    spec = '  windows: {{allow: [{{name: w, cron: "{}", for: 4h}}]}}\n'
    own = edited(DEV, "  timezone: UTC\n", "  timezone: UTC\n" + spec.format(environment))
    return found({**own, "profiles/standard.yaml": good()["profiles/standard.yaml"] + spec.format(profile).encode()})


def test_windows_that_meet() -> None:
    assert windowed("0 1 * * *", "0 4 * * MON") == []


def test_windows_that_never_meet() -> None:
    assert windowed("0 1 * * *", "0 6 * * MON") == [(f"{DEV}:10:20 spec.windows.allow", "lint/never-open")]


@pytest.mark.parametrize(
    ("cron", "code"),
    [("0 25 * * *", "lint/bad-cron"), ("0 0 29 2 *", "lint/never-fires"), ("nightly", "lint/bad-cron"), ("0 0 30 2 *", "lint/bad-cron"), ("* * * * * *", "lint/bad-cron")],
)  # fmt: skip
def test_cron_that_is_none(cron: str, code: str) -> None:
    own = edited(
        DEV, "  timezone: UTC\n", f'  timezone: UTC\n  windows: {{allow: [{{name: w, cron: "{cron}", for: 4h}}]}}\n'
    )
    assert found(own) == [(f"{DEV}:10:37 spec.windows.allow[0].cron", code)]


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (">=1.0.0 <2.0.0", ">=2.0.0", False),
        (">=1.0.0 <2.0.0", ">=1.9.0", True),
        ("^1", "1.4.2", True),
        ("~1.2", "^1.3", False),
        ("1.x || >=3", "2.x", False),
        ("1.x || >=3", "<4 >2.9.9", True),
        (">1.0.0", "<=1.0.0", False),
        (">1.0.0 <1.0.2", "1.0.1", True),
        (">=1.0.0-rc.1 <1.0.0", "1.0.0-rc.1", True),
        ("*", "7.0.0", True),
    ],
)
def test_overrides_that_overlap(one: str, other: str, overlap: bool) -> None:
    for first, second in ((one, other), (other, one)):
        lines = "".join(f'    - {{versions: "{words}", config: {{listen: 1}}}}\n' for words in (first, second))
        findings = found({SHOP: good()[SHOP] + f"  overrides:\n{lines}".encode()})
        assert [code for _, code in findings if code == "plan/overlapping-overrides"] == [
            "plan/overlapping-overrides"
        ] * overlap
        if overlap:
            assert findings[0][0].startswith(f"{SHOP}:12:18 spec.overrides[1].versions")


# ── authority ────────────────────────────────────────────────────────────────────────────────────────────────────
POLICY = "trust/policy.yaml"


@pytest.mark.parametrize(
    ("old", "new", "field", "code"),
    [
        ("{role: owner, who: [alice]", "{role: owner, who: [alice, dave]", "spec.roles[1].who[1]", "trust/unknown-person"),
        ('{role: owner, who: [alice], environments: ["*"], threshold: 1}', '{role: owner, who: [alice], environments: ["*"], threshold: 2}', "spec.roles[1]", "lint/quorum-unreachable"),
        ('{role: owner, who: [alice], environments: ["*"], threshold: 1}', '{role: owner, who: [alice], touch: true}', "spec.roles[1]", "lint/quorum-unreachable"),
        ('{role: owner, who: [alice], environments: ["*"]', '{role: owner, who: [alice], environments: ["prod"]', "spec.roles", "lint/nobody-may-sign"),
        ("securityLevel: signatures", "securityLevel: witnessed", "spec.securityLevel", "lint/no-sealers"),
        ("expires: 2027", "expires: 2025", "spec.expires", "trust/policy-expired"),
        (MACHINES["sealer"], KEY, "spec.people.sealer", "trust/shared-key"),
        (MACHINES["sealer"], "ssh-dss AAAA", "spec.people.sealer", "trust/bad-key"),
    ],
)  # fmt: skip
def test_policies_nobody_can_work_with(old: str, new: str, field: str, code: str) -> None:
    findings = found(edited(POLICY, old, new))
    place, said = next(one for one in findings if one[1] == code)
    assert place.startswith(f"{POLICY}:")
    assert place.endswith(f" {field}")
    assert {one for _, one in findings} <= {said, "lint/quorum-unreachable"}


def test_a_root_quorum_out_of_reach() -> None:
    path = "trust/root/1.yaml"
    raw = set_field(good()[path], path, ("spec", "root", "people", "bob"), ["ssh-dss AAAA"])
    findings = found({path: set_field(raw, path, ("spec", "root", "threshold"), 2)})
    assert [code for _, code in findings] == ["trust/bad-key", "lint/quorum-unreachable"]


def test_without_trust() -> None:
    assert {code for _, code in found({"trust/root/1.yaml": None, POLICY: None})} == {
        "trust/missing",
        "trust/no-policy",
    }


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_command(alice: Desk) -> None:
    said = alice.run("lint")
    assert (said.code, said.out) == (0, "11 documents, nothing wrong.\n")
    alice.edit(SHOP, "product: shop", "product: shoe")
    alice.write("channels/notes.txt", "x")
    said = alice.run("lint")
    assert said.code == 2
    assert said.out.startswith("channels/notes.txt\n  is neither a document")
    assert (
        f"{SHOP}:10:12 spec.product\n  there is no product shoe\n  fix: one of: shop        [lint/unknown]\n"
        in said.out
    )
    assert said.err == "Findings: 2.\n"
    assert "notes" not in alice.run("lint", "environments").out
    data = json.loads(alice.run("lint", "-o", "json").out)["items"]
    for one in data:
        Draft202012Validator(schemas()["finding.schema.json"]).validate(one)
    assert [(one["metadata"]["name"], one["line"], one["column"], one["field"], one["code"]) for one in data] == [
        ("channels/notes.txt", None, None, "", "trust/stray"),
        (SHOP, 10, 12, "spec.product", "lint/unknown"),
    ]


def test_line_ends_that_git_would_change(alice: Desk) -> None:
    alice.git("rm", "-q", ".gitattributes")
    assert "lint/converted" in alice.run("lint")


# ── before a commit ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_commit_with_a_mistake_is_refused(alice: Desk) -> None:
    alice.edit(SHOP, "product: shop", "product: shoe")
    before = alice.state()
    said = alice.commit("shoe", "-a", code=2)
    assert "there is no product shoe" in said
    assert alice.state() == before
    alice.commit("shoe", "-a", "--no-lint")
    alice.edit(DEV, "timezone: UTC", "timezone: Europe/Berlin")
    said = alice.commit("tz", "-a")
    assert "Findings in other documents: 1" in said


def test_a_commit_that_breaks_another_document_is_refused(alice: Desk) -> None:
    product = "products/shop/product.yaml"
    alice.git("rm", "-q", product)
    before = alice.state()
    said = alice.commit("gone", code=2)
    assert f"{SHOP}:10:12 spec.product\n  there is no product shop" in said.err
    assert alice.state() == before


def test_an_artifact_in_a_store_the_fleet_has_not() -> None:
    artifact = f'  artifacts: [{{name: web, digest: "sha256:{"0" * 64}", size: 3, store: main}}]\n'
    there = {RELEASE: document("Release", "shop@1.0.0", STEPS + artifact)}
    assert [code for place, code in found(there) if place.startswith(f"{RELEASE}:")] == ["lint/unknown"]
    stores = edited("tiangong.yaml", "channels:", "artifactStores: {main: {url: /srv/store}}\n  channels:")
    assert not [code for place, code in found({**there, **stores}) if code == "lint/unknown"]
