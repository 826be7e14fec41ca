"""Whether a seal counts, and what it covers (R17, R18, D7–D10). Pure: tree of `seals`, policy, mark, `now`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tiangong.documents.digest import sha512
from tiangong.documents.listing import FILE_MODES, LARGEST, Line, read_listing
from tiangong.documents.merkle import listing_path
from tiangong.documents.parse import validate
from tiangong.documents.strict import LARGEST as LARGEST_SEAL
from tiangong.documents.strict import load
from tiangong.errors import Failed, Misuse, Place, Problem, Refused, problem
from tiangong.model.policy import Level, TrustPolicySpec
from tiangong.model.seal import NAMESPACE, SEAL_FILE, SEALS, Quarantined, Seal
from tiangong.model.stages import Pins, SealMark, Tree
from tiangong.trust.authority import Keyring, Signature, signatures_of
from tiangong.trust.reading import MOST_SIDECARS, BadSignature, Found
from tiangong.trust.sshsig import LARGEST as LARGEST_SIGNATURE
from tiangong.trust.sshsig import Sig, check
from tiangong.trust.wire import SigError

AHEAD = timedelta(minutes=10)
"""how far the sealer's clock may be ahead of the agent's (R18)"""
WITNESSES = 2
"""sealers that a seal needs at level `witnessed`"""
PLACE = Place(f"{SEALS}:{SEAL_FILE}")


@dataclass(frozen=True, slots=True)
class Sealing:
    """A seal as it was read, with its signatures, and the listings it commits to. Nobody judged it yet."""

    seal: Seal
    found: Found
    commit: str
    listings: "SealedListings"

    @property
    def quarantine(self) -> Mapping[str, Quarantined]:
        """What doesn't count in the sealed head, by path."""
        return {one.path: one for one in self.seal.spec.quarantine}

    @property
    def mark(self) -> SealMark:
        """What to remember of it, once it counts."""
        spec = self.seal.spec
        return SealMark(spec.sequence, self.found.digest, spec.issued, spec.head, self.commit)


@dataclass(slots=True)
class SealedListings:
    """The listings below one root digest; each is compared before it is used, once."""

    tree: Tree
    root: str
    _known: dict[str, Mapping[str, Line]] = field(default_factory=dict)

    def lines(self, folder: str) -> Mapping[str, Line]:
        """What was sealed in a folder, by name; empty when nothing was. Refused when a listing isn't the sealed one."""
        if folder not in self._known:
            self._known[folder] = self._read(folder)
        return self._known[folder]

    def _read(self, folder: str) -> Mapping[str, Line]:
        digest = self.root
        if folder:
            above, _, name = folder.rpartition("/")
            line = self.lines(above).get(name)
            if line is None or not line.is_folder:
                return {}
            digest = line.digest
        path = listing_path(folder)
        entry = self.tree.entry(path)
        if entry is None or entry.mode not in FILE_MODES or self.tree.size(entry) > LARGEST:
            raise Refused.of("seal/no-listing", Place(f"{SEALS}:{path}"))
        raw = self.tree.read(entry)
        if sha512(raw) != digest:
            raise Refused.of("seal/other-listing", Place(f"{SEALS}:{path}"))
        try:
            return read_listing(raw)
        except ValueError as error:
            raise Refused.of("seal/bad-listing", Place(f"{SEALS}:{path}"), why=str(error)) from None


def read_sealing(tree: Tree, commit: str) -> Sealing:
    """The seal of a commit on `seals`; Refused when there is none that can be read."""
    raw = seal_bytes(tree)
    if raw is None:
        raise Refused.of("seal/missing", PLACE)
    seal = parse_seal(raw)
    return Sealing(seal, _signed(tree, raw), commit, SealedListings(tree, seal.spec.tree))


def seal_bytes(tree: Tree) -> bytes | None:
    """The bytes of `seal.yaml`; None when there is none within bounds."""
    entry = tree.entry(SEAL_FILE)
    if entry is None or entry.mode not in FILE_MODES or tree.size(entry) > LARGEST_SEAL:
        return None
    return tree.read(entry)


def parse_seal(raw: bytes) -> Seal:
    """What the bytes of a seal say; Refused when they are none."""
    try:
        return validate(load(raw, str(PLACE)), Seal)
    except Misuse as error:
        raise Refused(*error.problems) from None


