"""A large fleet as a real control repository: thousands of releases and environments, signed, kept between runs.

One document of each kind is made by `World`; the others are its bytes with other names in them, signed anew by the same
people. Products come in pairs of halves: the environment `dev` uses one product, and none of the rest.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.site import kept, young_world
from tiangong.testing.simulator import World, keyholder

FORMAT = 1
"""of what is generated; a new number makes everything anew"""
A_PRODUCT = 100
"""releases of one product"""
STEPS = ({"name": "mark", "executor": "shell", "with": {"run": ["true"]}},)
VERSION, PRODUCT, ENVIRONMENT = "7.7.7", "template", "site-template"


def large(releases: int, environments: int) -> tuple[Path, World]:
    """A bare repository with that many, and its world without the copies; made when it isn't kept."""
    folder = kept() / f"fleet-{FORMAT}-{releases}-{environments}"
    world = _start()
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        whole = world.copy()
        whole.files.update(_copies(world, releases, environments))
        whole.commit_to(folder / "bare.git")
        subprocess.run(["git", "-C", folder / "bare.git", "repack", "-adq", "--depth=20"], check=True)
        (folder / "done").write_text(json.dumps({"files": len(whole.files)}))
    return folder / "bare.git", world


def _start() -> World:
    """Everything once."""
    world = young_world()
    world.edit("environments/dev/environment.yaml", spec__envelope={"shell": {"commands": ["true"]}})
    for number in range(A_PRODUCT):
        world.release("shop", f"1.{number}.0", steps=STEPS, payload={})
    return world


def _templates() -> World:
    """One of each, under names to be replaced."""
    world = _start()
    world.put({"kind": "Product", "metadata": {"name": PRODUCT}, "spec": {"owner": "team"}})
    world.release(PRODUCT, VERSION, steps=STEPS, payload={})
    world.environment(ENVIRONMENT, timezone="Europe/Berlin")
    world.installation(ENVIRONMENT, "shop")
    return world


def _copies(world: World, releases: int, environments: int) -> Iterator[tuple[str, bytes]]:
    """Paths and bytes of all others."""
    new = {path: raw for path, raw in _templates().files.items() if path not in world.files}
    product = {
        path: raw for path, raw in new.items() if PRODUCT in path and VERSION not in path and ENVIRONMENT not in path
    }
    release = {path: raw for path, raw in new.items() if VERSION in path}
    environment = {path: raw for path, raw in new.items() if ENVIRONMENT in path}
    for number in range(releases // A_PRODUCT - 1):
        name = {PRODUCT: f"product-{number}"}
        yield from _renamed(product, name)
        for minor in range(A_PRODUCT):
            yield from _renamed(release, {**name, VERSION: f"1.{minor}.0"})
    for number in range(environments - 1):
        yield from _renamed(environment, {ENVIRONMENT: f"site-{number}"})


def _renamed(files: Mapping[str, bytes], names: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for path, raw in files.items():
        if path.endswith(".sig"):
            continue
        new_path, new_raw = path, raw
        for old, new in names.items():
            new_path, new_raw = new_path.replace(old, new), new_raw.replace(old.encode(), new.encode())
        yield new_path, new_raw
        signers = [one.removeprefix(f"{path}.").removesuffix(".sig") for one in files if one.startswith(f"{path}.")]
        for signer in signers:
            yield f"{new_path}.{signer}.sig", keyholder(signer).sign(new_raw)
