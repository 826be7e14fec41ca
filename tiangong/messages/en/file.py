"""Sentences of the file executor."""

from tiangong.messages.catalogue import Sentence

SENTENCES: dict[str, Sentence] = {
    # where
    "relative": Sentence(
        "the path doesn't begin with /, and this agent has no basePath it could be relative to",
        fix="write the whole path, or set config.basePath of the plugin file on the host",
    ),
    "outside-base": Sentence(
        "the path lies outside of {base}, the agent's basePath",
        fix="choose a path below it, or change config.basePath of the plugin file on the host",
    ),
    "link-on-the-way": Sentence(
        "is a symbolic link (to {target}), and no link is followed on the way to a file",
        fix="write the path the link leads to; if the host's operator made it, basePath may go through it",
    ),
    "not-a-folder": Sentence("isn't a folder", fix="move it away, or correct the path"),
    "in-the-way": Sentence(
        "{what} stands there and isn't replaced by something of another kind",
        fix="move it away, or delete it in an earlier step",
    ),
    "into-itself": Sentence("can't be copied from {source}: one lies in the other", fix="correct copy or to"),
    # what
    "no-payload": Sentence("there is no {path} in the release (it has: {known})", fix="correct the path in the step"),
    "no-artifact": Sentence(
        "the release has no artifact {name} (it has: {known})", fix="correct the name in ${{artifact.…}}"
    ),
    "keep-of-file": Sentence("keep goes with folders, and {path} is a file", fix="remove keep"),
    "no-source": Sentence("there is nothing to copy", fix="correct copy, or create it in an earlier step"),
    "odd-source": Sentence("is neither file nor folder, so it isn't copied", fix="copy what is a file or a folder"),
    "link-out": Sentence("is a link that leads out of the folder that is copied", fix="remove it, or copy its target"),
    "no-target": Sentence("the link would lead to {target}, and there is nothing", fix="create it in an earlier step"),
    "no-user": Sentence("there is no user {user} on this host", fix="correct owner, or create the user"),
    "no-group": Sentence("there is no group {group} on this host", fix="correct group, or create the group"),
    "not-one-file": Sentence("is more than one file", fix="use place or copy with a folder"),
    # archives
    "bad-archive": Sentence(
        "the archive {what}; nothing was unpacked",
        fix="pack plain files and folders again, for example: tar czf app.tar.gz -C dist .",
    ),
    "archive-too-large": Sentence(
        "the archive holds more than {largest} bytes; nothing was unpacked",
        fix="pack less, or set config.largestUnpacked of the plugin file on the host",
    ),
    "archive-ratio": Sentence(
        "the archive grows to more than {ratio} times its size; nothing was unpacked",
        fix="leave out files that are all but empty, or pack them with less compression",
    ),
    "zstd": Sentence("zstd archives aren't read", fix="pack it as .tar.gz, .tar.xz or .zip"),
    # templates
    "template-not-text": Sentence("the template isn't UTF-8 text", fix="save it as UTF-8, or use place"),
    "template-too-large": Sentence("the template is larger than {limit} bytes", fix="use place for large files"),
    "template-syntax": Sentence("the template can't be read: {why}", fix="correct the line and publish a new version"),
    "template-undefined": Sentence(
        "the template asks for what the step doesn't give: {why}", fix="add it to values, or correct the template"
    ),
    "template-unsafe": Sentence("the template does what templates may not: {why}", fix="use plain values only"),
    "template-failed": Sentence("the template fails with {why}", fix="correct the line and publish a new version"),
    "template-too-much": Sentence(
        "the template takes too much memory or time, or gives more than {limit} bytes",
        fix="make its loops and text shorter",
    ),
    "no-renderer": Sentence("the template engine can't be started with {python}", fix="reinstall tiangong-deploy"),
    # system
    "no-space": Sentence("can't be written: {why}; what was there is untouched", fix="free some space"),
    "denied": Sentence("can't be changed: {why}", fix="check whose it is, and the user the agent runs as"),
    "read-only": Sentence("can't be changed: {why}", fix="choose a path on a file system that can be written"),
    "refused-by-system": Sentence("can't be done: {why}", fix="look at the path on the host"),
    "too-deep": Sentence("lies more than {deepest} folders deep", fix="make the folders flatter"),
    "mounted": Sentence(
        "another file system is mounted there, so what is there is neither replaced nor removed",
        fix="unmount it, or choose another path",
    ),
    "too-much-else": Sentence(
        "the folder holds more than {most} things that this step didn't put there; it isn't replaced",
        fix="place into a folder of its own, such as …/releases/${{release.version}}",
    ),
    "not-recursive": Sentence("the folder isn't empty", fix="add recursive: true to the step, if all of it may go"),
    "not-empty": Sentence("the folder isn't empty, so it stays", fix="look at what is in it, and remove it by hand"),
    "changed-since": Sentence(
        "is no longer what the step left there, so it isn't put back by itself; the old folder is {old} beside it",
        fix="look at both, and put back by hand what should stay",
    ),
    # findings
    "in-place": Sentence("{path} is in place"),
    "is-gone": Sentence("{path} isn't there"),
    "still-there": Sentence("{path} is still there"),
    "is-no-file": Sentence("{path} is no file"),
    "is-no-folder": Sentence("{path} is no folder"),
    "is-no-link": Sentence("{path} is no link"),
    "other-content": Sentence("{path} has other content"),
    "other-mode": Sentence("{path} has another mode"),
    "other-owner": Sentence("{path} belongs to somebody else"),
    "leads-elsewhere": Sentence("{path} leads elsewhere"),
    # what is done
    "would-place": Sentence("places {source} at {path}"),
    "would-template": Sentence("fills in {source} and writes {path}"),
    "would-unpack": Sentence("unpacks {source} to {path}"),
    "would-copy": Sentence("copies {source} to {path}"),
    "would-link": Sentence("lets {path} lead to {source}"),
    "would-delete": Sentence("deletes {path}"),
    "would-directory": Sentence("makes the folder {path}"),
    "did-place": Sentence("placed {path}"),
    "did-template": Sentence("wrote {path}"),
    "did-unpack": Sentence("unpacked {path}"),
    "did-copy": Sentence("copied {path}"),
    "did-link": Sentence("linked {path}"),
    "did-delete": Sentence("deleted {path}"),
    "did-directory": Sentence("made the folder {path}"),
    "nothing-to-do": Sentence("{path} is as it should be"),
    "pruned": Sentence("removed the old {path}"),
    "not-pruned": Sentence("[the old {path} stays: {why}]"),
    "undone": Sentence("put back what was at {path}"),
    "left": Sentence("left {path} where it is: something else is in it"),
    "nothing-to-undo": Sentence("{path} was not changed by this step"),
}
