"""Judges documents one by one against one policy; what fails keeps counting as it was last accepted (R24)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES
from tiangong.documents.paths import kind_at
from tiangong.documents.strict import LARGEST as LARGEST_DOCUMENT
from tiangong.errors import Failed, Place, Problem, Refused, problem
from tiangong.model.acts import Withdrawal
from tiangong.model.document import Document
from tiangong.model.policy import TrustPolicy
from tiangong.model.revocation import Revocation
from tiangong.model.seal import Quarantined
from tiangong.model.stages import Entry, Kept, Memory, Pins, Refusal, Signed, Tree
from tiangong.trust.authority import (
    Keyring,
    judge,
    judge_quorum,
    may_restrict,
    quorum_ring,
    shared_key,
    signatures_of,
    unsigned,
)
from tiangong.trust.flaws import POLICY_PATH, policy_flaw, policy_ring, unknown_people, unnamed
from tiangong.trust.hearing import ANYTIME, Ears, heard, untainted
from tiangong.trust.marks import ONCE, judge_mark, same_bytes
from tiangong.trust.reading import MOST_ENTRIES, Cache, File, Files, Found, Listings, refused, remarked
from tiangong.trust.revocations import FOLDER as REVOCATIONS
from tiangong.trust.revocations import document_of, ended, signers_of_revocation
from tiangong.trust.roles import RESTRICTIONS
from tiangong.trust.roots import Root, follow
from tiangong.trust.seal import Sealing
from tiangong.trust.sshsig import LARGEST as LARGEST_SIGNATURE
from tiangong.trust.verdict import Accepted, Verdict, accepted
from tiangong.trust.withdrawal import WITHDRAWALS, may_end, signers_of

D = TypeVar("D", bound=Document)
__all__ = ["POLICY_PATH", "Court"]
UNREAD = "trust/unread-restriction"
LOST = "trust/lost-restriction"
CHANGED = (*ONCE.values(), "trust/equivocation")
"""what is said of an act that is written once and stands there with other bytes"""


@dataclass(slots=True)
class Court:
    """One verification under way: reads documents of a tree, collects refusals and what to remember."""

    tree: Tree
    pins: Pins
    memory: Memory | None
    cache: Cache
    most: int = MOST_ENTRIES
    sealing: Sealing | None = None
    """the seal the tree stands under, when one is demanded"""
    refusals: list[Refusal] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    policy: Signed[TrustPolicy] | None = None
    root: Root | None = None
    ring: Keyring = field(default_factory=dict)
    revoked: tuple[Revocation, ...] = ()
    """revocations in force"""
    times: Listings | None = None
    """the listings of the seal before, when this tree isn't sealed yet"""
    presumed: datetime | None = None
    """the time at which bytes are judged that no seal vouched for yet: a sealer's now, None for an agent"""
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    """path and digest of every restriction that has been withdrawn; see `take_withdrawals`"""
    marks: dict[str, Kept] = field(init=False, default_factory=dict)
    """what is remembered of every document, by path"""
    files: Files = field(init=False)
    _quarantine: dict[str, Quarantined] = field(init=False)
    _reach: tuple[str, ...] = field(init=False, default=("",))
    _remembered: dict[str, list[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing is read yet."""
        self._quarantine = dict(self.sealing.quarantine) if self.sealing else {}
        listings = self.sealing.listings if self.sealing else None
        self.files = Files(self.tree, self.cache, self.refusals, self.most, listings)

    def open(self) -> tuple[Root, Signed[TrustPolicy]]:
        """Follow the root chain and accept the policy; Refused when there is none to trust."""
        root = self.root = follow(self.files, self.pins, self.memory)
        self.kept.update((kept.path, kept) for kept in root.kept)
        self.marks = root.marks(self.memory.kept if self.memory else {})
        for path in {*self.marks, *self._quarantine}:
            self._remembered.setdefault(path.rpartition("/")[0], []).append(path)
        if root.document.metadata.repo != self.pins.repo:
            place = Place(self.kept_path(root))
            found = str(root.document.metadata.repo)
            raise Refused.of("trust/other-repo", place, found=found, expected=self.pins.repo)
        self.revoked = self._revocations(root)
        self.policy = self._policy(root)
        self.ring, problems = policy_ring(self.policy.document)
        self.refusals.extend(remarked(POLICY_PATH, why) for why in (*problems, *unknown_people(self.policy.document)))
        return root, self.policy

    def _revocations(self, root: Root) -> tuple[Revocation, ...]:
        """What no longer counts, before anything else is judged (R9)."""
        folder = self.files.folder(REVOCATIONS).files
        paths = sorted(path for path in {*folder, *self._remembered.get(REVOCATIONS, ())} if kind_at(path))
        fresh = {path: self._judge_revocation(path, root) for path in paths}
        old = {path: document_of(self.files, self._before(path)) for path in paths}
        said = [one.signed.document if one else old[path] for path, one in fresh.items()]
        every = [one for one in said if isinstance(one, Revocation)]
        withdrawals = [self.files.read(file) for file in self.files.folder(WITHDRAWALS).files.values()] if every else []
        known = [one for one in withdrawals if isinstance(one, Found)]
        self.withdrawn.update(ended(self.files, known, root.document.spec.policy, every, self.pins.repo))
        settled = [_as(Revocation, self._settle(path, one)) for path, one in fresh.items()]
        return tuple(one.document for one in settled if one and not self.is_withdrawn(one))

    def _judge_revocation(self, path: str, root: Root) -> Accepted | None:
        """A revocation that counts; where none does, the last good one the seal names."""
        file = self.files.at(path)
        for found in (self.files.read(file) if file else None, self._quarantined(path)):
            if found is None:
                continue
            verdict = self._revocation_verdict(found, root) if isinstance(found, Found) else (found,)
            if isinstance(verdict, Accepted):
                return verdict
            self.refusals.extend(refused(path, why) for why in verdict)
        return None

    def _revocation_verdict(self, found: Found, root: Root) -> Verdict:
        signers = signers_of_revocation(found, root.document.spec.policy)
        if isinstance(signers, Problem):
            return (signers,)
        before, document = self._before(found.path), self.files.document(found.path, found.raw, found.digest)
        unread = () if before and same_bytes(before) else (problem(UNREAD, Place(found.path)),)
        if isinstance(document, tuple):
            return (*document, *unread)
        why = judge_mark(found, document, self.pins.repo, before)
        return (why, *(unread if why.code in CHANGED else ())) if why else accepted(found, document, signers, before)

    def kept_path(self, root: Root) -> str:
        """Where the newest root stands."""
        return root.kept[-1].path

    def one(self, path: str, kind: type[D]) -> Signed[D] | None:
        """The accepted document at a path, fresh or as remembered."""
        file = self.files.at(path)
        fresh = self._judge(file) if file else None
        return _as(kind, self._settle(path, fresh or self._last_good(path)))

    def all_in(self, folder: str, kind: type[D]) -> Iterator[Signed[D]]:
        """The accepted documents of a folder, fresh or as remembered, in the order of their paths."""
        files = self.files.folder(folder).files
        for path in sorted({*files, *self._remembered.get(folder, ())}):
            if kind_at(path) == kind.__name__ and (signed := self.one(path, kind)):
                yield signed

    def folders_in(self, folder: str) -> list[str]:
        """Names of the folders in a folder, also of those of which only something is remembered, in order."""
        start = f"{folder}/"
        gone = (path[len(start) :].partition("/")[0] for path in self._remembered if path.startswith(start))
        return sorted({*self.files.folder(folder).folders, *gone})

    def take_withdrawals(self, reach: tuple[str, ...] = ("",)) -> None:
        """Note which restrictions have been withdrawn, before they are read.

        `reach`: how the paths begin that are of interest here; others are neither read nor judged.
        """
        self._reach = reach
        for signed in self.all_in(WITHDRAWALS, Withdrawal):
            spec = signed.document.spec
            if spec.subject.startswith(reach):
                self.withdrawn.add((spec.subject, spec.digest))

    def is_withdrawn(self, signed: Signed[Document]) -> bool:
        """Tell whether exactly these bytes were withdrawn."""
        return (signed.path, signed.digest) in self.withdrawn

    def refuse(self, path: str, why: Problem) -> None:
        """Note a refusal."""
        self.refusals.append(refused(path, why))

    def _judge(self, file: File) -> Accepted | None:
        """The document when it counts; None, and a refusal for each reason, when it doesn't."""
        assert self.policy is not None  # noqa: S101 -- open() comes first
        found = self.files.read(file)
        if isinstance(found, Problem):
            self.refuse(file.path, found)
            return None
        before = self._before(file.path)
        since = self.since(found)
        made_from = (found, before, self.policy.digest, self.pins, self.revoked, since)
        known = self.cache.verdicts.get(file.path)
        # Whether a withdrawal counts depends on what it ends, and what restricts on what was withdrawn, too.
        cached = kind_at(file.path) not in (Withdrawal.__name__, *RESTRICTIONS)
        if known is None or known[0] != made_from or not cached:
            known = self.cache.verdicts[file.path] = (made_from, self._verdict(found, before, self.policy.document))
        verdict: Any = known[1]
        is_good = isinstance(verdict, Accepted)
        self.refusals.extend(refused(file.path, why) for why in (verdict.remarks if is_good else verdict))
        return verdict if is_good else None

    def since(self, found: Found) -> datetime | None:
        """When the first seal vouched for these bytes at this path; None when none did."""
        entry = self._quarantine.get(found.path)
        if entry and entry.last_good and entry.last_good.digest == found.digest:
            return entry.last_good.since
        folder, _, name = found.path.rpartition("/")
        line = self.times.lines(folder).get(name) if self.times else self.files.sealed_line(found.path)
        return line.since if line is not None and line.digest == found.digest else self.presumed

    def presume(self) -> None:
        """Take signatures for made when they could be: what nobody sealed yet is looked at, and not acted on."""
        if self.policy is not None and self.policy.document.spec.security_level != "signatures":
            self.presumed = ANYTIME

    def heard(self, found: Found) -> Found:
        """With the signatures that are to be heard by the policy."""
        assert self.policy is not None  # noqa: S101 -- open() comes first
        spec = self.policy.document.spec
        return heard(found, Ears(self.ring, spec.people, spec.authorities, self.revoked), self.since(found))

    def _verdict(self, found: Found, before: Kept | None, policy: TrustPolicy) -> Verdict:
        """Bytes that nobody the policy knows has signed are not even read."""
        found = self.heard(found)
        if why := unsigned(found, policy.spec, self.ring):
            return (why,)
        document = self.files.document(found.path, found.raw, found.digest)
        if isinstance(document, tuple):
            return (*document, *self._unread(found, before, policy))
        return (why,) if (why := unnamed(document, found.path)) else self._weighed(found, document, before, policy)

    def _weighed(self, found: Found, document: Document, before: Kept | None, policy: TrustPolicy) -> Verdict:
        """Whether who signed may, and whether the document is newer than what is remembered."""
        signers = self._signers(found, document, policy)
        if signers is None or isinstance(signers, Problem):
            return (signers,) if signers else ()
        if why := judge_mark(found, document, self.pins.repo, before):
            return (why, *(self._unread(found, before, policy) if why.code in CHANGED else ()))
        made = accepted(found, document, signers, before)
        if isinstance(self._signers(untainted(found), document, policy), Problem):
            found_out = problem("trust/tainted", Place(found.path), signed=", ".join(signers))
            return replace(made, remarks=(found_out,))
        return made

    def _signers(self, found: Found, document: Document, policy: TrustPolicy) -> tuple[str, ...] | Problem | None:
        """Who signed with authority, or why nobody did; None for a withdrawal of something that isn't here."""
        if not isinstance(document, Withdrawal):
            return judge(found, document, policy.spec, self.ring)
        spec = document.spec
        if not spec.subject.startswith(self._reach):
            return None
        if not may_end(spec.subject):
            return problem("trust/cant-withdraw", Place(found.path, field="spec.subject"), subject=spec.subject)
        raw = self._bytes_of(spec.subject, spec.digest)
        if raw is None:
            other = self.files.at(spec.subject) or self._before(spec.subject)
            place = Place(found.path, field="spec.digest")
            return problem("trust/withdraws-other", place, subject=spec.subject) if other else None
        subject = self.files.document(spec.subject, raw, spec.digest) if raw else ()
        readable = None if isinstance(subject, tuple) else subject
        assert self.root is not None  # noqa: S101 -- open() comes first
        return signers_of(found, document, readable, policy.spec, self.ring, self.root.document.spec.policy)

    def _bytes_of(self, path: str, digest: str) -> bytes | None:
        """The bytes with a digest that stand or stood at a path; empty when only that is known, None when not even."""
        file, before = self.files.at(path), self._before(path)
        there = self.files.read(file) if file else None
        if isinstance(there, Found) and there.digest == digest:
            return there.raw
        if before is None or before.digest != digest:
            return None
        return before.raw if same_bytes(before) else b""

    def _unread(self, found: Found, before: Kept | None, policy: TrustPolicy) -> tuple[Problem, ...]:
        """A restriction that can't be read still restricts, when its signer may: nobody knows what it says (R11).

        What was accepted before goes on counting instead; unless it was withdrawn, or its bytes are lost.
        """
        if kind_at(found.path) not in RESTRICTIONS or (found.path, found.digest) in self.withdrawn:
            return ()
        if before is not None and same_bytes(before) and (before.path, before.digest) not in self.withdrawn:
            return ()
        if not may_restrict(found, policy.spec, self.ring, self.pins.environment):
            return ()
        return (problem(UNREAD, Place(found.path)),)

    def unread_in(self, folder: str) -> None:
        """Note what people of the policy signed in a folder of restrictions that this version has no kind for."""
        for file in self.files.folder(folder).strange:
            found = self.files.read(file)
            if isinstance(found, Found) and (found.path, found.digest) in self.withdrawn:
                continue
            if isinstance(found, Problem) or signatures_of(found, self.ring):
                self.refuse(file.path, problem(UNREAD, Place(file.path)))

    def _settle(self, path: str, fresh: Accepted | None) -> Signed[Document] | None:
        """Take the fresh document, or else the remembered one."""
        if fresh is not None:
            self.kept[path] = fresh.kept
            return fresh.signed
        before = self._before(path)
        if before is None or not same_bytes(before):
            self._lost(path, before)
            return None
        document = self.files.document(path, before.raw, before.digest)
        if isinstance(document, tuple):
            return None
        if self.tree.entry(path) is None:
            self.refuse(path, problem("trust/disappeared", Place(path), kind=before.kind))
        self.kept[path] = before
        return Signed(document, path, before.raw, before.digest, before.signers)

    def _last_good(self, path: str) -> Accepted | None:
        """What counted before, where the sealed head holds nothing that does; by the agent's own judgement (D9)."""
        assert self.policy is not None  # noqa: S101 -- open() comes first
        found, before = self._quarantined(path), self._before(path)
        if found is None:
            return None
        verdict = self._verdict(found, before, self.policy.document)
        if isinstance(verdict, Accepted):
            code = "trust/quarantined" if self.tree.entry(path) else "trust/disappeared"
            self.refuse(path, problem(code, Place(path), kind=verdict.kept.kind))
            return verdict
        self.refusals.extend(refused(path, why) for why in verdict)
        return None

    def _quarantined(self, path: str) -> Found | None:
        """The last good bytes the seal names for a path; None when it names none, or when they are remembered."""
        entry, before = self._quarantine.get(path), self._before(path)
        good = entry.last_good if entry else None
        if good is None or (before is not None and same_bytes(before)):
            return None
        raw = self._blob(good.blob, LARGEST_DOCUMENT)
        if raw is None or sha512(raw) != good.digest:
            self.refuse(path, problem("seal/lost-good", Place(path), blob=good.blob))
            return None
        signatures = [(name, self._blob(id_, LARGEST_SIGNATURE)) for name, id_ in good.signatures.items()]
        return self.files.take(path, raw, signatures)

    def _blob(self, id_: str, limit: int) -> bytes | None:
        """The bytes of an object that isn't in the tree, or None when they aren't here or too many."""
        entry = Entry("", id_, FILE_MODES[0])
        try:
            return self.tree.read(entry) if self.tree.size(entry) <= limit else None
        except (Failed, KeyError):
            return None

    def _lost(self, path: str, before: Kept | None) -> None:
        """A restriction of which a wiped agent knows only that it counted: somebody has to show it again (R20)."""
        if before is None or not before.digest or before.kind not in RESTRICTIONS:
            return
        if (path, before.digest) not in self.withdrawn:
            self.refuse(path, problem(LOST, Place(path), kind=before.kind))

    def _before(self, path: str) -> Kept | None:
        return self.marks.get(path)

    def _policy(self, root: Root) -> Signed[TrustPolicy]:
        """The policy in the tree, or the remembered one and a refusal; Refused when there is neither."""
        file = self.files.at(POLICY_PATH)
        verdict = self._judge_policy(self.files.read(file), root) if file else ()
        fresh = verdict if isinstance(verdict, Accepted) else None
        if not isinstance(verdict, Accepted):
            self.refusals.extend(refused(POLICY_PATH, why) for why in verdict)
        good = self._quarantined(POLICY_PATH) if fresh is None else None
        verdict = self._judge_policy(good, root) if good else ()
        fresh = verdict if isinstance(verdict, Accepted) else fresh
        signed = _as(TrustPolicy, self._settle(POLICY_PATH, fresh))
        if signed is None:
            why = tuple(r.problem for r in self.refusals if r.path in (POLICY_PATH, "trust"))
            raise Refused(*why or (problem("trust/no-policy", Place(POLICY_PATH)),))
        return signed

    def _judge_policy(self, found: Found | Problem, root: Root) -> Verdict:
        if isinstance(found, Problem):
            return (found,)
        quorum = root.document.spec.policy
        ring, problems = quorum_ring(quorum, self.kept_path(root))
        self.refusals.extend(remarked(self.kept_path(root), why) for why in problems)
        found = heard(found, Ears(ring, revoked=self.revoked), self.since(found))
        signers = shared_key(problems) or judge_quorum(found, quorum, ring, "policy")
        if isinstance(signers, Problem):
            return (signers,)
        document = self.files.document(found.path, found.raw, found.digest)
        if isinstance(document, tuple):
            return document
        before = self._before(found.path)
        why = judge_mark(found, document, self.pins.repo, before) or policy_flaw(document, self.pins)
        return (why,) if why else accepted(found, document, signers, before)


def _as(kind: type[D], signed: Signed[Any] | None) -> Signed[D] | None:
    return signed if signed is not None and isinstance(signed.document, kind) else None
