namespace Ringfence.Model;

/// <summary>The kinds of field error of the Kubernetes API machinery (<c>field.ErrorType</c>).</summary>
public enum FieldErrorType
{
    /// <summary>The value is malformed or out of range.</summary>
    FieldValueInvalid,

    /// <summary>The value is missing.</summary>
    FieldValueRequired,

    /// <summary>The value may not be given here.</summary>
    FieldValueForbidden,

    /// <summary>The value is not one of an enumeration.</summary>
    FieldValueNotSupported,

    /// <summary>The value is too long; it is not repeated in the error.</summary>
    FieldValueTooLong,

    /// <summary>The value is there twice where it may be once.</summary>
    FieldValueDuplicate,

    /// <summary>The value names something that is not there.</summary>
    FieldValueNotFound,

    /// <summary>The list or map has too many entries.</summary>
    FieldValueTooMany,

    /// <summary>The value is of the wrong type.</summary>
    FieldValueTypeInvalid,
}

/// <summary>One validation error as the Kubernetes API server reports it.</summary>
/// <param name="Type">The error's type; its name is the <c>reason</c> of the API's status cause.</param>
/// <param name="Field">The field path, for example <c>spec.ingress[0].ports[1].port</c>.</param>
/// <param name="Value">
/// The offending value as the API server writes it: a quoted string, a number, or a list (<c>"x"</c>, <c>80</c>, <c>["a"]</c>); null for
/// Required, Forbidden and TooLong. Not always JSON: strings with control characters have Go's escapes (<c>"\a"</c>, <c>"\x00"</c>).
/// </param>
/// <param name="Message">The detail, without field, type and value; may be empty.</param>
public sealed record FieldError(FieldErrorType Type, string Field, string? Value, string Message)
{
    /// <summary>The wire form, <c>field: Type: value: detail</c>, as in the API's status message.</summary>
    public override string ToString()
    {
        var head = Type switch
        {
            FieldErrorType.FieldValueInvalid or FieldErrorType.FieldValueTypeInvalid => $"{Field}: Invalid value: {Value}",
            FieldErrorType.FieldValueRequired => $"{Field}: Required value",
            FieldErrorType.FieldValueForbidden => $"{Field}: Forbidden",
            FieldErrorType.FieldValueTooLong => $"{Field}: Too long",
            FieldErrorType.FieldValueDuplicate => $"{Field}: Duplicate value: {Value}",
            FieldErrorType.FieldValueTooMany => $"{Field}: Too many: {Value}",
            FieldErrorType.FieldValueNotFound => $"{Field}: Not found: {Value}",
            _ => $"{Field}: Unsupported value: {Value}",
        };
        return Message.Length == 0 ? head : $"{head}: {Message}";
    }
}
