"""Path = f(kind, name), one-to-one: what may stand where, and what is never read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiangong.documents.paths import is_ours as ours
from tiangong.documents.paths import kind_at, names_in, path_of, sealed_beside, secret_beside, sidecars, signed_by
from tiangong.model.document import API_VERSION, Metadata
from tiangong.model.environment import Installation
from tiangong.model.product import Promotion, Release

PLACES = {
    "tiangong.yaml": "Fleet",
    "channels/canary.yaml": "Channel",
    "products/shop/product.yaml": "Product",
    "products/shop/releases/1.4.0/release.yaml": "Release",
    "products/shop/releases/1.4.0-rc.1/release.yaml": "Release",
    "products/shop/promotions/stable/1.4.0.yaml": "Promotion",
    "profiles/production.yaml": "Profile",
    "environments/prod-eu/environment.yaml": "Environment",
    "environments/prod-eu/agent.yaml": "Agent",
    "environments/prod-eu/installations/shop.yaml": "Installation",
    "suppressions/inc-4711.yaml": "Suppression",
    "products/shop/recalls/r-1.yaml": "Recall",
    "withdrawals/inc-4711.yaml": "Withdrawal",
    "environments/prod-eu/secrets/shop-db.yaml": "Secret",
    "trust/root/1.yaml": "TrustRoot",
    "trust/policy.yaml": "TrustPolicy",
}
NOWHERE = [
    "README.md",
    "channels/canary.yml",
    "channels/Canary.yaml",
    "channels/canary.yaml\n",
    "channels/.yaml",
    "channels/-a.yaml",
    "channels/a/b.yaml",
    "channels/" + "a" * 64 + ".yaml",
    "channels/canáry.yaml",
    "profiles/../x.yaml",
    "products/shop/releases/1.4/release.yaml",
    "products/shop/releases/01.4.0/release.yaml",
    "products/shop/releases/1.4.0+build/release.yaml",
    "products/shop/releases/1.4.0-RC1/release.yaml",
    "products/shop/releases/1.4.0-01/release.yaml",
    "products/shop/releases/1.4.0/sql/V42__Orders.sql",
    "x/tiangong.yaml",
    "environments/prod-eu/secrets/shop-db.sops.yaml",
    "environments/prod-eu/installations/shop.sops.yaml",
    "environments/prod-eu/secrets/a/b.yaml",
]


@pytest.mark.parametrize(("path", "kind"), PLACES.items())
def test_each_kind_has_its_place(path: str, kind: str) -> None:
    assert kind_at(path) == kind
    assert ours(path)


@pytest.mark.parametrize("path", NOWHERE)
def test_no_document_stands_elsewhere(path: str) -> None:
    assert kind_at(path) is None


def test_a_sops_file_belongs_to_the_secret_beside_it() -> None:
    assert sealed_beside("environments/dev/secrets/db.yaml") == "environments/dev/secrets/db.sops.yaml"
    assert secret_beside("environments/dev/secrets/db.sops.yaml") == "environments/dev/secrets/db.yaml"
    assert [secret_beside(path) for path in ("environments/dev/db.sops.yaml", "environments/dev/secrets/db.yaml")] == [
        None,
        None,
    ]


def test_only_known_folders_are_read() -> None:
    assert all(map(ours, ["products/shop/releases/1.4.0/app/Any.File", "trust/x", "tiangong.yaml.alice.sig"]))
    assert not any(map(ours, ["README.md", ".github/workflows/x.yaml", "trust", "apps/shop/release.yaml"]))


def test_names_are_taken_apart_again() -> None:
    meta = {"apiVersion": API_VERSION}
    release = Release.model_construct(**meta, metadata=Metadata(name="shop@1.4.0"))
    promotion = Promotion.model_construct(**meta, metadata=Metadata(name="shop@1.4.0/stable"))
    installed = Installation.model_construct(**meta, metadata=Metadata(name="web", environment="prod"))
    assert names_in("Release", path_of(release)) == {"product": "shop", "version": "1.4.0"}
    assert names_in("Promotion", path_of(promotion)) == {"product": "shop", "channel": "stable", "version": "1.4.0"}
    assert names_in("Installation", path_of(installed)) == {"environment": "prod", "name": "web"}
    assert names_in("Release", "profiles/x.yaml") == {}


@pytest.mark.parametrize(
    "name", ["shop", "shop@", "@1.0.0", "shop@1.0.0@1", "a/b@1.0.0", "shop@1.0.0/stable", "../x@1.0.0"]
)
def test_a_name_that_is_no_path_leads_nowhere(name: str) -> None:
    assert kind_at(path_of(Release.model_construct(metadata=Metadata(name=name)))) != "Release"


@given(st.sampled_from(list(PLACES)), st.from_regex(r"\A[a-z0-9]([a-z0-9_-]{0,20}[a-z0-9])?\Z"))
def test_a_signature_stands_beside_its_document(path: str, signer: str) -> None:
    assert signed_by(sidecars(path, signer)) == (path, signer)
    assert kind_at(sidecars(path, signer)) is None
    assert signed_by(path) is None


@given(st.text(max_size=60))
def test_any_text_is_judged(path: str) -> None:
    kind_at(path), ours(path), signed_by(path)
