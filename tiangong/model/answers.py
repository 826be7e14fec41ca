"""The closed table of answers: adding one is a class in its file and its name here."""

from tiangong.model.answer import (
    AgentKeySummary,
    Answer,
    Checkup,
    ContextSummary,
    Difference,
    DocumentDifference,
    DocumentVersion,
    EnvironmentStatus,
    EnvironmentSummary,
    Explanation,
    Finding,
    Identity,
    PastRun,
    PlanAnswer,
    ProductSummary,
    ReleaseSummary,
    ResolvedValue,
    Topic,
    Turn,
    VersionInfo,
)
from tiangong.model.authority import (
    Allowance,
    DocumentStanding,
    EndingAnswer,
    PendingApproval,
    RoleHolders,
    TrustSummary,
)

ANSWERS: dict[str, type[Answer]] = {
    model.model_fields["kind"].default: model
    for model in (
        EnvironmentStatus,
        Explanation,
        PlanAnswer,
        Turn,
        Checkup,
        Finding,
        EnvironmentSummary,
        ResolvedValue,
        ReleaseSummary,
        AgentKeySummary,
        ProductSummary,
        PastRun,
        DocumentVersion,
        Difference,
        DocumentDifference,
        Topic,
        Identity,
        RoleHolders,
        Allowance,
        DocumentStanding,
        TrustSummary,
        EndingAnswer,
        PendingApproval,
        VersionInfo,
        ContextSummary,
    )
}
