"""`tiangong demo`: the whole line on this machine, over real Git, with real agents."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from tiangong.cli.output import raw, say, tell
from tiangong.errors import Misuse, Place
from tiangong.messages.catalogue import printable
from tiangong.messages.spoken import language, text

EXAMPLES = """Examples:

  tiangong demo                 build it, send two releases through three environments

  tiangong demo --resume        start its agents again; Ctrl-C stops them

  tiangong demo --clean         remove it
"""

app = typer.Typer(add_completion=False)


class Progress:
    """One line per thing that happened, with the time since the start; a passing line is overwritten on a terminal."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()
        self._passing = 0

    def __call__(self, code: str, /, *, passing: bool = False, **facts: str | int) -> None:
        """Show one line on stderr; a passing one only on a terminal."""
        seconds = f"{time.monotonic() - self._started:5.1f} s  "
        if not sys.stderr.isatty():
            if not passing:
                print(seconds + printable(text(code, **facts)), file=sys.stderr, flush=True)
            return
        line = seconds + ("… " if passing else "✓ ") + printable(text(code, **facts))
        ending = "" if passing else "\n"
        print("\r" + line.ljust(self._passing), end=ending, file=sys.stderr, flush=True)
        self._passing = len(line) if passing else 0

    @property
    def seconds(self) -> int:
        """Seconds since the start."""
        return round(time.monotonic() - self._started)


@app.command(epilog=EXAMPLES)
def demo(
    folder: Annotated[Path | None, typer.Option("--folder", metavar="DIR", help="Where to build it.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Start the agents of a demo that was built.")] = False,
    clean: Annotated[bool, typer.Option("--clean", help="Stop what runs and remove the folder.")] = False,
) -> None:
    """Run the whole line here: three environments, two releases, real Git over TLS, real agents."""
    from tiangong.demo import story
    from tiangong.demo.folder import Folder, default_folder

    if resume and clean:
        raise Misuse.of("demo/one-of")
    place = Folder((folder or default_folder(os.environ)).absolute())
    if clean:
        place.clean()
        say("demo/cleaned", folder=str(place.root))
        return
    progress = Progress()
    if resume:
        story.resume(place, progress, _until_stopped())
        say("demo/stopped")
        return
    if place.exists:
        raise Misuse.of("demo/exists", Place(str(place.root)))
    tell("demo/begin", folder=str(place.root))
    story.play(place, progress)
    _show(place.control, progress.seconds)


def _show(control: Path, seconds: int) -> None:
    """The fleet as anybody with a clone sees it, and what to try next."""
    from tiangong.cli.app import run

    sys.stdout.flush()
    run(["--lang", language(), "-C", str(control), "status", "--offline"])
    say("demo/took", seconds=seconds)
    say("demo/stopped")
    say("demo/next")
    for command in (f"-C {control} why prod --offline", f"-C {control} logs prod --offline", "demo --resume"):
        raw(f"  tiangong {command}")


def _until_stopped() -> threading.Event:
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopped
