"""Whatever two people edit: both edits count, or each field both changed is named; and nothing is ever unsigned."""

import copy
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.author.office import DEV, Desk, Office
from tiangong.documents.edit import GONE, remove_field, set_field
from tiangong.documents.merge import IDENTITIES
from tiangong.documents.stamp import content
from tiangong.documents.strict import dotted

PROFILE = "profiles/standard.yaml"
START = """\
apiVersion: tiangong.dev/v1
kind: Environment
metadata:
  name: dev
  labels: {tier: dev, region: eu}   # where
spec:
  # rules all of production has
  profiles: [standard]
  timezone: UTC   # of the office
  windows:
    allow:
      - {name: nights, cron: "0 1 * * *", for: 4h}
      # lunch is quiet
      - name: lunch
        cron: "0 12 * * *"
        for: 1h
    deny: []
"""


def window(name: str, hours: str) -> dict[str, str]:
    return {"name": name, "cron": "0 3 * * *", "for": hours}


def places(part: str) -> st.SearchStrategy[tuple[tuple[str | int, ...], Any]]:
    """One edit that leaves the document in order, whatever the other edits are."""
    hours = st.sampled_from(["1h", "2h", "3h"])
    options = {
        "zone": st.tuples(
            st.just(("spec", "timezone")), st.sampled_from(["Europe/Berlin", "Europe/Paris", "UTC", GONE])
        ),
        "drift": st.tuples(st.just(("spec", "drift")), st.sampled_from(["report", "repair", "ignore"])),
        "label": st.tuples(
            st.sampled_from(["tier", "region", "owner"]).map(lambda key: ("metadata", "labels", key)),
            st.sampled_from(["a", "b", GONE]),
        ),
        "first": st.tuples(st.just(("spec", "windows", "allow", 0, "for")), hours),
        "second": st.tuples(st.just(("spec", "windows", "allow", 1, "for")), hours),
        "more": st.tuples(
            st.just(("spec", "windows", "allow", 2)), st.builds(window, st.sampled_from(["a", "b"]), hours)
        ),
        "less": st.just((("spec", "windows", "allow", 1), GONE)),
        "hosts": st.tuples(
            st.just(("spec", "envelope", "hosts")), st.lists(st.sampled_from("xyz"), unique=True, max_size=2)
        ),
    }
    return options[part]


PARTS = ("zone", "drift", "label", "first", "second", "more", "hosts", "less")
EDITS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=3, unique=True).flatmap(
    lambda parts: st.tuples(*(places(part) for part in sorted(parts, key=PARTS.index)))
)


def edit(desk: Desk, edits: tuple[tuple[tuple[str | int, ...], Any], ...]) -> None:
    raw = (desk.root / DEV).read_bytes()
    for location, value in edits:
        raw = remove_field(raw, DEV, location) if value is GONE else set_field(raw, DEV, location, value)
    (desk.root / DEV).write_bytes(raw)


def flat(data: Any, at: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Every field by the names that lead to it."""
    if isinstance(data, dict):
        return {key: value for name, inner in data.items() for key, value in flat(inner, (*at, name)).items()}
    if at and at[-1] == "hosts":
        return {(*at, inner): True for inner in data}
    if isinstance(data, list) and data and isinstance(data[0], dict):
        return {key: value for inner in data for key, value in flat(inner, (*at, inner[IDENTITIES[0]])).items()}
    return {at: data}


def begin(desk: Desk, revision: str) -> None:
    desk.git("merge", "--abort") if desk.clone.stopped else None
    desk.git("fetch", "-q")
    desk.git("checkout", "-q", "-B", "main", revision)
    desk.git("reset", "-q", "--hard", revision)
    desk.git("branch", "-q", "--set-upstream-to=origin/main")


def test_two_people(office: Office) -> None:
    alice, carol = office.desk("alice"), office.desk("carol")
    stamps = "".join(
        f"{line}\n" for line in alice.text(DEV).splitlines() if line.strip().startswith(("repo", "gen", "change"))
    )
    alice.write(DEV, START.replace("# where\n", f"# where\n{stamps}"))
    alice.commit("start", "-a", "--push")
    start = alice.git("rev-parse", "HEAD").strip()
    base = flat(content((alice.root / DEV).read_bytes(), DEV))

    @settings(
        max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
    )
    @given(EDITS, EDITS, st.booleans())
    def together(mine: Any, theirs: Any, committed: bool) -> None:
        alice.git("push", "-q", "--force", "origin", f"{start}:refs/heads/main")
        begin(alice, start)
        begin(carol, start)
        edit(carol, theirs)
        carol.commit("theirs", "-a", "--push")
        edit(alice, mine)
        if committed:
            alice.commit("mine", "-a")
        m, t = (flat(content((desk.root / DEV).read_bytes(), DEV)) for desk in (alice, carol))
        said = alice.run("commit", "-m", "together", "-a", "--onto", "main")
        both = {f for f in {*base, *m, *t} if base.get(f, GONE) not in (m.get(f, GONE), t.get(f, GONE))}
        clashing = {f for f in both if m.get(f, GONE) != t.get(f, GONE)}
        if said.code == 1:
            named = copy.copy(said.err)
            assert clashing, said
            assert all(any(dotted(f[:2]) in line for line in named.splitlines()) for f in clashing), (said, clashing)
            return
        assert said.code == 0, said
        assert not clashing, (said, clashing)
        result = flat(content((alice.root / DEV).read_bytes(), DEV))
        expected = {f: (m if m.get(f, GONE) != base.get(f, GONE) else t).get(f, GONE) for f in {*base, *m, *t}}
        assert result == {f: value for f, value in expected.items() if value is not GONE}
        assert alice.refused() == []
        assert alice.run("verify", "HEAD").code == 0
        assert alice.git("status", "--porcelain") == ""

    together()
