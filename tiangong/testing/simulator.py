"""A signed control repository in memory, in which honest work and attacks are one line each.

Everything is deterministic: keys come from names, times from a counter. Documents are stamped and signed for real, so
that what the tests feed to `verify`, to the agent or to a remote is what the tool itself would have written.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tiangong.documents.digest import sha512
from tiangong.documents.dump import dump
from tiangong.documents.parse import parse
from tiangong.documents.paths import kind_at, names_in, path_of, sealed_beside, sidecars
from tiangong.documents.strict import load
from tiangong.errors import Misuse
from tiangong.model.approval import ApprovalSpec
from tiangong.model.document import API_VERSION, Metadata
from tiangong.model.kinds import KINDS
from tiangong.model.policy import Quorum, TrustPolicy, TrustRoot
from tiangong.model.stages import Pins, Snapshot
from tiangong.testing.keyholder import Keyholder, keyholder
from tiangong.testing.memory import MemoryTree, open_bare, write_commit_object, write_objects
from tiangong.trust.approval import id_of
from tiangong.trust.audit import is_payload
from tiangong.trust.authority import grants_on
from tiangong.trust.court import POLICY_PATH
from tiangong.trust.keys import parse_public
from tiangong.trust.roles import grants_for
from tiangong.trust.roots import root_path
from tiangong.trust.sshsig import DOCUMENT_NAMESPACE

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
REPO = "0123456789abcdef0123456789abcdef"
RECIPIENT = "age1vupwhltqd8vep9v3nf72e8g0vmkxdr2atc7zch3x5k3lw8qzz99sez4fmj"
"""whom secrets are sealed to when a test doesn't say; nobody has its identity"""
STEPS = ({"name": "place", "executor": "file", "with": {"place": "app", "to": "/srv/shop"}},)
PAYLOAD = {"app/index.html": b"<h1>shop</h1>\n"}
Value = Any


