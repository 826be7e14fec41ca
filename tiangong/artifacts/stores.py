"""From the address of a store to the store: a folder, or a web server."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tiangong.artifacts.store import Access, Store
from tiangong.errors import Misuse


def open_store(url: str, name: str, access: Access) -> Store:
    """The store of an address; Misuse when there is none of that kind. Reaches for nothing yet."""
    scheme = urlsplit(url).scheme
    if scheme == "file":
        from tiangong.artifacts.folder import FolderStore

        return FolderStore(Path(unquote(urlsplit(url).path)))
    if scheme in ("http", "https"):
        from tiangong.artifacts.web import WebStore

        return WebStore(url, name, access)
    raise Misuse.of("artifact/no-store", store=name)
