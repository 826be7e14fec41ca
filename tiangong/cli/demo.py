"""`tiangong demo`: the whole line on this machine, over real Git, with real agents."""

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from tiangong.cli.output import raw, say, tell
from tiangong.errors import Failed, Misuse, Place
from tiangong.messages.catalogue import printable
from tiangong.messages.spoken import language, text

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


@app.command()
def demo(
    folder: Annotated[Path | None, typer.Option("--folder", metavar="DIR", help="Where to build it.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Start the agents of a demo that was built.")] = False,
    clean: Annotated[bool, typer.Option("--clean", help="Stop what runs and remove the folder.")] = False,
    origin: Annotated[
        Path | None, typer.Option("--origin", metavar="DIR", help="Only serve an empty repository, to try things with.")
    ] = None,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Of --origin; a free one by default.")] = 0,
) -> None:
    """Run the whole line here: three environments, two releases, real Git over TLS, real agents."""
    from tiangong.demo import story
    from tiangong.demo.folder import Folder, default_folder

    if sum((resume, clean, origin is not None)) > 1:
        raise Misuse.of("demo/one-of")
    if origin is not None:
        _serve(origin.absolute(), port)
        return
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
    _show(place.control, progress.seconds, f"--folder {place.root}" if folder else "")


def _serve(folder: Path, port: int) -> None:
    """A Git server for one repository, with a certificate authority of its own, until it is stopped."""
    from tiangong.testing.origin import Origin

    stopped = _until_stopped()
    try:
        with Origin(folder, port) as served:
            say("demo/serves", url=served.url)
            say("demo/believe", ca=str(served.ca))
            sys.stdout.flush()
            stopped.wait()
    except OSError as error:
        raise Failed.of("demo/cannot-serve", Place(str(folder)), why=error.strerror or str(error)) from None


def _show(control: Path, seconds: int, where: str) -> None:
    """The fleet as anybody with a clone sees it, and what to try next."""
    from tiangong.cli.app import run

    sys.stdout.flush()
    run(["--lang", language(), "-C", str(control), "status", "--offline"])
    say("demo/took", seconds=seconds)
    say("demo/stopped")
    say("demo/next")
    resume = f"demo --resume {where}".strip()
    for command in (f"-C {control} why prod --offline", f"-C {control} logs prod --offline", resume):
        raw(f"  {_as_called()} {command}")


def _as_called() -> str:
    """What starts this program again, from the same folder: after `make demo` it isn't on the PATH."""
    called = sys.argv[0]
    if called.endswith("__main__.py"):
        return f"{sys.executable} -m tiangong"
    found = shutil.which("tiangong")
    return "tiangong" if found and Path(found).resolve() == Path(called).resolve() else called


def _until_stopped() -> threading.Event:
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopped
