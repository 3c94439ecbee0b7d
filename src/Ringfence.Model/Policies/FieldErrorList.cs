using System.Collections.Immutable;
using System.Globalization;

namespace Ringfence.Model.Policies;

/// <summary>Collects field errors in the order found.</summary>
internal sealed class FieldErrorList
{
    private readonly ImmutableArray<FieldError>.Builder _errors = ImmutableArray.CreateBuilder<FieldError>();

    public int Count => _errors.Count;

    public ImmutableArray<FieldError> ToImmutable() => _errors.ToImmutable();

    public void Add(FieldError error) => _errors.Add(error);

    public void Invalid(FieldPath path, string value, string message) =>
        Add(FieldErrorType.FieldValueInvalid, path, GoText.Quote(value), message);

    /// <summary>One error for each message.</summary>
    public void Invalid(FieldPath path, string value, IEnumerable<string> messages)
    {
        foreach (var message in messages) Invalid(path, value, message);
    }

    public void Invalid(FieldPath path, int value, string message) =>
        Add(FieldErrorType.FieldValueInvalid, path, value.ToString(CultureInfo.InvariantCulture), message);

    /// <summary>A value of a type that is not Go's plain string, which the API server writes as JSON.</summary>
    public void InvalidJson(FieldPath path, string json, string message) => Add(FieldErrorType.FieldValueInvalid, path, json, message);

    public void Required(FieldPath path, string message) => Add(FieldErrorType.FieldValueRequired, path, null, message);

    public void Forbidden(FieldPath path, string message) => Add(FieldErrorType.FieldValueForbidden, path, null, message);

    public void Duplicate(FieldPath path, string value) => Add(FieldErrorType.FieldValueDuplicate, path, GoText.Quote(value), "");

    public void DuplicateJson(FieldPath path, string json) => Add(FieldErrorType.FieldValueDuplicate, path, json, "");

    public void NotFound(FieldPath path, string value) => Add(FieldErrorType.FieldValueNotFound, path, GoText.Quote(value), "");

    public void TooLong(FieldPath path, int maxBytes) =>
        Add(FieldErrorType.FieldValueTooLong, path, null, $"may not be more than {maxBytes} bytes");

    public void NotSupported(FieldPath path, string value, IEnumerable<string> supported) =>
        Add(
            FieldErrorType.FieldValueNotSupported,
            path,
            GoText.Json(value),
            $"supported values: {string.Join(", ", supported.Select(GoText.Quote))}");

    private void Add(FieldErrorType type, FieldPath path, string? value, string message) =>
        _errors.Add(new FieldError(type, path.ToString(), value, message));
}
