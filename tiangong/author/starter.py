"""The documents a new control repository starts with, as text with comments: people go on editing them by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tiangong.author.sealers import sealing_files
from tiangong.author.surroundings import surroundings
from tiangong.documents.dump import dump
from tiangong.model.document import API_VERSION
from tiangong.model.kinds import KINDS
from tiangong.model.policy import Level

CHANNELS = {"release": "every signed release", "canary": "first real users", "stable": "everybody"}
PROFILE = "standard"
ENVIRONMENT = "dev"
VALID_FOR = timedelta(days=365)
MACHINES = {
    "release": "publishes releases; give its key to the CI that builds them",
    "promoter": "promotes releases by the rules of the product",
    "sealer": "seals what was verified; give its key to the CI or the machine that runs tiangong promoter run",
}
"""name of a machine, which is also its role → what its key is for (D12)"""
ROLES = {
    "maintainer": "fleet, channels, products",
    "owner": "environments, profiles, agents",
    "operator": "installations, suppressions",
    "release": "releases",
    "promoter": "promotions",
    "sealer": "seals",
    "attester": "labels on releases, once they are built",
    "approver": "approvals",
    "auditor": "signs nothing",
}
SCOPES = {
    **dict.fromkeys(("owner", "operator", "approver"), "environments"),
    **dict.fromkeys(("maintainer", "release", "promoter", "attester"), "products"),
}
"""what a role can be limited to; a role without an entry reaches everything it stands for"""
ROLE_WIDTH = 78
FLEET_NOTE = "# The pipeline, in order. The first channel holds every signed release; the others take promotions.\n"
PROFILE_NOTE = "# What many environments share. Every agent keeps inside the envelope, whatever a release asks for.\n"
PROFILE_SPEC = """\
drift: report   # report | repair | ignore
envelope:
  executors: [file, http, shell]
  paths: ["/srv/**"]
  hosts: [localhost, "127.0.0.1"]
  shell:
    commands: []   # programs that shell steps may start, such as [systemctl, python3]"""
ROOT_NOTE = "# The root of trust: who signs roots and policies. Never edited; a change is the next number.\n"
POLICY_NOTE = """\
# Who may sign what. The set of roles is closed; narrow a role with globs, raise a threshold to need more people.
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants of a new repository. `product`: empty = none yet; `ci`: github, gitlab or nothing.

    `sealer`: one of `SEALERS`; with anybody but nobody agents demand seals (D10).
    """

    fleet: str
    product: str = ""
    ci: str = ""
    sealer: str = "nobody"

    @property
    def level(self) -> Level:
        """What agents demand."""
        return "signatures" if self.sealer == "nobody" else "sealed"


def starter_files(wishes: Wishes) -> dict[str, bytes]:
    """Fleet, channels, a profile, an environment, and what surrounds them; without trust, which `found` adds."""
    documents = [
        _document("Fleet", {"name": wishes.fleet}, f"channels: [{', '.join(CHANNELS)}]", FLEET_NOTE),
        *(channel_file(name, about) for name, about in CHANNELS.items()),
        profile_file(PROFILE),
        environment_file(ENVIRONMENT, profiles=(PROFILE,), labels={"tier": ENVIRONMENT}),
    ]
    if wishes.product:
        documents += [product_file(wishes.product), installation_file(ENVIRONMENT, wishes.product)]
    files = dict((*documents, *surroundings(wishes.fleet, wishes.ci)))
    return {path: text.encode() for path, text in (files | dict(sealing_files(wishes.sealer, files))).items()}


def channel_file(name: str, about: str) -> tuple[str, str]:
    """Where a channel stands, and its text."""
    return _document("Channel", {"name": name}, f"description: {word(about)}")


def profile_file(name: str) -> tuple[str, str]:
    """Where a profile stands, and its text: one that allows little."""
    return _document("Profile", {"name": name}, PROFILE_SPEC, PROFILE_NOTE)


def product_file(name: str) -> tuple[str, str]:
    """Where a product stands, and its text."""
    return _document("Product", {"name": name}, f"owner: {word(f'team-{name}')}   # whom to ask")


def installation_file(environment: str, product: str) -> tuple[str, str]:
    """An installation that follows the first channel."""
    spec = f"product: {word(product)}\nchannel: {next(iter(CHANNELS))}\nconfig: {{}}   # values the release asks for"
    return _document("Installation", {"name": product, "environment": environment}, spec)


def environment_file(
    name: str, *, profiles: tuple[str, ...], labels: Mapping[str, str], timezone: str = "UTC"
) -> tuple[str, str]:
    """An environment with its profiles."""
    lines = [
        f"profiles: [{', '.join(map(word, profiles))}]",
        f"timezone: {word(timezone)}",
        '# windows: {allow: [{name: nights, cron: "0 1 * * TUE-THU", for: 4h}]}',
        "# drift: repair   # what to do when the host differs: report, repair or ignore",
    ]
    return _document("Environment", {"name": name, "labels": dict(labels)}, "\n".join(lines))


def trust_files(
    repo: str, person: str, key: str, machines: Mapping[str, str], now: datetime, level: Level = "signatures"
) -> dict[str, bytes]:
    """The first root and policy: one person decides everything, machines have keys of their own. Keys by name."""
    quorum = {"threshold": 1, "people": {person: [key]}}
    root = {"version": 1, "root": quorum, "policy": quorum}
    until = (now + VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    people = {person: {"keys": [key]}, **{name: {"keys": [line], "machine": True} for name, line in machines.items()}}
    policy = (
        f"securityLevel: {level}   # or sealed: only what was sealed is acted on\nexpires: {until.isoformat()}\n"
        + dump({"people": people}).decode()
        + "roles:\n"
        + "".join(_role(role, person, machines) for role in ROLES)
    )
    files = (
        _document("TrustRoot", {"name": "1", "repo": repo}, dump(root).decode().rstrip(), ROOT_NOTE),
        _document("TrustPolicy", {"name": "policy"}, policy.rstrip(), POLICY_NOTE),
    )
    return {path: text.encode() for path, text in files}


def _role(role: str, person: str, machines: Mapping[str, str]) -> str:
    who = [role] if role in machines else [person]
    if role == "promoter" and person not in who:
        who.append(person)
    scope = f', {SCOPES[role]}: ["*"]' if role in SCOPES else ""
    line = f"  - {{role: {role}, who: [{', '.join(map(word, who))}]{scope}, threshold: 1}}"
    return f"{line:<{ROLE_WIDTH}}   # {ROLES[role]}\n"


def word(value: str) -> str:
    """A word of text as it may stand anywhere in YAML: in quotes where some reader would take it for something else."""
    return dump({"x": value}).decode().removeprefix("x: ").rstrip("\n")


def _document(kind: str, metadata: Mapping[str, Any], spec: str, note: str = "") -> tuple[str, str]:
    """One document's path and text."""
    head = dump({"apiVersion": API_VERSION, "kind": kind, "metadata": {k: v for k, v in metadata.items() if v}})
    indented = "".join(f"  {line}\n" for line in spec.splitlines())
    return KINDS[kind].path.format_map(metadata), f"{note}{head.decode()}spec:\n{indented}"
