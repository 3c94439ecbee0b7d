namespace Ringfence.Model;

/// <summary>How bad a <see cref="Diagnostic"/> is.</summary>
public enum Severity
{
    /// <summary>Worth knowing; changes no answer.</summary>
    Note,

    /// <summary>The answers may not be what the user expects.</summary>
    Warning,

    /// <summary>Something in the input was refused; answers leave it out.</summary>
    Error,
}

/// <summary>Something to tell the user about the input: what is wrong, where, and what to do.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Code">A stable word for machines, for example <c>unknown-field</c>, <c>duplicate-key</c>, <c>duplicate-object</c>.</param>
/// <param name="Message">One sentence for people, without the place.</param>
/// <param name="Location">Where.</param>
/// <param name="Object">The object concerned, <c>Kind ns/name</c>, where known.</param>
public sealed record Diagnostic(Severity Severity, string Code, string Message, Location Location, string? Object = null)
{
    /// <summary>The API server's own error, when this diagnostic is a validation error of a field.</summary>
    public FieldError? FieldError { get; init; }

    /// <summary>The path of the field concerned, for example <c>spec.ingress[0].form</c>; null where it is about no field.</summary>
    public string? Field
    {
        get => field ?? FieldError?.Field;
        init;
    }
}