def named_head(tree: Tree) -> str:
    """The commit that a seal claims to be of, before anybody judged it; "" when it can't be read."""
    try:
        raw = seal_bytes(tree)
        return parse_seal(raw).spec.head if raw is not None else ""
    except (Refused, Failed):
        return ""


def judge_seal(
    sealing: Sealing, policy: TrustPolicySpec, ring: Keyring, pins: Pins, mark: SealMark | None
) -> tuple[str, ...]:
    """Who sealed it with authority; Refused with why it doesn't count. `mark`: of the seal that was accepted last."""
    spec, metadata = sealing.seal.spec, sealing.seal.metadata
    if metadata.repo != pins.repo:
        raise Refused.of("seal/other-repo", PLACE, found=metadata.repo, expected=pins.repo)
    if metadata.name != str(spec.sequence):
        raise Refused.of("seal/name", PLACE, name=metadata.name, sequence=spec.sequence)
    signers = _sealers(sealing.found, policy, ring, level_of(policy, pins))
    _against(sealing, mark)
    return signers


def level_of(policy: TrustPolicySpec, pins: Pins) -> Level:
    """The higher one of what the policy says and what the host was told when it joined (D10)."""
    return max(policy.security_level, pins.level, key=LEVELS.index)


LEVELS: tuple[Level, ...] = ("signatures", "sealed", "witnessed")


def too_early(sealing: Sealing, mark: SealMark | None, now: datetime) -> Problem | None:
    """Say so when a new seal comes from the future: its time would become the floor of this clock (R18)."""
    issued = sealing.seal.spec.issued
    if issued <= now + AHEAD or sealing.mark == mark:
        return None
    return problem("seal/too-early", PLACE, issued=issued.isoformat(), now=now.isoformat())


def _against(sealing: Sealing, mark: SealMark | None) -> None:
    """A seal never goes back, and of one number there is one seal (R12, R17, D11)."""
    spec = sealing.seal.spec
    if mark is None:
        return
    facts = {"sequence": spec.sequence, "accepted": mark.sequence}
    if spec.sequence < mark.sequence or (spec.sequence > mark.sequence and spec.issued < mark.issued):
        raise Refused.of("seal/rollback", PLACE, **facts)
    if spec.sequence == mark.sequence and sealing.found.digest != mark.digest:
        raise Refused.of("seal/equivocation", PLACE, sequence=spec.sequence)
    if spec.sequence == mark.sequence + 1 and spec.previous != mark.digest:
        raise Refused.of("seal/forked", PLACE, **facts)


def _sealers(found: Found, policy: TrustPolicySpec, ring: Keyring, level: Level) -> tuple[str, ...]:
    """Distinct people with the role, enough of them; at `witnessed` always two at least."""
    signatures = signatures_of(found, ring)
    grants = [grant for grant in policy.roles if grant.role == "sealer"]
    who = ", ".join(dict.fromkeys(person for grant in grants for person in grant.who)) or "nobody"
    least = WITNESSES if level == "witnessed" else 1
    best: tuple[list[Signature], int] = ([], least)
    for grant in grants:
        need = max(grant.threshold, least)
        counted = [one for one in signatures if one.satisfies(grant)]
        if len(counted) >= need:
            return tuple(one.person for one in counted)
        best = max(best, (counted, need), key=lambda one: len(one[0]))
    if found.bad and not found.signatures:
        bad = found.bad[0]
        raise Refused.of("seal/bad-signature", PLACE, signer=bad.signer, why=bad.why, who=who)
    signed = ", ".join(one.person for one in signatures) or "nobody known here"
    raise Refused.of("seal/unsigned", PLACE, signed=signed, have=len(best[0]), need=best[1], who=who)


def _signed(tree: Tree, raw: bytes) -> Found:
    good: list[Sig] = []
    bad: list[BadSignature] = []
    start, end = f"{SEAL_FILE}.", ".sig"
    sidecars = [e for e in tree.folder("") if e.name.startswith(start) and e.name.endswith(end)]
    for entry in sidecars[:MOST_SIDECARS]:
        signer = entry.name[len(start) : -len(end)]
        if entry.mode not in FILE_MODES or tree.size(entry) > LARGEST_SIGNATURE:
            bad.append(BadSignature(signer, "it is too large"))
            continue
        try:
            good.append(check(tree.read(entry), raw, NAMESPACE))
        except SigError as error:
            bad.append(BadSignature(signer, str(error)))
    return Found(SEAL_FILE, raw, sha512(raw), tuple(good), tuple(bad))
