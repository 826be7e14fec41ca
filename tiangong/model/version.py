"""Order and ranges of versions: SemVer 2.0.0 by the `semver` package, ranges in npm's syntax by `node-semver`."""

import semver


def precedence(version: str) -> semver.Version:
    """Return what sorts versions by SemVer precedence (section 11); ValueError when it is none."""
    return semver.Version.parse(version)


def is_prerelease(version: str) -> bool:
    """Tell whether the version has a pre-release tag."""
    return precedence(version).prerelease is not None


def is_within(version: str, range_: str) -> bool:
    """Tell whether a version lies in a range such as `>=1.3.0 <1.3.4` or `^1`."""
    import nodesemver

    return bool(nodesemver.satisfies(version, range_, loose=False))


def is_recalled(version: str, range_: str) -> bool:
    """Tell whether a version lies between the ends of a range, pre-releases too: what restricts leaves out none."""
    import nodesemver

    return bool(nodesemver.satisfies(version, range_, loose=False, include_prerelease=True))
