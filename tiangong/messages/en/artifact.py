"""Sentences about artifacts: publishing, stores, fetching."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # on the way
    "fetching": Sentence("fetching artifact {artifact} ({size}) from {store}"),
    "progress": Sentence("artifact {artifact}: {done} of {size}"),
    "resuming": Sentence("artifact {artifact}: going on after {done}"),
    "fetched": Sentence("artifact {artifact} is here and is {digest}"),
    "damaged": Sentence("artifact {artifact} has changed on this host since it was fetched; it is fetched again"),
    # refused
    "wrong-digest": Sentence(
        "what {store} has for artifact {artifact} is not {digest}; it was deleted, nothing was placed",
        fix="restore the published file in the store; if nobody changed it, publish a new version",
        rule="R13",
    ),
    "too-long": Sentence(
        "what {store} has for artifact {artifact} is longer than the {size} bytes that were published; it was deleted",
        fix="restore the published file in the store",
        rule="R13",
    ),
    # away
    "cut-off": Sentence(
        "{store} broke off artifact {artifact} after {done} of {size} bytes",
        fix="nothing to do: the next try goes on from there; if it always ends there, restore the file in the store",
    ),
    "no-answer": Sentence(
        "{store} doesn't answer for artifact {artifact}: {why}",
        fix="check the store, the way to it, and network: in agent.yaml (proxy, ca)",
    ),
    "status": Sentence("{store} answers {status} for artifact {artifact}", fix="look into the log of the store"),
    "no-folder": Sentence("the folder of the store is not there", fix="mount it, or make it"),
    "unreadable": Sentence("can't be read: {why}", fix="let the agent's user read it"),
    "not-there": Sentence(
        "{store} doesn't have artifact {artifact}",
        fix="upload it again: tiangong release publish with the same version and files uploads what is missing",
    ),
    "denied": Sentence(
        "{store} wants to know who asks for artifact {artifact} (it answers {status})",
        fix="name a credentials file: artifacts.stores in agent.yaml, or --upload-credentials when publishing",
    ),
    "redirect": Sentence(
        "{store} sends artifact {artifact} elsewhere (it answers {status}), and that is not followed",
        fix="write the address it leads to under artifactStores in tiangong.yaml",
    ),
    "odd-range": Sentence(
        "{store} answers with another part of artifact {artifact} than was asked for",
        fix="use a server that understands Range, or that ignores it",
    ),
    # set up wrongly
    "no-store": Sentence(
        "there is no store {store}, or none of a kind that is known",
        fix="name it under artifactStores in tiangong.yaml, with an address that begins with https:// or file:///",
    ),
    "plain-credentials": Sentence(
        "credentials for the store {store} would be sent over plain http", fix="use https for the store"
    ),
    "open-credentials": Sentence("others on this host may read it (mode {mode})", fix="chmod 600 the file"),
    "bad-credentials": Sentence(
        "holds neither user:password nor a token", fix="one line: user:password, or a token without a colon"
    ),
    "bad-ca": Sentence("the certificates can't be read: {why}", fix="name a PEM file with certificates"),
    "bad-proxy": Sentence("is not a proxy that stores can be reached by", fix="write http://host:port or https://…"),
    # this host
    "no-space": Sentence("there is no room for artifact {artifact}: {why}", fix="make room; what was there is kept"),
    "room": Sentence("{free} are free, {needed} are needed"),
    "cant-keep": Sentence(
        "artifact {artifact} can't be kept here: {why}", fix="give the agent's user its state folder"
    ),
    # publishing
    "bad-option": Sentence(
        "{words} is not NAME=FILE, with a lower-case name", fix="write for example --artifact web=dist/web.tar.gz"
    ),
    "twice": Sentence("artifact {artifact} is given twice", fix="give it once"),
    "no-file": Sentence(
        "the file of artifact {artifact} can't be read: {why}", fix="build it first, or correct the path"
    ),
    "not-given": Sentence(
        "the release has an artifact {artifact}, and no file was named for it",
        fix="publish with --artifact {artifact}=FILE",
    ),
    "not-as-written": Sentence(
        "{field} of artifact {artifact} is not that of the file",
        fix="leave digest and size out of release.yaml: publishing fills them in",
    ),
    "no-default-store": Sentence(
        "the fleet has no artifact store {store}",
        fix="write it into tiangong.yaml under spec, and commit: artifactStores: {{{store}: {{url: https://…}}}}",
    ),
    "changed": Sentence("the file of artifact {artifact} changed while it was read", fix="publish again"),
    "cant-upload": Sentence("artifact {artifact} can't be put there: {why}", fix="let your user write there"),
    "not-kept": Sentence(
        "{store} took artifact {artifact}, but doesn't have it",
        fix="look into the log of the store; it has to keep what it gets with PUT",
    ),
    "already": Sentence("artifact {artifact} ({size}) is in {store} already"),
    "reading": Sentence("artifact {artifact}: {done} of {size} read"),
    "uploading": Sentence("artifact {artifact}: {done} of {size} sent"),
    "uploaded": Sentence("artifact {artifact} ({size}) is in {store}"),
    "would-upload": Sentence("artifact {artifact} ({size}) would be put into {store}"),
}
