"""Sentences of the constraints: why not now."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "no-release": Sentence(
        "release {version} is on the channel, but there is no such release to be trusted",
        fix="publish it, or restore products/…/release.yaml",
        rule="D3",
    ),
    "promotion-digest": Sentence(
        "the promotion of {version} names other bytes than the release has",
        fix="promote it again: tiangong promote PRODUCT@{version} --to CHANNEL",
        rule="R13",
    ),
    "newer-installed": Sentence(
        "{installed} is installed, newer than {newest}, the newest on channel {channel}; the plan never downgrades",
        fix="promote {installed} to {channel}, or wait for a newer release",
    ),
    "empty-channel": Sentence(
        "channel {channel} holds no release of {product}",
        fix="publish one: tiangong release publish; or promote one: tiangong promote {product}@VERSION --to {channel}",
    ),
    "no-executor": Sentence(
        "step {step} needs the executor {executor}, which isn't enabled on this agent",
        fix="enable it under plugins: in the agent's agent.yaml",
    ),
    "envelope": Sentence(
        "step {step} would reach outside the environment's envelope: {what} {value} (allowed: {allowed})",
        fix="change the release, or widen envelope in the environment or its profile",
        rule="D27",
    ),
    "no-secret": Sentence(
        "step {step} needs the secret {secret}, which this host doesn't have",
        fix="on the host, name its file under secrets: in agent.yaml and restart the agent: "
        "secrets: {{{secret}: {{file: /run/secrets/…}}}}",
        rule="D23",
    ),
    "no-store": Sentence(
        "artifact {artifact} lies in the store {store}, which the fleet doesn't have (it has: {known})",
        fix="name it under artifactStores in tiangong.yaml",
    ),
    "running": Sentence("run {run} towards {version} is under way", fix="follow it: tiangong logs ENV/INSTALLATION -f"),
    "in-doubt": Sentence(
        "run {run} was cut off and nobody but a person can tell whether these steps happened: {steps}",
        fix="look, then on the host: tiangong agent resolve {run} --done (or --again)",
        rule="D26",
    ),
    "failed": Sentence(
        "{version} failed here (run {run}) and {installed} stays; the same bytes aren't tried again as they are",
        fix="publish a newer release, or change the configuration; see tiangong logs ENV/{run}",
        rule="D20",
    ),
    "no-way-back": Sentence(
        "a change failed here and {version} can't be put back: {why}",
        fix="restore it, or publish a newer release to go forward",
        rule="D20",
    ),
    "cant-undo": Sentence(
        "a change to {version} failed here and its step {step} can't be undone: it was done with other values",
        fix="set the configuration back to what it was, or publish a newer release to go forward",
        rule="D20",
    ),
    "other-product": Sentence(
        "{installation} runs the product {installed}; it can't become {product}",
        fix="give {product} an installation of its own name",
    ),
    "not-wished": Sentence(
        "nothing wishes for the installation {installation} any more; it is left as it is",
        fix="restore its document, or its entry in the profile; to remove it: tiangong uninstall ENV/{installation}",
        rule="D5",
    ),
    "retry-later": Sentence(
        "{version} failed here (run {run}, {failures} times); it is tried again after a pause",
        fix="see tiangong logs ENV/{run}",
    ),
    "repaired": Sentence(
        "{version} was repaired (run {run}) and is not as wished again; it is repaired again after a pause",
        fix="find out what else changes it, correct the step's probe, or write drift: report",
    ),
    "approval": Sentence(
        "{have} of {need} approvals of {product}@{version} in {where} (so far: {given})",
        fix="ask {who} to run: tiangong approve {product}@{version} --env {env} --push",
        rule="R14",
    ),
    "stale-seal": Sentence(
        "seal {sequence} of {issued} is too old for anything new (good until {until}); what runs goes on",
        fix="a sealer runs: tiangong seal --push; or look why the remote shows no newer one",
        rule="R19",
    ),
    "suppression": Sentence(
        "suppressed by {name} until {until}: {reason}",
        fix="wait, or, with the owners' signatures: tiangong suppression withdraw {name} --reason WHY",
        rule="D1",
    ),
    "recalled": Sentence(
        "{version} was recalled by {name}: {reason}",
        fix="publish and promote a version that is not recalled; only the product's maintainers end a recall: "
        "tiangong recalls withdraw {name} --reason WHY",
        rule="D12",
    ),
    "recalled-installed": Sentence(
        "{version}, which is installed, was recalled by {name}: {reason}; {channel} holds no newer version to go on to",
        fix="promote a newer version that is not recalled; going back to an older one by itself is not built yet",
        rule="D12",
    ),
    "bad-cron": Sentence(
        "a window's cron expression can't be read: {why}", fix="five fields: minute hour day month weekday"
    ),
    "denied": Sentence("window {window} denies changes now: {reason}", fix="wait for its end"),
    "outside-window": Sentence(
        "outside the allowed windows ({window}), or {length} doesn't fit into what is left",
        fix="wait for the next opening",
    ),
    "to-be-absent": Sentence(
        "it is to be absent by now; what is under way stops", fix="nothing to do; it is uninstalled next", rule="D5"
    ),
    "wished-again": Sentence(
        "it is wished again by now; what uninstalls it stops", fix="nothing to do; it is put back next", rule="D5"
    ),
    "no-way-out": Sentence(
        "{version} is installed and can't be uninstalled: its release is not there, or has other bytes",
        fix="restore it: only the release knows what it did",
        rule="D5",
    ),
    "which-product": Sentence(
        "{installation} is to be absent, but nothing says which product it is",
        fix="write spec.product: the product that is installed there",
        rule="D5",
    ),
    "cant-uninstall": Sentence(
        "it can't be uninstalled as it is: its step {step} was done with other values than those it has now",
        fix="set the configuration back to what it was; or first let the agent apply the new one: state: present",
        rule="D5",
    ),
}
