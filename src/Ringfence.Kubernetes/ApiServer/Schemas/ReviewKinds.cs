using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The kinds of questions: they are created to be answered, and not kept.</summary>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access</remarks>
internal static class ReviewKinds
{
    /// <summary>Every one, by group and plural.</summary>
    public static ImmutableArray<ResourceType> All { get; } =
    [
        new("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", false),
        new("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", false),
        new("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", true),
        new("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false),
        new("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", false),
        new("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", false),
    ];
}
