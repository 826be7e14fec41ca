"""The shell executor: what a step with a program means, and what it is expected to leave behind."""

import contextlib
import secrets
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from tiangong.errors import Failed, Misuse
from tiangong.executors.envelope import keep_inside
from tiangong.executors.limits import Limits
from tiangong.executors.shell.child import Command, account, search_path
from tiangong.executors.shell.follow import follow
from tiangong.executors.shell.output import Output
from tiangong.executors.shell.secret import secret_files
from tiangong.executors.shell.service import Service
from tiangong.executors.shell.spec import ShellConfig, ShellSpec
from tiangong.messages import text
from tiangong.model.reference import secrets_in
from tiangong.model.stages import Finding, Found, Health
from tiangong.ports import Effects, Job, Traits


class Shell:
    """Starts programs. What they touch can't be limited from here: `effects` says so (D27)."""

    name: ClassVar[str] = "shell"
    Config: ClassVar[type[ShellConfig]] = ShellConfig
    Spec: ClassVar[type[ShellSpec]] = ShellSpec

    def __init__(self, config: ShellConfig) -> None:
        """Misuse when programs can't be started as the configured user."""
        self._account = account(config.user)
        self._path = search_path(config.path)
        self._at_most = config.timeout.total_seconds() if config.timeout else None
        self._most = config.max_output
        self._grace = config.grace.total_seconds()
        self._fixed = config.user
        self._secret_env = config.secret_env

    def traits(self, spec: ShellSpec) -> Traits:
        """Only a guard or a service makes a program safe to repeat."""
        guarded = bool(spec.creates or spec.unless or spec.service)
        return Traits(idempotent=guarded, reversible=bool(spec.undo or spec.service))

    def effects(self, spec: ShellSpec) -> Effects:
        """The first word of everything that may be started, and as whom. Misuse when this host chose somebody else."""
        if spec.user and self._fixed and spec.user != self._fixed:
            raise Misuse.of("shell/other-user", user=spec.user, fixed=self._fixed)
        if not self._secret_env and secrets_in(spec.env):
            raise Misuse.of("shell/secret-env")
        words = (spec.words, spec.unless, spec.undo)
        commands = dict.fromkeys(part[0] for part in words if part)
        return Effects(commands=tuple(commands), user=spec.user or self._account.name, enforced=False)

    def probe(self, job: Job) -> Finding:
        """A guard or a service tells; of other programs nobody knows what they did."""
        spec = self._allowed(job)
        if spec.service:
            return self._service(job, spec.service).probe()
        if spec.creates is None and spec.unless is None:
            return Finding(Found.UNKNOWN)
        return Finding(Found.IN_PLACE) if self._is_done(job) else Finding(Found.MISSING, text("shell/not-done"))

    def preview(self, job: Job) -> str:
        """Name the program and its folder."""
        spec: ShellSpec = job.spec
        return text("shell/would-start", words=subprocess.list2cmdline(spec.words), cwd=spec.cwd)

    def apply(self, job: Job) -> None:
        """Start the program and wait for it, or start the service anew."""
        spec = self._allowed(job)
        if spec.service:
            limits = self._limits(job)
            job.log(self._service(job, spec.service).start(limits) + "\n")
        elif self._is_done(job):
            job.log(text("shell/nothing-to-do") + "\n")
        else:
            self._must_end_well(job, spec.words)
            if (spec.creates or spec.unless) and not self._is_done(job):
                raise Failed.of("shell/no-effect", guard=spec.creates or " ".join(spec.unless or ()))

    def health(self, job: Job) -> Health:
        """A service is healthy while it runs."""
        spec = self._allowed(job)
        if spec.service:
            return self._service(job, spec.service).health()
        found = self.probe(job).found
        return {Found.IN_PLACE: Health.HEALTHY, Found.MISSING: Health.MISSING}.get(found, Health.UNKNOWN)

    def undo(self, job: Job) -> None:
        """Stop the service, or start the program that takes the step back."""
        spec = self._allowed(job)
        if spec.service:
            self._service(job, spec.service).stop()
        elif spec.undo:
            self._must_end_well(job, spec.undo)

    def _allowed(self, job: Job) -> ShellSpec:
        """The step, once it is sure that it may and should still run."""
        self._limits(job).check()
        keep_inside(job, self.effects(job.spec), self.name)
        if "env" in job.secrets and not self._secret_env:
            raise Misuse.of("shell/secret-env")
        spec: ShellSpec = job.spec
        return spec

    def _is_done(self, job: Job) -> bool:
        """Whether a guard says that there is nothing to do."""
        spec: ShellSpec = job.spec
        if spec.creates and Path(spec.creates).exists():
            return True
        return bool(spec.unless) and self._run(job, spec.unless or ()) == 0

    def _must_end_well(self, job: Job, words: tuple[str, ...]) -> None:
        spec: ShellSpec = job.spec
        code = self._run(job, words)
        if code in spec.exit_codes:
            return
        if code < 0:
            raise Failed.of("shell/signal", program=words[0], signal=-code)
        raise Failed.of("shell/exit", program=words[0], code=code, allowed=", ".join(map(str, spec.exit_codes)))

    def _run(self, job: Job, words: tuple[str, ...]) -> int:
        limits = self._limits(job)
        limits.check()
        command = self._command(job, words)
        with contextlib.ExitStack() as leaving:
            files = leaving.enter_context(secret_files(job, job.spec.secret_files, command.account))
            process = replace(command, env={**command.env, **files}).start(subprocess.PIPE)
            leaving.callback(process.wait)
            return follow(process, limits, Output(job.log, self._most), command.mark, self._grace)

    def _service(self, job: Job, name: str) -> Service:
        return Service(job.state / "services", name, self._command(job, job.spec.words), self._grace)

    def _command(self, job: Job, words: tuple[str, ...]) -> Command:
        spec: ShellSpec = job.spec
        umask = int(spec.umask, 8)
        who = account(spec.user) if spec.user else self._account
        return Command(words, spec.cwd, who, self._path, umask, spec.env, secrets.token_hex(16))

    def _limits(self, job: Job) -> Limits:
        return Limits(job, self._at_most)
