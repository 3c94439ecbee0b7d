using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.ApiServer.CustomResources;

public sealed class CustomValidationTests
{
    [Theory]
    [InlineData("{type: string}", "1", "spec.a: Invalid value: \"integer\": spec.a in body must be of type string: \"integer\"")]
    [InlineData("{type: integer}", "1.5", "spec.a: Invalid value: \"number\": spec.a in body must be of type integer: \"number\"")]
    [InlineData("{type: integer}", "2.0", "")]
    [InlineData("{type: number}", "3", "")]
    [InlineData("{type: boolean}", "\"true\"", "spec.a: Invalid value: \"string\": spec.a in body must be of type boolean: \"string\"")]
    [InlineData("{type: array, items: {type: string}}", "{}", "spec.a: Invalid value: \"object\": spec.a in body must be of type array: \"object\"")]
    [InlineData("{type: array, items: {type: string}}", "[\"x\",null]", "spec.a[1]: Invalid value: \"null\": spec.a[1] in body must be of type string: \"null\"")]
    [InlineData("{type: string, nullable: true}", "null", "")]
    [InlineData("{x-kubernetes-int-or-string: true}", "80", "")]
    [InlineData("{x-kubernetes-int-or-string: true}", "\"http\"", "")]
    [InlineData("{x-kubernetes-int-or-string: true}", "true", "spec.a: Invalid value: \"boolean\": spec.a in body must be of type integer,string: \"boolean\"")]
    [InlineData("{type: object, required: [b], properties: {b: {type: string}}}", "{}", "spec.a.b: Required value")]
    [InlineData("{type: string, enum: [p, q]}", "\"z\"", "spec.a: Unsupported value: \"z\": supported values: \"p\", \"q\"")]
    [InlineData("{type: integer, enum: [1, 2]}", "3", "spec.a: Unsupported value: 3: supported values: \"1\", \"2\"")]
    [InlineData("{type: string, pattern: '^a+$'}", "\"aa\"", "")]
    [InlineData("{type: string, pattern: '^a+$'}", "\"aa\\n\"", "spec.a: Invalid value: \"aa\\n\": spec.a in body should match '^a+$'")]
    [InlineData("{type: string, pattern: a}", "\"bab\"", "")]
    [InlineData("{type: integer, minimum: 1}", "0", "spec.a: Invalid value: 0: spec.a in body should be greater than or equal to 1")]
    [InlineData("{type: integer, minimum: 1, exclusiveMinimum: true}", "1", "spec.a: Invalid value: 1: spec.a in body should be greater than 1")]
    [InlineData("{type: number, maximum: 1.5}", "1.6", "spec.a: Invalid value: 1.6: spec.a in body should be less than or equal to 1.5")]
    [InlineData("{type: integer, maximum: 9, exclusiveMaximum: true}", "9", "spec.a: Invalid value: 9: spec.a in body should be less than 9")]
    [InlineData("{type: integer, multipleOf: 5}", "7", "spec.a: Invalid value: 7: spec.a in body should be a multiple of 5")]
    [InlineData("{type: string, minLength: 2}", "\"ä\"", "spec.a: Invalid value: \"ä\": spec.a in body should be at least 2 chars long")]
    [InlineData("{type: string, maxLength: 1}", "\"😀\"", "")]
    [InlineData("{type: string, maxLength: 2}", "\"abc\"", "spec.a: Too long: may not be more than 2 bytes")]
    [InlineData("{type: array, minItems: 1, items: {type: string}}", "[]", "spec.a: Invalid value: 0: spec.a in body should have at least 1 items")]
    [InlineData("{type: array, maxItems: 1, items: {type: string}}", "[\"x\",\"y\"]", "spec.a: Too many: 2: must have at most 1 item")]
    [InlineData("{type: object, additionalProperties: {type: integer}}", "{\"x\":\"y\"}", "spec.a.x: Invalid value: \"string\": spec.a.x in body must be of type integer: \"string\"")]
    [InlineData("{type: object, minProperties: 1, additionalProperties: {type: integer}}", "{}", "spec.a: Invalid value: 0: spec.a in body should have at least 1 properties")]
    [InlineData("{type: object, maxProperties: 1, additionalProperties: {type: integer}}", "{\"x\":1,\"y\":2}", "spec.a: Too many: 2: must have at most 1 item")]
    [InlineData("{type: array, x-kubernetes-list-type: set, items: {type: string}}", "[\"x\",\"x\"]", "spec.a[1]: Duplicate value: \"x\"")]
    [InlineData("{type: string, format: date-time}", "\"2026-01-01\"", "spec.a: Invalid value: \"2026-01-01\": spec.a in body must be of type date-time: \"2026-01-01\"")]
    [InlineData("{type: string, format: date-time}", "\"2026-01-01T00:00:00Z\"", "")]
    [InlineData("{type: string, format: ipv4}", "\"10.0.0\"", "spec.a: Invalid value: \"10.0.0\": spec.a in body must be of type ipv4: \"10.0.0\"")]
    [InlineData("{type: string, format: cidr}", "\"10.0.0.1/8\"", "")]
    [InlineData("{type: string, format: cidr}", "\"10.0.0.1\"", "spec.a: Invalid value: \"10.0.0.1\": spec.a in body must be of type cidr: \"10.0.0.1\"")]
    [InlineData("{type: string, format: something}", "\"x\"", "")]
    [InlineData("{type: integer, anyOf: [{minimum: 5}, {maximum: 2}]}", "3", "<nil>: Invalid value: \"\": \"spec.a\" must validate at least one schema (anyOf)|spec.a: Invalid value: 3: spec.a in body should be greater than or equal to 5")]
    [InlineData("{type: integer, oneOf: [{minimum: 1}, {maximum: 5}]}", "3", "<nil>: Invalid value: \"\": \"spec.a\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("{type: integer, oneOf: [{minimum: 4}, {maximum: 2}]}", "5", "")]
    [InlineData("{type: integer, not: {minimum: 4}}", "5", "<nil>: Invalid value: \"\": \"spec.a\" must not validate the schema (not)")]
    [InlineData("{type: integer, allOf: [{minimum: 4}]}", "3", "spec.a: Invalid value: 3: spec.a in body should be greater than or equal to 4|<nil>: Invalid value: \"\": \"spec.a\" must validate all the schemas (allOf)")]
    [InlineData("{type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}", "{\"kind\":\"Pod\"}", "spec.a.apiVersion: Required value: must not be empty")]
    public void Check_AValue_IsJudgedInTheServersWords(string schema, string value, string faults)
    {
        var type = TestDefinitions.TypeOf(TestDefinitions.Of($"{{type: object, properties: {{a: {schema}}}}}"));

        Assert.Equal(faults, string.Join('|', TestDefinitions.FaultsOf(type, $"{{\"a\":{value}}}")));
    }

    [Theory]
    [InlineData("{type: object, properties: {a: {type: string}}}", """{"a":"x","b":1}""", """{"a":"x"}""", "unknown field \"spec.b\"")]
    [InlineData("{type: object}", """{"b":{"c":1}}""", "{}", "unknown field \"spec.b\"")]
    [InlineData("{type: object, x-kubernetes-preserve-unknown-fields: true}", """{"b":{"c":[{"d":1}]}}""", """{"b":{"c":[{"d":1}]}}""", "")]
    [InlineData(
        "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {b: {type: object, properties: {c: {type: integer}}}}}", """{"b":{"c":1,"d":2},"e":3}""",
        """{"b":{"c":1},"e":3}""", "unknown field \"spec.b.d\"")]
    [InlineData("{type: object, additionalProperties: {type: object, properties: {c: {type: integer}}}}", """{"any":{"c":1,"d":2}}""", """{"any":{"c":1}}""", "unknown field \"spec.any.d\"")]
    [InlineData(
        "{type: object, properties: {l: {type: array, items: {type: object, properties: {c: {type: integer}}}}}}", """{"l":[{"c":1},{"d":2}]}""",
        """{"l":[{"c":1},{}]}""", "unknown field \"spec.l[1].d\"")]
    [InlineData("{type: object, properties: {a: {type: string}}}", """{"a":"x","a":"y"}""", """{"a":"y"}""", "duplicate field \"spec.a\"")]
    [InlineData("{type: object, properties: {a: {type: string}}}", """{"a":null}""", "{}", "")]
    [InlineData(
        "{type: object, properties: {e: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}}}",
        """{"e":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","nome":"y"},"status":{}}}""", """{"e":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}}""",
        "unknown field \"spec.e.metadata.nome\"|unknown field \"spec.e.status\"")]
    public void Read_WhatTheSchemaDoesNotKnow_IsDroppedAndTold(string schema, string sent, string kept, string dropped)
    {
        var (spec, told) = TestDefinitions.Read(TestDefinitions.TypeOf(TestDefinitions.Of(schema)), sent);

        Assert.Equal(JsonNode.Parse(kept)!.ToJsonString(), spec!.ToJsonString());
        Assert.Equal(dropped, string.Join('|', told));
    }

    [Theory]
    [InlineData("{type: object, properties: {a: {type: integer, default: 3}}}", "{}", """{"a":3}""")]
    [InlineData("{type: object, properties: {a: {type: integer, default: 3}}}", """{"a":null}""", """{"a":3}""")]
    [InlineData("{type: object, properties: {a: {type: integer, nullable: true, default: 3}}}", """{"a":null}""", """{"a":null}""")]
    [InlineData("{type: object, properties: {a: {type: object, default: {}, properties: {b: {type: string, default: x}}}}}", "{}", """{"a":{"b":"x"}}""")]
    [InlineData("{type: object, properties: {a: {type: object, properties: {b: {type: string, default: x}}}}}", "{}", "{}")]
    [InlineData("{type: object, properties: {l: {type: array, items: {type: object, properties: {b: {type: string, default: x}}}}}}", """{"l":[{},{"b":"y"}]}""", """{"l":[{"b":"x"},{"b":"y"}]}""")]
    [InlineData("{type: object, additionalProperties: {type: object, properties: {b: {type: string, default: x}}}}", """{"m":{}}""", """{"m":{"b":"x"}}""")]
    public void Apply_Defaults_AreFilledInWhereNothingIsSaid(string schema, string sent, string expected)
    {
        var (spec, _) = TestDefinitions.Read(TestDefinitions.TypeOf(TestDefinitions.Of(schema)), sent);

        Assert.Equal(expected, spec!.ToJsonString());
    }
}
