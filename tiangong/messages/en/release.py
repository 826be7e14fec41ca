"""Sentences about releases: the app's file, its payload, publishing."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # ── the app's file ───────────────────────────────────────────────────────────────────────────────────────────
    "no-file": Sentence("there is no such file", fix="make one: tiangong release new; or name it: publish … FILE"),
    "exists": Sentence("exists already", fix="edit it, or move it away first"),
    "other-head": Sentence("{field} is not {expected}", fix="write {expected}, or leave the line out"),
    "other-name": Sentence(
        "{said} is not what is being published, which is {name}",
        fix="leave metadata.name out, or let it name the product alone",
    ),
    "payload-list": Sentence(
        "payload is a list of globs here; digests are filled in when it is published", fix="payload: [sql/**, etc/*]"
    ),
    # ── payload ──────────────────────────────────────────────────────────────────────────────────────────────────
    "payload-name": Sentence(
        "{path} holds a name that is known on the host only, so nobody can tell here which file it is",
        fix="write the path out, or list all that it could be under spec.payload",
        rule="D3",
    ),
    "payload-path": Sentence("{path} can't be a path of payload: {why}", fix="rename it or move it", rule="G4"),
    "payload-link": Sentence("is a link or no ordinary file", fix="replace it by a copy of the file", rule="G4"),
    "payload-missing": Sentence("there is no file or folder {path}", fix="correct the path, or make the file"),
    "payload-case": Sentence("differs from {other} only in upper and lower case", fix="rename one", rule="G4"),
    "payload-empty": Sentence("the folder holds no file", fix="put something into it, or remove the step"),
    "payload-much": Sentence(
        "the payload has more than {files} files or {bytes} bytes", fix="ship an archive outside of Git", rule="D6"
    ),
    "not-asked": Sentence(
        "the executor {executor} isn't installed here, so its steps could not be checked",
        fix="correct the name, or install the Python package that brings it next to tiangong-deploy",
        rule="D22",
    ),
    # ── version and product ──────────────────────────────────────────────────────────────────────────────────────
    "bad-version": Sentence("{version} is not a SemVer version", fix="such as --version {guess}", rule="D3"),
    "build-part": Sentence(
        "{version} has a part after +, which says nothing about order and can't be a path",
        fix="--version {guess}",
        rule="D3",
    ),
    "which-product": Sentence("which product is it? there are: {known}", fix="--product NAME"),
    "bad-product": Sentence(
        "{name} can't be the name of a product",
        fix="lower-case letters and digits, also . _ - inside, at most 63 characters",
        rule="R11",
    ),
    "unknown-product": Sentence(
        "there is no product {product} yet; there are: {known}", fix="correct --product, or make it: --create-product"
    ),
    "no-product": Sentence("there is no product {product}; there are: {known}", fix="correct the name"),
    "no-release": Sentence(
        "there is no release {product}@{version} here; there are: {known}",
        fix="correct the version, git pull, or publish it: tiangong release publish --version {version}",
    ),
    "leftover": Sentence(
        "stands in the folder of {release}, which isn't published", fix="delete it, or publish another version"
    ),
    # ── what commands say ────────────────────────────────────────────────────────────────────────────────────────
    "already": Sentence("{release} is published already, with the same content; nothing to do."),
    "made": Sentence("Wrote {path}."),
    "new-next": Sentence("Next: edit it, then tiangong release publish --version 1.0.0 --repo CONTROL-REPOSITORY"),
    "create-product": Sentence("There is no product {product} yet. Make it?"),
    "next-install": Sentence("Next: tiangong install {product} --env ENVIRONMENT --channel {channel}"),
    "next-promote": Sentence("Next: tiangong promote {release} --to {channel}"),
    "nobody": Sentence("No installation follows {product} yet."),
    "on-first": Sentence("It is on channel {channel} at once."),
    "pre-release": Sentence("A pre-release enters a channel only by a promotion (D3)."),
    "none": Sentence("Nothing is published yet: tiangong release publish --version 1.0.0"),
    "not-accepted": Sentence("not accepted"),
}
