"""Sentences about a new control repository."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "not-empty": Sentence(
        "the folder is not empty: {found}", fix="name a new folder, an empty one, or a fresh clone of an empty remote"
    ),
    "already": Sentence("this is a control repository already", fix="tiangong status; or name another folder"),
    "no-folder": Sentence("the folder can't be used: {why}", fix="name another one: tiangong init DIR"),
    "no-fleet-name": Sentence("no name for the fleet can be made of this folder's", fix="give one: --name NAME"),
    "no-person": Sentence("nothing here says who you are", fix="give a short name: --person NAME"),
    "bad-person": Sentence(
        "{name} can't be a person's name here",
        fix="lower-case letters and digits, also . _ - inside, at most 63 characters: --person NAME",
    ),
    "machine-name": Sentence(
        "{name} is the name of a machine role, which gets a key of its own",
        fix="choose another name: --person NAME",
        rule="D12",
    ),
    "bad-ci": Sentence("{ci} is no CI this can write a file for", fix="one of: {known}; ci/verify.sh works in any"),
    # ── what the command says ────────────────────────────────────────────────────────────────────────────────────
    "ask-name": Sentence("Name of the fleet"),
    "ask-person": Sentence("Your short name, as others will see it beside what you sign"),
    "who": Sentence("You are {person} and sign with {key} ({file})."),
    "agents-key": Sentence("the ssh agent's"),
    "machines": Sentence("Machine keys for {names}: {folder} (not in Git)."),
    "level": Sentence(
        "Security level: signatures. Nobody can forge a change; that a remote withholds one doesn't show. "
        "For that: tiangong seal"
    ),
    "identity": Sentence("git didn't know your name or address; commits in this repository say {identity}."),
    "other-hook": Sentence("There is another git hook {file}; to be warned of unsigned documents add to it: {line}"),
    "done": Sentence("Control repository {fleet} is in {folder}: {count} signed documents."),
    "next": Sentence("Next:"),
    "next-cd": Sentence("  cd {folder}"),
    "next-remote": Sentence("  git remote add origin URL && git push -u origin main"),
    "next-push": Sentence("  git push -u origin main"),
    "next-release": Sentence("  tiangong release new --product {product}      in the product's own folder"),
    "next-token": Sentence("  tiangong agent token {environment}      what the agent of {environment} needs to join"),
}
