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
    "level-sealed": Sentence("Security level: sealed. Agents act on nothing that wasn't sealed; {sealer}."),
    "seals-push": Sentence("whoever pushes seals in the same push"),
    "seals-github": Sentence("GitHub Actions seals what is pushed"),
    "seals-gitlab": Sentence("GitLab CI seals what is pushed"),
    "seals-timer": Sentence("a timer of systemd on this machine seals"),
    "seals-cron": Sentence("cron on this machine seals"),
    "seals-nobody": Sentence("nobody seals"),
    "ask-seals": Sentence("Who seals what is pushed, so that nothing can be withheld or hidden unseen? ({known})"),
    "bad-sealer": Sentence("{sealer} can't seal", fix="one of: {known}"),
    "next-seal": Sentence("  tiangong seal --push      the first seal; until then no agent acts"),
    "next-cron": Sentence("  (crontab -l; echo '{line}') | crontab -      seals from now on"),
    "next-timer": Sentence("  systemctl --user enable --now tiangong-promoter.timer      its units are in {folder}"),
    "next-secret": Sentence("  give the CI the secret TIANGONG_SEALER_KEY: what is in {folder}"),
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
