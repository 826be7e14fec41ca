"""Which signatures of a document are to be heard: whom a certificate names, and what was revoked (R6, R9, R18). Pure.

Judged anew each time; only cryptography is remembered. The time a signature is judged at is that of the first seal that
holds the signed bytes: the only one its signer didn't choose. Without a seal nobody knows it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tiangong.model.policy import Authority
from tiangong.model.revocation import Revocation
from tiangong.model.scalar import NAME
from tiangong.trust.certificates import Certificate
from tiangong.trust.keys import parse_public
from tiangong.trust.reading import BadSignature, Found
from tiangong.trust.sshsig import Sig
from tiangong.trust.wire import SigError

ANY = "*"
ANYTIME = datetime.min.replace(tzinfo=UTC)
"""for looking ahead: whenever a certificate was good"""
NO_TIME = "nothing shows when it was made: certificates count under a seal only"


@dataclass(frozen=True, slots=True)
class Ears:
    """`ring`: plain key in wire form → person; `people`: whom the policy names; `revoked`: revocations in force."""

    ring: Mapping[bytes, str]
    people: Collection[str] = ()
    authorities: Sequence[Authority] = ()
    revoked: Sequence[Revocation] = field(default=())


def heard(found: Found, ears: Ears, since: datetime | None) -> Found:
    """The same bytes with the signatures that count: each names a person by its key, or by its certificate.

    `since`: `issued` of the first seal with these bytes at this path; None without one.
    """
    plain = all(sig.certificate is None for sig in found.signatures)
    if not found.signatures or (plain and not ears.revoked):
        return found
    good: list[Sig] = []
    bad = list(found.bad)
    for sig in found.signatures:
        try:
            good.append(_heard(sig, ears, since))
        except SigError as error:
            who = ears.ring.get(sig.key.blob, "") or sig.key.fingerprint
            bad.append(BadSignature(who, str(error)))
    return replace(found, signatures=tuple(good), bad=tuple(bad))


def untainted(found: Found) -> Found:
    """Without the signatures of keys that were stolen later."""
    if not any(sig.tainted for sig in found.signatures):
        return found
    return replace(found, signatures=tuple(sig for sig in found.signatures if not sig.tainted))


def person_of(certificate: Certificate, authorities: Sequence[Authority], at: datetime) -> str:
    """Whom a certificate names by the line of its authority; SigError when it names nobody, or not here and then."""
    if not certificate.is_user:
        raise SigError("its certificate is for a host")
    if certificate.critical:
        raise SigError(f"its certificate is limited to {', '.join(certificate.critical)}; it isn't meant for signing")
    if not certificate.principals:
        raise SigError("its certificate has no principals: it would be good for everybody")
    if not certificate.counts_at(at):
        raise SigError(f"its certificate was not valid at {at.isoformat()}, when it was sealed")
    lines = [one for one in authorities if _is_of(one, certificate) and _counts(one, at)]
    if not lines:
        raise SigError(
            f"its certificate is of {certificate.authority.fingerprint}, which is no authority here and then"
        )
    names = {name for line in lines for name in _named(line, certificate)}
    if len(names) != 1:
        shown = ", ".join(sorted(names)) or "nobody"
        raise SigError(f"its certificate names {shown}, where it has to name one person")
    return names.pop()


def _heard(sig: Sig, ears: Ears, since: datetime | None) -> Sig:
    if sig.certificate is not None:
        if since is None:
            raise SigError(NO_TIME)
        at = datetime.fromtimestamp(sig.certificate.after, UTC) if since == ANYTIME else since
        person = person_of(sig.certificate, ears.authorities, at)
        owner = ears.ring.get(sig.key.blob, person)
        if person not in ears.people or owner != person:
            raise SigError(f"its certificate names {person}, who is not under people: or whose key it isn't")
        sig = replace(sig, person=person)
    for revocation in ears.revoked:
        if _means(revocation, sig):
            sig = _judged(revocation, sig, since)
    return sig


def _judged(revocation: Revocation, sig: Sig, since: datetime | None) -> Sig:
    """A signature sealed before the date stays good when the key was retired; of a stolen one nothing new begins."""
    spec = revocation.spec
    if since is None or since >= spec.since:
        when = "nothing shows that it was made before" if since is None else f"it was sealed at {since.isoformat()}"
        name = revocation.metadata.name
        raise SigError(f"its key was revoked by {name} ({spec.reason}) since {spec.since.isoformat()}, and {when}")
    return replace(sig, tainted=True) if spec.reason == "compromised" else sig


def _means(revocation: Revocation, sig: Sig) -> bool:
    """Tell whether a revocation means the key of a signature, or the certificate it was made with."""
    spec, certificate = revocation.spec, sig.certificate
    if sig.key.fingerprint in spec.keys:
        return True
    if certificate is None:
        return False
    authority = certificate.authority.fingerprint
    return authority in spec.authorities or any(
        one.authority == authority and (certificate.serial in one.serials or certificate.key_id in one.ids)
        for one in spec.certificates
    )


def _is_of(line: Authority, certificate: Certificate) -> bool:
    try:
        return parse_public(line.ca).blob == certificate.authority.blob
    except SigError:
        return False


def _counts(line: Authority, at: datetime) -> bool:
    return (line.from_ is None or line.from_ <= at) and (line.until is None or at < line.until)


def _named(line: Authority, certificate: Certificate) -> Iterator[str]:
    """The people a certificate names: what the star of the line's pattern stands for."""
    start, end = line.people.split(ANY)
    told = (certificate.key_id,) if line.identity == "keyId" else certificate.principals
    for one in told:
        if len(one) > len(start) + len(end) and one.startswith(start) and one.endswith(end):
            name = one[len(start) : len(one) - len(end)]
            if re.fullmatch(NAME, name):
                yield name
