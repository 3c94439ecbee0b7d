namespace Ringfence.Kubernetes.ApiServer.Selectors;

/// <summary>Which objects of a kind are meant.</summary>
/// <param name="Namespace">Those of this namespace; null for all.</param>
/// <param name="Labels">Those with such labels; null for any.</param>
/// <param name="Fields">Those with such fields; null for any.</param>
internal sealed record ObjectFilter(string? Namespace, LabelRequirements? Labels, FieldRequirements? Fields)
{
    private static readonly byte[][] LabelPath = ObjectFields.Path("metadata.labels");

    /// <summary>Whether it picks among the objects of its namespace.</summary>
    public bool IsPicky => Labels is not null || Fields is not null;

    /// <summary>Whether an object is meant.</summary>
    public bool Matches(StoredObject stored) =>
        (Namespace is null || stored.Namespace == Namespace)
        && (Fields is null || Fields.Matches(stored))
        && (Labels is null || Labels.Matches(ObjectFields.Map(stored.Json.Span, LabelPath)));
}
