"""Examples at the end of each command's `--help`. Every line is read by a test with the command's own parser."""

from typing import Any

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "init": (
        ("tiangong init control", "a new folder, my name and key guessed"),
        ("tiangong init --product shop --ci gitlab", "here, in an empty folder or an empty clone"),
        ("tiangong init control --ci github --seals github", "agents act on nothing that CI didn't verify and seal"),
        ("tiangong init control --person alice --key ~/.ssh/work --yes", "everything said, nothing asked"),
    ),
    "demo": (
        ("tiangong demo", "build it, send two releases through three environments"),
        ("tiangong demo --resume", "start its agents again; Ctrl-C stops them"),
        ("tiangong demo --clean", "remove it"),
        ("tiangong demo --origin ~/origin --port 38443", "only a Git server, for a repository of your own"),
    ),
    "fmt": (
        ("tiangong fmt", "everything that was edited since it was signed"),
        ("tiangong fmt --check environments", "in CI: exit 1 when something would be changed"),
    ),
    "edit": (
        ("tiangong edit prod-eu", "an environment"),
        ("tiangong edit prod-eu/shop --push", "an installation, also one that only a profile names so far"),
        ("tiangong edit profile production --branch longer-nights", "for a pull request"),
        ("tiangong edit environments/prod-eu/environment.yaml -m 'New zone'", "by path"),
    ),
    "set": (
        ("tiangong set prod-eu/shop config.listen=9090", "shows what follows, asks, signs"),
        ("tiangong set prod-eu timezone=Europe/Berlin labels.tier=prod --push --yes", "from a script"),
        ("tiangong set profile production 'envelope.paths[+]=/data/**'", "a new entry of a list"),
        ("tiangong set product shop owner=team-web --unset description", "and one taken away"),
    ),
    "commit": (
        ("tiangong commit -m 'Nights are longer'", "what is staged, else all that changed, after asking"),
        ("tiangong commit -m 'Nights are longer' --branch nights --push", "for a pull request"),
        ("tiangong commit environments/prod-eu --dry-run", "only show what would be signed"),
        ("tiangong commit -m 'Nights are longer' --onto main", "replay my edits on what others changed meanwhile"),
    ),
    "lint": (
        ("tiangong lint", "the whole repository; needs no key"),
        ("tiangong lint environments/prod-eu -o json", "one folder, for a script"),
    ),
    "sign": (("tiangong sign trust/policy.yaml --commit --push", "as the second of two who must sign"),),
    "verify": (
        ("tiangong verify", "the files as they lie here"),
        ("tiangong verify origin/main", "what is on the remote, as last fetched"),
        ("tiangong verify --index", "what is staged"),
    ),
    "seal": (
        ("tiangong seal --push", "the remote's main, after looking at everything in it"),
        ("tiangong seal --dry-run", "only show what would be vouched for"),
        ("tiangong seal --push --key ~/.ssh/sealer --as sealer", "with a key of its own"),
    ),
    "promoter init": (
        ("tiangong promoter init", "a key for the machine that seals, and what makes it count"),
        ("tiangong promoter init witness --folder ~/witness", "a second one, on another machine"),
    ),
    "promoter run": (
        ("tiangong promoter run", "after every push, and from cron once an hour"),
        ("tiangong promoter run --renew-after 12h -o json", "for a job that looks at the seal"),
    ),
    "release new": (("tiangong release new --product shop", "in the app's own folder"),),
    "release publish": (
        ("tiangong release publish --version 1.4.0 --repo ~/control", "release.yaml of this folder"),
        ("tiangong release publish --version 1.4.0 --push --yes", "in CI, with TIANGONG_REPO set"),
        ("tiangong release publish --version 1.4.0 --artifact web=dist/web.tar.gz", "with a large file"),
        ("tiangong release publish --version 2.0.0-rc.1 -l team=a --branch shop-2", "for a pull request"),
    ),
    "release list": (("tiangong release list shop -o name", "one a line"),),
    "release show": (("tiangong release show shop@1.4.0 -o json", "for a script"),),
    "promote": (
        ("tiangong promote shop@1.4.0 --to canary", "shows what follows, asks, signs"),
        ("tiangong promote shop@1.4.0 --to stable --reason 'soak passed' --push --yes", "from a job"),
    ),
    "install": (
        ("tiangong install shop -l tier=prod --channel stable", "in every environment with this label"),
        ("tiangong install shop --env 'prod-*,staging' --channel canary --config listen=9090 --push", ""),
        ("tiangong install shop --profile production --channel stable", "wherever the profile is named"),
        ("tiangong install shop --env dev --name second --channel release", "beside the first one"),
    ),
    "uninstall": (
        ("tiangong uninstall prod-eu/shop", "this one; its agent undoes what its steps did"),
        ("tiangong uninstall shop -l tier=test --push", "wherever it is asked for, by a profile too"),
    ),
    "suspend": (
        ("tiangong suspend prod-eu/shop --for 2h --reason 'payment incident'", "one installation"),
        ("tiangong suspend prod-eu --until 2026-12-01T08:00:00+01:00 --reason audit --id audit-7 --push", ""),
        ("tiangong suspend -l tier=prod --for 30m --reason 'looking' --push --yes", "at night"),
        ("tiangong suspend --all --for 1h --reason 'power cut'", "everything"),
    ),
    "recall": (
        ("tiangong recall shop '1.3.0 - 1.3.3' --except 1.3.2 --reason CVE-2026-1234 --push", "nobody installs these"),
    ),
    "recalls list": (
        ("tiangong recalls list --product shop", "what is recalled, and which published versions it means"),
    ),
    "recalls show": (("tiangong recalls show shop/cve-2026-1234", "as it is written"),),
    "recalls withdraw": (
        ("tiangong recalls withdraw shop/cve-2026-1234 --reason 'false alarm'", "at the threshold of its maintainers"),
    ),
    "resume": (
        ("tiangong resume prod-eu/shop --reason 'incident over' --push", "ends what holds it and nothing else"),
    ),
    "suppression list": (("tiangong suppression list --all -o json", "also those that are over"),),
    "suppression show": (("tiangong suppression show inc-4711", "as it is written"),),
    "suppression withdraw": (
        ("tiangong suppression withdraw inc-4711 --reason 'incident over'", "ends it for all it holds"),
    ),
    "product new": (("tiangong product new shop --owner team-shop", "signed and committed"),),
    "product list": (("tiangong product list", "owner, newest version on each channel, where it is wished"),),
    "product show": (("tiangong product show shop", "its document, and what each channel holds"),),
    "product edit": (("tiangong product edit shop", "the same as: tiangong edit product shop"),),
    "channel new": (("tiangong channel new beta --after canary --description 'friends'", "its place in the pipeline"),),
    "channel list": (("tiangong channel list", "in the order of the pipeline"),),
    "channel show": (("tiangong channel show canary -o json", "for a script"),),
    "channel edit": (("tiangong channel edit canary", "in an editor"),),
    "profile new": (("tiangong profile new production --from standard", "begins as a copy"),),
    "profile list": (("tiangong profile list", "and the environments that name them"),),
    "profile show": (("tiangong profile show production", "as it is written"),),
    "profile edit": (("tiangong profile edit production --branch nights", "for a pull request"),),
    "env new": (
        ("tiangong env new prod-eu --profile production -l tier=prod --timezone Europe/Berlin", ""),
        ("tiangong env new lab --no-profile --expires 12h --url ssh://git@forge.example/control.git", ""),
    ),
    "env list": (("tiangong env list -o name", "one a line"),),
    "env show": (("tiangong env show prod-eu --resolved", "every value, and the file it came from"),),
    "env retire": (("tiangong env retire prod-eu --push", "its agent says so one last time and ends"),),
    "env remove": (
        ("tiangong env remove prod-eu --push", "once its agent has said so: its folder, and its agent's branches"),
    ),
    "agent token": (("tiangong agent token prod-eu", "what the host needs to join, again"),),
    "agent accept": (
        ("tiangong agent accept tgr1-… --push", "the request as agent join printed it"),
        ("tiangong agent accept tgr1-… --replace --push", "the host before is lost"),
        ("tiangong agent accept prod-eu --push", "the key its agent announces in its status"),
    ),
    "approve": (
        ("tiangong approve shop@1.4.0 --env 'prod-*' --push", "shows every step, signs once"),
        ("tiangong approve shop@1.4.0 -l tier=prod --for 2d --dry-run", "only look"),
    ),
    "approval pending": (("tiangong approval pending --env 'prod-*'", "what waits, and for whom"),),
    "approval list": (("tiangong approval list", "those in force"),),
    "approval withdraw": (("tiangong approval withdraw 3fa8 --reason 'wrong window' --push", "before it has begun"),),
    "trust revoke": (
        ("tiangong trust revoke bob --dry-run", "what would have to be signed again, which sites would hold"),
        ("tiangong trust revoke bob --since 2d --note 'laptop stolen' --push", "what he signed since is gone"),
        ("tiangong trust revoke bob --reason retired --push", "he left: what was sealed before stays good"),
    ),
    "trust export": (("tiangong trust export ssh", "for ssh-keygen -Y verify and git log --show-signature"),),
    "renew": (
        ("tiangong renew --dry-run", "what I could sign again"),
        ("tiangong renew environments/prod-eu --push", "one environment"),
    ),
    "expiring": (("tiangong expiring --within 14d", "what needs somebody soon"),),
    "agent set-level": (("tiangong agent set-level sealed", "nothing is acted on that no sealer vouched for"),),
    "agent rotate-key": (("tiangong agent rotate-key", "on the host; the running agent announces the new key"),),
    "agent join": (
        ("tiangong agent join tg1-eyJ1cmwi", "on the host, with the token that env new printed"),
        ("tiangong agent join tg1-eyJ1cmwi --plugin shell --ca /etc/ssl/corp.pem", "shell steps; the company's own CA"),
    ),
    "agent once": (("tiangong agent once", "down the line, until there is nothing to do now"),),
    "agent run": (("tiangong agent run --settings /etc/tiangong/agent.yaml", "until told to stop; as systemd does"),),
    "agent resolve": (
        ("tiangong agent resolve 20261125t010203-a1b2c3 --done", "the step that was cut off did happen"),
        ("tiangong agent resolve 20261125t010203-a1b2c3 --again", "it may be done again"),
    ),
    "agent accept-history": (
        (
            "tiangong agent accept-history 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            "this commit, no other",
        ),
    ),
    "agent list": (("tiangong agent list", "keys, since when, last heard"),),
    "status": (
        ("tiangong status", "every environment × product"),
        ("tiangong status -w --env 'prod-*'", "some of them, redrawn every 3 s"),
        ("tiangong status -l tier=prod -o json", "for a script"),
        ("tiangong status prod-eu/shop", "one installation, with its runs"),
    ),
    "why": (
        ("tiangong why prod-eu", "what holds anything there"),
        ("tiangong why prod-eu/shop -o json", "the same as codes and facts"),
    ),
    "diff": (
        ("tiangong diff", "every installation that isn't as wished, and what is due"),
        ("tiangong diff prod-eu/shop", "version, steps, config since it became what it is"),
        ("tiangong diff main..shop-2", "documents of two branches, field by field"),
        ("tiangong diff HEAD~5.. profiles -o json", "the last five commits, only profiles"),
    ),
    "history": (
        ("tiangong history prod-eu/shop", "its runs: version, result, who promoted it"),
        ("tiangong history -n 50 -o json", "the newest ones of the whole fleet"),
        ("tiangong history profile production", "every generation of a document, and who signed it"),
        ("tiangong history environments/prod-eu/environment.yaml", "by path"),
    ),
    "plan": (
        ("tiangong plan", "what every agent would do next"),
        ("tiangong plan prod-eu --at 2026-12-01T02:00:00+01:00", "inside next week's window"),
        ("tiangong plan --branch add-search --exit-code", "a pull request's effect; 3 when something is held"),
        ("tiangong plan --settings /etc/tiangong/agent.yaml", "on an agent's host: looks at the host first"),
    ),
    "logs": (
        ("tiangong logs prod-eu/shop -f", "the newest run, followed until it ended"),
        ("tiangong logs 20261125t010203-a1b2c3 --env prod-eu", "one run"),
        ("tiangong logs prod-eu/shop -f --exit-code", "1 when it failed"),
    ),
    "context list": (("tiangong context list", "the chosen one is marked"),),
    "context add": (
        ("tiangong context add acme ~/acme-control --use", "used from now on, outside of any clone"),
        ("tiangong --context acme status", "this once"),
    ),
    "context use": (("tiangong context use acme", ""), ("tiangong context use ''", "none")),
    "context remove": (("tiangong context remove acme", "the clone stays"),),
    "context show": (("tiangong context show", "where a command would work here, and why"),),
    "completion": (
        ("tiangong completion bash", "source <(…) in ~/.bashrc"),
        ("tiangong completion fish", "into ~/.config/fish/completions/tiangong.fish"),
    ),
    "explain": (
        ("tiangong explain held", "a word"),
        ("tiangong explain R12", "a rule that a message ended with"),
        ("tiangong explain trust/no-signature", "the code of a message"),
        ("tiangong explain 4", "an exit code"),
    ),
    "whoami": (("tiangong whoami", "my keys, my roles, the machine keys in this clone"),),
    "trust show": (("tiangong trust show", "root, policy, everybody's keys"),),
    "trust roles": (("tiangong trust roles", "what each role signs, and who has it here"),),
    "trust can": (
        ("tiangong trust can alice promote shop stable", "yes or no, and why"),
        ("tiangong trust can ci publish shop --exit-code", "in a script: 4 when the answer is no"),
    ),
    "trust who-can": (("tiangong trust who-can approve prod-eu", "whom to ask"),),
    "trust why": (("tiangong trust why trust/policy.yaml", "who signed, and the rule that accepts or refuses it"),),
    "trust add-key": (
        ("tiangong trust add-key bob bob.pub --push", "bob is known from now on"),
        ("tiangong trust add-key ci 'ssh-ed25519 AAAA… ci' --machine", "a machine, the key as text"),
    ),
    "trust set-role": (
        ("tiangong trust set-role bob operator --env 'prod-*'", "bob operates production"),
        ("tiangong trust set-role bob operator --remove", "and nowhere any more"),
        ("tiangong trust set-role carol approver --env 'prod-*' --touch --threshold 2", "two of them, touched"),
    ),
    "trust rotate-root": (
        ("tiangong trust rotate-root --add-root bob=bob.pub --root-threshold 2", "from one person to two of two"),
        ("tiangong trust rotate-root --remove-policy ann --push", "ann signs no policies any more"),
        (
            "tiangong trust rotate-root --reset-mark environments/prod-eu/environment.yaml=7",
            "after a stolen key used up its generations",
        ),
    ),
    "trust verify": (("tiangong trust verify", "the same as: tiangong verify"),),
    "version": (("tiangong version -o json", "for a report of a fault"),),
    "doctor": (
        ("tiangong doctor", "in a clone, or on an agent's host"),
        ("tiangong doctor --settings /etc/tiangong/agent.yaml -o json", "one agent, for a script"),
    ),
}


def show_in(command: Any, name: str) -> None:
    """Write a command's examples, and those of its verbs, where its help ends."""
    command.epilog = command.epilog or epilog(name)
    for verb, inner in getattr(command, "commands", {}).items():
        show_in(inner, f"{name} {verb}")


def epilog(name: str) -> str | None:
    """The examples of a command as they are shown; None when it has none."""
    examples = EXAMPLES.get(name, ())
    width = max((len(line) for line, _ in examples), default=0)
    lines = [f"  {line:<{width}}  # {what}" if what else f"  {line}" for line, what in examples]
    return "\n".join(["\b", "Examples:", *lines]) if lines else None
