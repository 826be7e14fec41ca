"""Every command: its name, the module that holds it, and one line of help. Nothing is imported until it is asked for.

A module has `app = typer.Typer(...)`: one command with positionals, or a noun with verbs, never both.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One line of `tiangong --help`."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "init": Command("tiangong.cli.init", "Make a new control repository, signed with my SSH key."),
    "demo": Command("tiangong.cli.demo", "Run the whole line on this machine: three environments over real Git."),
    "edit": Command("tiangong.cli.edit", "Edit a document in my editor, see what follows, sign."),
    "set": Command("tiangong.cli.set", "Set fields of a document, see what follows, sign."),
    "commit": Command("tiangong.cli.commit", "Lint, stamp, sign and commit what I edited."),
    "fmt": Command("tiangong.cli.fmt", "Lay out what nobody has signed yet; comments stay."),
    "lint": Command("tiangong.cli.lint", "Check every document; say what is wrong and how to fix it."),
    "sign": Command("tiangong.cli.sign", "Add my signature to documents as they are."),
    "verify": Command("tiangong.cli.verify", "Check every signature, role and generation as an agent would."),
    "seal": Command("tiangong.cli.seal", "Vouch for everything in main as it is now."),
    "promoter": Command("tiangong.cli.promoter", "What CI, a timer or cron runs: seal what is new."),
    "release": Command("tiangong.cli.release", "Releases of a product: new, publish, list, show."),
    "promote": Command("tiangong.cli.promote", "Let a release enter a channel."),
    "approve": Command("tiangong.cli.approve", "Approve exactly what waits, for many environments at once."),
    "approval": Command("tiangong.cli.approval", "Approvals: pending, list, withdraw."),
    "recall": Command("tiangong.cli.recall", "Recall versions: nobody installs them any more."),
    "recalls": Command("tiangong.cli.recalls", "Recalls: list, show, withdraw."),
    "install": Command("tiangong.cli.install", "Install a product in chosen environments, or in a profile."),
    "uninstall": Command("tiangong.cli.uninstall", "Uninstall one, or a product in chosen environments."),
    "suspend": Command("tiangong.cli.suspend", "Hold every change of something until a time."),
    "resume": Command("tiangong.cli.resume", "End the suppressions that hold something."),
    "suppression": Command("tiangong.cli.suppression", "Suppressions: list, show, withdraw."),
    "product": Command("tiangong.cli.product", "Products: new, list, show, edit."),
    "channel": Command("tiangong.cli.channel", "Channels: new, list, show, edit."),
    "profile": Command("tiangong.cli.profile", "Profiles: new, list, show, edit."),
    "env": Command("tiangong.cli.env", "Environments: new, list, show, retire, remove."),
    "agent": Command("tiangong.cli.agent", "Agents: join, accept, list, once, run, resolve, accept-history."),
    "status": Command("tiangong.cli.status", "What is: every environment, or one."),
    "why": Command("tiangong.cli.why", "Why nothing happens: every constraint, remedy and earliest time."),
    "diff": Command("tiangong.cli.diff", "What is wished against what is there, or one commit against another."),
    "history": Command("tiangong.cli.history", "What changed when, and who signed it."),
    "plan": Command("tiangong.cli.plan", "What would happen next."),
    "logs": Command("tiangong.cli.logs", "Logs of a run; -f follows it from anywhere."),
    "doctor": Command("tiangong.cli.doctor", "Check this machine and this agent or clone."),
    "context": Command("tiangong.cli.context", "Several fleets on one machine: add, use, list, remove, show."),
    "completion": Command("tiangong.cli.completion", "What TAB offers in bash, zsh and fish."),
    "explain": Command("tiangong.cli.explain", "What a word, a rule or the code of a message means."),
    "trust": Command("tiangong.cli.trust", "Whom this repository believes: show, roles, can, why, and more."),
    "renew": Command("tiangong.cli.renew", "Sign again what counts no more; put off what ends soon."),
    "expiring": Command("tiangong.cli.expiring", "What ends by itself, the nearest first."),
    "whoami": Command("tiangong.cli.whoami", "Who I am here, and what I may sign."),
    "version": Command("tiangong.cli.version", "Versions of the tool and of what it stands on."),
}

ALIASES: dict[str, str] = {
    "releases": "release",
    "contexts": "context",
    "products": "product",
    "channels": "channel",
    "profiles": "profile",
    "suppressions": "suppression",
    "approvals": "approval",
    "envs": "env",
    "environment": "env",
    "environments": "env",
    "agents": "agent",
}

ELSEWHERE: dict[str, str] = {
    "apply": "commit --push",
    "sync": "agent once",
    "reconcile": "agent once",
    "get": "status",
    "describe": "why",
    "rollback": "recall",
}
"""Words of other tools → the command that does it here."""
