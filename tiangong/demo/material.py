"""What the demo is made of: `example-repo/`, with its paths and ports fitted to one folder on this machine."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tiangong.demo.folder import ENVIRONMENTS, Folder
from tiangong.errors import Failed, Place

APPS = "apps"
EXAMPLE_PORTS = {"dev": 8081, "staging": 8082, "prod": 8083}
NEW_GOODS = '  {"name": "cups", "price": 12},\n  {"name": "kettle", "price": 39}\n]\n'
OLD_GOODS = '  {"name": "cups", "price": 12}\n]\n'


def example() -> Path:
    """The folder `example-repo/`: beside the package in a checkout, shared data when installed from a wheel."""
    checkout = Path(__file__).resolve().parents[2]
    for folder in (checkout / "example-repo", Path(sys.prefix) / "share" / "tiangong" / "example-repo"):
        if (folder / "tiangong.yaml").is_file():
            return folder
    raise Failed.of("demo/no-example", Place(str(checkout)))


def control_files(folder: Folder, ports: Mapping[str, int]) -> dict[str, bytes]:
    """The documents of the control repository, unsigned. Each host's `/srv` is a folder of the demo."""
    source = example()
    files = {}
    for file in sorted(source.rglob("*")):
        path = file.relative_to(source)
        if file.is_file() and path.parts[0] != APPS:
            files[path.as_posix()] = _fitted(file.read_text(), folder, ports).encode()
    return files


def _fitted(text: str, folder: Folder, ports: Mapping[str, int]) -> str:
    for environment in ENVIRONMENTS:
        home = folder.host(environment) / "srv" / "shop"
        text = text.replace(f"/srv/{environment}/shop", str(home))
        text = text.replace(f"listen: {EXAMPLE_PORTS[environment]}\n", f"listen: {ports[environment]}\n")
    return text.replace("/srv/**", f"{folder.root}/hosts/**")


def write_app(folder: Folder) -> None:
    """Give the developers their code: release 1.0.0 as it lies in the example."""
    source = example() / APPS / "shop"
    for file in sorted(source.rglob("*")):
        if file.is_file():
            target = folder.app / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


def change_app(folder: Folder) -> None:
    """What the developers do for 1.1.0: the shop sells one thing more."""
    goods = folder.app / "app" / "goods.json"
    text = goods.read_text()
    goods.write_text(text.replace(OLD_GOODS, NEW_GOODS))