@dataclass(slots=True)
class World:
    """A control repository. `files` and `modes` are all there is of it; change them freely.

    `now`: a moment at which everything in `small()` is valid. `policy`: the last one put that could be read.
    """

    repo: str = REPO
    files: dict[str, bytes] = field(default_factory=dict)
    modes: dict[str, int] = field(default_factory=dict)
    now: datetime = NOW
    policy: TrustPolicy | None = None
    _count: int = 0

    # ── people ───────────────────────────────────────────────────────────────────────────────────────────────
    def person(self, name: str) -> Keyholder:
        """Somebody; whether the policy knows the name is another matter."""
        return keyholder(name)

    def agent(self, environment: str) -> Keyholder:
        """The agent of an environment."""
        return keyholder(f"agent-of-{environment}")

    def pins(self, environment: str = "dev") -> Pins:
        """What a host of this environment was told when it joined: the first root as it stands here."""
        return Pins(self.repo, environment, 1, sha512(self.files[root_path(1)]))

    # ── documents ────────────────────────────────────────────────────────────────────────────────────────────
    def put(self, document: Mapping[str, Value], *signers: str) -> str:
        """Stamp, sign and write a document, replacing the one before; without signers people sign who may.

        Stamps that are given stay as they are. Returns the path.
        """
        kind, metadata = document["kind"], {**document["metadata"]}
        path = _path(kind, metadata)
        spec = {**document.get("spec", {})}
        before = 0 if kind == "Release" else self.generation(path)
        self._count += 1
        stamps = {"repo": self.repo, "generation": before + 1, "change": f"{self._count:012x}"}
        if kind == "Release":
            spec.setdefault("payload", self._payload(path))
        if kind == "Secret":
            spec.setdefault("digest", sha512(self.files.get(sealed_beside(path), b"")))
        if kind == "Promotion":
            spec["release"] = self._reference(spec["release"], path)
        whole = {"apiVersion": API_VERSION, **document, "metadata": {**metadata, **_absent(stamps, metadata)}}
        raw = dump({**whole, "spec": {name: value for name, value in spec.items() if value != {}}})
        self.write(path, raw, *(signers or self.who_may(path, raw)))
        return path

    def write(self, path: str, raw: bytes, *signers: str) -> None:
        """Write exact bytes with signatures of exactly these people; older signatures go."""
        self.raw(path, None)
        self.files[path] = raw
        for name in signers:
            self.sign(path, name)
        if path == POLICY_PATH:
            self._note_policy(raw)

    def sign(self, path: str, name: str, *, as_: str = "", namespace: str = DOCUMENT_NAMESPACE) -> None:
        """Add a signature of somebody; `as_`: the name its file claims."""
        self.files[sidecars(path, as_ or name)] = self.person(name).sign(self.files[path], namespace)

    def raw(self, path: str, raw: bytes | None) -> None:
        """Put bytes at a path as an attacker would, leaving signatures alone; None deletes path and signatures."""
        if raw is not None:
            self.files[path] = raw
            return
        for one in [one for one in self.files if one == path or (one.startswith(f"{path}.") and one.endswith(".sig"))]:
            del self.files[one]

    def edit(self, path: str, /, *signers: str, **changes: Value) -> str:
        """Change fields by dotted name and sign again; `spec__drift` means `spec.drift`, the value `...` removes."""
        data = load(self.files[path], path).data
        for stamp in ("generation", "change"):
            data["metadata"].pop(stamp, None)
        for name, value in changes.items():
            _set(data, name.replace("__", ".").split("."), value)
        return self.put(data, *signers)

    def generation(self, path: str) -> int:
        """The generation that stands at a path; 0 when there is none."""
        try:
            return parse(self.files[path], path).metadata.generation or 0
        except (KeyError, Misuse):
            return 0

    # ── what people do ───────────────────────────────────────────────────────────────────────────────────────
    def release(
        self,
        product: str,
        version: str,
        *signers: str,
        steps: Sequence[Mapping[str, Value]] = STEPS,
        payload: Mapping[str, bytes] = PAYLOAD,
        **spec: Value,
    ) -> str:
        """Publish a release with its payload files."""
        folder = f"products/{product}/releases/{version}"
        self.files.update({f"{folder}/{name}": raw for name, raw in payload.items()})
        name = {"name": f"{product}@{version}"}
        return self.put({"kind": "Release", "metadata": name, "spec": {**spec, "steps": [*steps]}}, *signers)

    def promote(self, product: str, version: str, channel: str, *signers: str) -> str:
        """Promote a release to a channel."""
        spec = {"release": {"name": f"{product}@{version}"}, "to": channel, "reason": "a test"}
        name = {"name": f"{product}@{version}/{channel}"}
        return self.put({"kind": "Promotion", "metadata": name, "spec": spec}, *signers)

    def suppress(self, name: str, *signers: str, hours: float = 4, **selector: Value) -> str:
        """Hold changes for some hours."""
        spec = {**selector, "until": (self.now + timedelta(hours=hours)).isoformat(), "reason": "a test"}
        return self.put({"kind": "Suppression", "metadata": {"name": name}, "spec": spec}, *signers)

    def recall(self, product: str, versions: str, *signers: str, name: str = "r-1", **spec: Value) -> str:
        """Recall versions of a product."""
        whole = {"versions": versions, "reason": "a test", **spec}
        return self.put({"kind": "Recall", "metadata": {"name": f"{product}/{name}"}, "spec": whole}, *signers)

    def withdraw(self, path: str, *signers: str, name: str = "w-1", **spec: Value) -> str:
        """Withdraw the act that stands at a path; `digest` and `subject` may be others than they are."""
        whole = {"subject": path, "digest": sha512(self.files.get(path, b"")), "reason": "a test", **spec}
        return self.put({"kind": "Withdrawal", "metadata": {"name": name}, "spec": whole}, *signers)

    def approve(self, product: str, version: str, where: str, *signers: str, days: float = 7, **spec: Value) -> str:
        """Approve a release at an installation; `plans` says which change when a test needs it to count."""
        release = f"products/{product}/releases/{version}/release.yaml"
        whole = {
            "product": product,
            "version": version,
            "environments": [where.partition("/")[0]],
            "subjects": [sha512(self.files.get(release, b""))],
            "plans": {where: sha512(b"a change")},
            "until": (self.now + timedelta(days=days)).isoformat(),
            **spec,
        }
        name = id_of(ApprovalSpec.model_validate(whole))
        return self.put({"kind": "Approval", "metadata": {"name": name}, "spec": whole}, *signers)

    def revoke(self, *people: str, name: str = "v-1", reason: str = "retired", **spec: Value) -> str:
        """Revoke the keys of people, from now on when `since` doesn't say otherwise."""
        keys = {"keys": [parse_public(self.person(one).line).fingerprint for one in people]} if people else {}
        whole = {"reason": reason, "since": self.now.isoformat(), **keys, **spec}
        return self.put({"kind": "Revocation", "metadata": {"name": name}, "spec": whole})

    def seal(self, environment: str, name: str, raw: bytes, *signers: str, **spec: Value) -> str:
        """Write a secret: its SOPS file as given, and the document that names it."""
        metadata = {"name": name, "environment": environment}
        whole = {"products": ["shop"], "recipients": [RECIPIENT], **spec}
        self.files[f"environments/{environment}/secrets/{name}.sops.yaml"] = raw
        return self.put({"kind": "Secret", "metadata": metadata, "spec": whole}, *signers)

    def environment(self, name: str, labels: Mapping[str, str] | None = None, **spec: Value) -> str:
        """Write an environment and its agent's key."""
        agent = {"keys": [{"key": self.agent(name).line}]}
        self.put({"kind": "Agent", "metadata": {"name": name}, "spec": agent})
        metadata = {"name": name, "labels": dict(labels)} if labels else {"name": name}
        return self.put({"kind": "Environment", "metadata": metadata, "spec": spec})

    def installation(self, environment: str, name: str, **spec: Value) -> str:
        """Write an installation; product and channel default to its name and the first channel."""
        whole = {"product": name, "channel": "release", **spec}
        return self.put({"kind": "Installation", "metadata": {"name": name, "environment": environment}, "spec": whole})

    def set_policy(self, *signers: str, **changes: Value) -> str:
        """Write the policy: the small one with other `people`, `roles`, `expires`, `securityLevel`."""
        spec = {**small_policy(), **changes}
        return self.put({"kind": "TrustPolicy", "metadata": {"name": "policy"}, "spec": spec}, *signers)

    def set_root(
        self, version: int, root: Mapping[str, Value], policy: Mapping[str, Value], *signers: str, **spec: Value
    ) -> str:
        """Write a root; `quorum()` makes the two quorums."""
        whole = {"version": version, **spec, "root": root, "policy": policy}
        return self.put({"kind": "TrustRoot", "metadata": {"name": str(version)}, "spec": whole}, *signers)

    # ── what others read ─────────────────────────────────────────────────────────────────────────────────────
    def tree(self) -> MemoryTree:
        """The files as they are now."""
        return MemoryTree(self.files, self.modes)

    def snapshot(self, revision: str = "", *, rewritten: bool = False) -> Snapshot:
        """What a source would hand over now; the revision defaults to a digest of all files."""
        shown = revision or hashlib.sha1(repr(sorted(self.files.items())).encode(), usedforsecurity=False).hexdigest()
        return Snapshot("world", shown, self.tree(), self.now, rewritten)

    def commit_to(self, bare: Path, branch: str = "main", *, rewrite: bool = False, message: str = "World") -> str:
        """Write the files as a new commit of a branch in a bare repository (made when missing); return its id.

        `rewrite`: a commit without the branch's past, as a forced push would bring.
        """
        repository = open_bare(bare)
        ref = f"refs/heads/{branch}"
        parent = "" if rewrite else str(repository.references[ref].target) if ref in repository.references else ""
        self._count += 1
        at = self.now + timedelta(seconds=self._count)
        tree = write_objects(repository, self.files, self.modes)
        commit = write_commit_object(repository, tree, parent, at, message)
        repository.references.create(ref, commit, force=True)
        return commit

    def copy(self) -> "World":
        """A world of its own that starts as this one is."""
        return World(self.repo, dict(self.files), dict(self.modes), self.now, self.policy, self._count)

    def who_may(self, path: str, raw: bytes) -> tuple[str, ...]:
        """People enough to sign a document; nobody when nobody may."""
        kind = kind_at(path)
        if kind in ("TrustRoot", "TrustPolicy", "Revocation"):
            people = self._quorum(kind, path, raw)
            return people[:1] if kind == "Revocation" else people
        if self.policy is None or kind is None:
            return ()
        spec = load(raw, path).data.get("spec") or {}
        environments = tuple(spec.get("environments", ())) if kind in ("Suppression", "Approval") else ()
        products = (spec["product"],) if kind == "Installation" and spec.get("product") else ()
        products = tuple(spec.get("products", ())) if kind == "Secret" else products
        grants = grants_for(self.policy.spec, kind, path, environments, products)
        if kind == "Withdrawal":
            subject = self.files.get(spec["subject"], b"")
            grants = grants_on(self.policy.spec, path, parse(raw, path), parse(subject, spec["subject"]))
        return tuple(grants[0].who[: grants[0].threshold]) if grants else ()

    # ── the first world ──────────────────────────────────────────────────────────────────────────────────────
    @classmethod
    def small(cls) -> "World":
        """Fleet, three channels, product shop, environment dev with an installation shop on channel release."""
        return _small().copy()

    @classmethod
    def bare(cls, repo: str = REPO) -> "World":
        """Only a root and a policy."""
        world = cls(repo)
        world.set_root(1, quorum(1, "alice"), quorum(1, "alice"), "alice")
        world.set_policy("alice")
        return world

    # ── details ──────────────────────────────────────────────────────────────────────────────────────────────
    def _payload(self, path: str) -> dict[str, str]:
        folder = path.rpartition("/")[0] + "/"
        inside = sorted(one for one in self.files if one.startswith(folder) and is_payload(one))
        return {one.removeprefix(folder): sha512(self.files[one]) for one in inside}

    def _reference(self, reference: Mapping[str, Value], path: str) -> dict[str, Value]:
        release = "products/{product}/releases/{version}/release.yaml".format_map(names_in("Promotion", path))
        raw = self.files.get(release)
        return {**reference, **_absent({"digest": sha512(raw)} if raw else {}, reference)}

    def _quorum(self, kind: str, path: str, raw: bytes) -> tuple[str, ...]:
        try:
            mine = parse(raw, path)
        except Misuse:
            mine = None
        roots = [root for root in (self._newest_root(below=path), mine) if isinstance(root, TrustRoot)]
        quorums: list[Quorum] = [root.spec.root if kind == "TrustRoot" else root.spec.policy for root in roots]
        return tuple(dict.fromkeys(name for q in quorums for name in list(q.people)[: q.threshold]))

    def _newest_root(self, below: str) -> TrustRoot | None:
        roots = [one for one in self.files if kind_at(one) == "TrustRoot" and one != below]
        found = [parse(self.files[one], one) for one in roots]
        return max((r for r in found if isinstance(r, TrustRoot)), key=lambda r: r.spec.version, default=None)

    def _note_policy(self, raw: bytes) -> None:
        try:
            document = parse(raw, POLICY_PATH)
        except Misuse:
            return
        if isinstance(document, TrustPolicy):
            self.policy = document


