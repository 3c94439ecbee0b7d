namespace Ringfence.Model.Tests.Diagnostics;

public class FieldErrorTests
{
    [Theory]
    [InlineData(FieldErrorType.FieldValueInvalid, "80", "m", "f: Invalid value: 80: m")]
    [InlineData(FieldErrorType.FieldValueInvalid, "\"\"", "m", "f: Invalid value: \"\": m")]
    [InlineData(FieldErrorType.FieldValueRequired, null, "m", "f: Required value: m")]
    [InlineData(FieldErrorType.FieldValueRequired, null, "", "f: Required value")]
    [InlineData(FieldErrorType.FieldValueForbidden, null, "m", "f: Forbidden: m")]
    [InlineData(FieldErrorType.FieldValueNotSupported, "\"x\"", "m", "f: Unsupported value: \"x\": m")]
    [InlineData(FieldErrorType.FieldValueTooLong, null, "m", "f: Too long: m")]
    public void ToString_EachType_IsTheWireForm(FieldErrorType type, string? value, string message, string text) =>
        Assert.Equal(text, new FieldError(type, "f", value, message).ToString());

    [Theory]
    [InlineData(null, 3, 4, "")]
    [InlineData("a.yaml", 0, 0, "a.yaml")]
    [InlineData("a.yaml", 3, 0, "a.yaml:3")]
    [InlineData("a.yaml", 3, 4, "a.yaml:3:4")]
    public void Location_ToString_IsWhatEditorsRecognise(string? file, int line, int column, string text) =>
        Assert.Equal(text, new Location(file, line, column).ToString());
}
