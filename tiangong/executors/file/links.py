"""Where a symbolic link leads, told from the links around it, without touching the host."""

from collections.abc import Mapping

MOST_HOPS = 40


def leads_out(path: str, links: Mapping[str, str]) -> bool:
    """Whether a link of a folder leads out of it, or round in circles. `links`: all of the folder's, path → target."""
    here = path.split("/")[:-1]
    left = _parts(links[path])
    if links[path].startswith("/"):
        return True
    hops = 0
    while left:
        part = left.pop(0)
        if part == "..":
            if not here:
                return True
            here.pop()
            continue
        here.append(part)
        target = links.get("/".join(here))
        if target is not None:
            hops += 1
            if hops > MOST_HOPS or target.startswith("/"):
                return True
            here.pop()
            left = _parts(target) + left
    return False


def _parts(target: str) -> list[str]:
    return [part for part in target.split("/") if part not in ("", ".")]
