"""From what git said to one clear problem: what can't be reached is Away, what is set up wrongly is Misuse."""

import re
from dataclasses import dataclass

from tiangong.errors import Away, Fact, Failed, Misuse, Refused, TiangongError
from tiangong.git.child import Ended, Limits
from tiangong.git.remote import Remote

LONGEST_WHY = 300
NOISE = re.compile(
    r"(?i)(hint:|warning:|remote:\s*$|and the repository exists|please make sure|could not read from remote)"
)
TELLING = re.compile(r"(?i)(fatal:|error:|ssh:|remote:)")
PREFIX = re.compile(r"(?i)^(?:fatal|error|ssh|remote):\s*")


@dataclass(frozen=True, slots=True)
class Symptom:
    """Words of git, curl, ssh or a TLS library, and what they mean."""

    words: re.Pattern[str]
    code: str
    error: type[TiangongError]


def _symptom(words: str, code: str, error: type[TiangongError] = Away) -> Symptom:
    return Symptom(re.compile(words, re.IGNORECASE | re.DOTALL), f"git/{code}", error)


SYMPTOMS = (
    _symptom(r"no space left on device|disk quota exceeded", "no-space", Failed),
    _symptom(
        r"died of signal 25|file size limit|file too large|out of memory|cannot allocate memory", "too-large", Refused
    ),
    _symptom(r"unprotected private key file|bad permissions", "open-credentials-ssh", Misuse),
    _symptom(r"incorrect passphrase|error in libcrypto|invalid format", "bad-key", Misuse),
    _symptom(r"remote host identification has changed", "host-key-changed"),
    _symptom(r"host key verification failed|no \S+ host key is known", "host-key-unknown"),
    _symptom(r"permission denied|too many authentication failures", "denied"),
    _symptom(
        r"error setting certificate|error reading ca cert|error adding trust anchors|problem with the ssl ca cert",
        "bad-ca",
        Misuse,
    ),
    _symptom(
        r"certificate subject name|alternative certificate subject|certificate's owner does not match|no alternative",
        "certificate-name",
    ),
    _symptom(r"certificate (?:verification|problem|has expired)|certificate signature|ssl certificate", "certificate"),
    _symptom(
        r"could not read (?:username|password)|authentication failed|returned error: 401|terminal prompts",
        "password-asked",
    ),
    _symptom(r"returned error: 407|http code 407", "proxy-denied"),
    _symptom(r"returned error: 403", "denied"),
    _symptom(r"unable to update url base from redirection|returned error: 30[1-8]|redirect", "redirected"),
    _symptom(r"couldn't find remote ref|remote ref \S+ not found", "no-branch"),
    _symptom(r"repository '[^']*' not found|returned error: 404|returned error: 410", "no-repository"),
    _symptom(
        r"does not appear to be a git repository|repository .*does not exist|info/refs not valid", "no-repository"
    ),
    _symptom(r"operation too slow|less than \d+ bytes/sec", "slow"),
    _symptom(r"resolv(?:e|ing) (?:host|proxy)|name or service not known|name resolution", "no-host"),
    _symptom(
        r"fsck error|did not receive expected object|remote did not send all|index-pack failed.*bad",
        "bad-objects",
        Refused,
    ),
    _symptom(r"unable to create '[^']*\.lock'|cannot lock ref", "locked", Failed),
)


CUTS: dict[str, tuple[str, type[TiangongError]]] = {
    "time": ("git/timeout", Away),
    "cancel": ("git/cancelled", Away),
    "output": ("git/too-much", Refused),
    "size": ("git/too-large", Refused),
}
DAMAGE = re.compile(
    r"(?im)^(?!remote:).*(?:object file \S+ is empty|loose object .* is corrupt|does not point to a valid object"
    r"|bad object refs/|packfile \S+ (?:does not match|cannot be|is not)|unable to read (?:tree|sha1 file)"
    r"|not a git repository|unable to parse commit)"
)


def is_damage(ended: Ended) -> bool:
    """Tell whether git stumbled over the mirror itself, so that building it anew may help."""
    return not ended.is_good and DAMAGE.search(ended.said) is not None


def failure(ended: Ended, remote: Remote, limits: Limits, ref: str = "") -> TiangongError:
    """Say why a call of git that didn't end well didn't."""
    code, error = _meaning(ended)
    if code == "git/password-asked" and remote.credentials is not None:
        code = "git/denied"
    facts: dict[str, Fact] = {"url": remote.url, "host": remote.host, "ref": ref, "why": last_words(ended)}
    facts["file"] = str(remote.credentials if remote.is_ssh else remote.ca or "")
    facts["seconds"] = round(limits.seconds) if ended.cut == "time" else limits.slow_seconds
    facts["limit"] = limits.file if ended.cut == "size" else limits.output
    return error.of(code, **facts, signal=max(0, -ended.code))


def _meaning(ended: Ended) -> tuple[str, type[TiangongError]]:
    if ended.cut:
        return CUTS[ended.cut]
    for symptom in SYMPTOMS:
        if symptom.words.search(ended.said):
            return symptom.code, symptom.error
    return ("git/killed", Failed) if ended.code < 0 else ("git/away", Away)


def last_words(ended: Ended) -> str:
    """The line that says most: the first complaint that isn't mere advice."""
    lines = [
        line.strip()
        for line in ended.said.splitlines()
        if line.strip() and not NOISE.match(PREFIX.sub("", line.strip()))
    ]
    telling = next((line for line in lines if TELLING.match(line)), lines[0] if lines else "")
    return PREFIX.sub("", telling)[:LONGEST_WHY] or f"git ended with {ended.code}"
