"""Sentences of the shell executor."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    "secret-env": Sentence(
        "env holds a secret, and this host doesn't allow that: it could be read while the program runs",
        fix="use secretFiles and read the file, or set config.secretEnv: true of the plugin shell on the host",
        rule="D22",
    ),
    "no-secret-file": Sentence(
        "the files with secrets can't be written: {why}", fix="let the agent's user write there, or make room"
    ),
    "secret-on-disk": Sentence(
        "this host has no place in memory for files with secrets; they stand in {folder} while the program runs"
    ),
    "no-user": Sentence("there is no user {user} on this host", fix="correct config.user of the plugin shell"),
    "not-root": Sentence(
        "programs can't be started as {user}: the agent runs as user {uid}, not as root",
        fix="run the agent as root or as {user}, or remove config.user of the plugin shell",
    ),
    "other-user": Sentence(
        "the step wants to run as {user}, and on this host all programs run as {fixed}",
        fix="remove user from the step, or config.user of the plugin shell",
    ),
    "no-folder": Sentence("{folder} is not a folder", fix="correct cwd, or create it in an earlier step"),
    "no-program": Sentence(
        "there is no program {program} in {path}", fix="install it, or set config.path of the plugin shell"
    ),
    "cannot-start": Sentence("{program} can't be started: {why}", fix="check the file and the user the agent runs as"),
    "exit": Sentence(
        "{program} ended with {code} (allowed: {allowed})", fix="see its output above, or add the code to exitCodes"
    ),
    "signal": Sentence("{program} was ended by signal {signal}", fix="see its output above and the host's log"),
    "no-effect": Sentence(
        "the program ended well, but the step's guard still says it isn't done: {guard}",
        fix="correct creates or unless, or the program",
    ),
    "still-open": Sentence(
        "[the program ended; something it started still held its output open after {seconds} s and is no longer read]"
    ),
    "output-cut": Sentence("[{characters} characters left out]"),
    "not-done": Sentence("the step's guard says it isn't done"),
    "nothing-to-do": Sentence("nothing to do, says the step's guard"),
    "would-start": Sentence("starts {words} in {cwd}"),
    "service-never": Sentence("service {name} was never started"),
    "service-gone": Sentence("service {name} no longer runs"),
    "service-other": Sentence("service {name} runs with another command"),
    "service-runs": Sentence("service {name} runs, pid {pid}"),
    "service-started": Sentence("service {name} started, pid {pid}; its output goes to {output}"),
    "service-ended": Sentence(
        "service {name} ended right after its start; its last words: {output}",
        fix="a service has to stay in the foreground; see its output",
        rule="D21",
    ),
}
