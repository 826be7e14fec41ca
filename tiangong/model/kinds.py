"""The closed table of kinds: adding a kind is a class in its room and its name here."""

from tiangong.model.acts import Recall, Withdrawal
from tiangong.model.approval import Approval
from tiangong.model.document import Document
from tiangong.model.environment import Agent, Environment, Installation, Profile, Suppression
from tiangong.model.policy import TrustPolicy, TrustRoot
from tiangong.model.product import Channel, Fleet, Product, Promotion, Release
from tiangong.model.revocation import Revocation
from tiangong.model.secret import Secret

KINDS: dict[str, type[Document]] = {
    kind.__name__: kind
    for kind in (
        Fleet,
        Channel,
        Product,
        Release,
        Promotion,
        Profile,
        Environment,
        Installation,
        Agent,
        Suppression,
        Approval,
        Recall,
        Withdrawal,
        Revocation,
        Secret,
        TrustRoot,
        TrustPolicy,
    )
}