def quorum(threshold: int, *people: str) -> dict[str, Value]:
    """A quorum of a root."""
    return {"threshold": threshold, "people": {name: [keyholder(name).line] for name in people}}


def small_policy() -> dict[str, Value]:
    """Alice may do what people do; machines release and promote; bob is somebody without a role."""
    machines = ("ci-release", "promoter")
    people: dict[str, Value] = {name: {"keys": [keyholder(name).line]} for name in ("alice", "bob")}
    people |= {name: {"keys": [keyholder(name).line], "machine": True} for name in machines}
    return {
        "securityLevel": "signatures",
        "expires": "2027-11-23T00:00:00+00:00",
        "people": people,
        "roles": [
            *({"role": role, "who": ["alice"]} for role in ("maintainer", "owner", "operator", "approver")),
            {"role": "release", "who": ["ci-release"]},
            {"role": "promoter", "who": ["promoter", "alice"]},
        ],
    }


@cache
def _small() -> World:
    world = World.bare()
    world.put({"kind": "Fleet", "metadata": {"name": "acme"}, "spec": {"channels": ["release", "canary", "stable"]}})
    for channel in ("release", "canary", "stable"):
        world.put({"kind": "Channel", "metadata": {"name": channel}})
    world.put({"kind": "Product", "metadata": {"name": "shop"}, "spec": {"owner": "team-shop"}})
    world.environment("dev", timezone="Europe/Berlin")
    world.installation("dev", "shop")
    return world


def _path(kind: str, metadata: Mapping[str, Value]) -> str:
    model = KINDS[kind]
    shell = Metadata.model_construct(name=metadata["name"], environment=metadata.get("environment"))
    return path_of(model.model_construct(api_version=API_VERSION, kind=kind, metadata=shell))


def _absent(values: Mapping[str, Value], given: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name not in given}


def _set(data: dict[str, Value], names: Sequence[str], value: Value) -> None:
    here: Any = data
    for name in names[:-1]:
        here = here[int(name)] if isinstance(here, list) else here.setdefault(name, {})
    last: Any = int(names[-1]) if isinstance(here, list) else names[-1]
    if value is ...:
        here.pop(last, None)
    else:
        here[last] = value


__all__ = ["NOW", "REPO", "Keyholder", "World", "keyholder", "quorum", "small_policy"]
