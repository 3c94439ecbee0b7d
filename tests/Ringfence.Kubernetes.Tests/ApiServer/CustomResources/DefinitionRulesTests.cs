using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.Tests.ApiServer.CustomResources;

public sealed class DefinitionRulesTests : IDisposable
{
    private readonly TestApi _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("name: things.example.com", "name: thing.example.com", "metadata.name: Invalid value: \"thing.example.com\": must be spec.names.plural+\".\"+spec.group")]
    [InlineData("group: example.com", "group: example", "spec.group: Invalid value: \"example\": should be a domain with at least one dot")]
    [InlineData("group: example.com", "group: my.k8s.io", "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation")]
    [InlineData("group: example.com", "group: networking.k8s.io", "spec.group: Invalid value: \"networking.k8s.io\": is a group of kinds that are built into this server")]
    [InlineData("scope: Namespaced", "scope: Everywhere", "spec.scope: Unsupported value: \"Everywhere\": supported values: \"Cluster\", \"Namespaced\"")]
    [InlineData("  scope: Namespaced", "", "spec.scope: Required value")]
    [InlineData("plural: things", "plural: Things", "spec.names.plural: Invalid value: \"Things\": a DNS-1035 label must consist of")]
    [InlineData(", kind: Thing", "", "spec.names.kind: Required value")]
    [InlineData("kind: Thing}", "kind: Thing, listKind: Thing}", "spec.names.listKind: Invalid value: \"Thing\": kind and listKind may not be the same")]
    [InlineData("storage: true", "storage: false", "spec.versions: Invalid value: [v1 (storage: false)]: must have exactly one version marked as storage version")]
    [InlineData("{name: v1,", "{name: V1,", "spec.versions[0].name: Invalid value: \"V1\"")]
    [InlineData("storage: true,", "storage: true, subresources: {scale: {specReplicasPath: .replicas, statusReplicasPath: .status.r}},", "spec.versions[0].subresources.scale.specReplicasPath: Invalid value: \".replicas\": should be a json path under .spec")]
    [InlineData("storage: true,", "storage: true, additionalPrinterColumns: [{name: A, type: text, jsonPath: .a}],", "spec.versions[0].additionalPrinterColumns[0].type: Invalid value: \"text\": must be one of boolean,date,integer,number,string")]
    [InlineData("storage: true,", "storage: true, additionalPrinterColumns: [{name: A, type: string, jsonPath: a}],", "spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: \"a\"")]
    [InlineData("scope: Namespaced", "scope: Namespaced\n  preserveUnknownFields: true", "spec.preserveUnknownFields: Invalid value: true: cannot set to true")]
    [InlineData("scope: Namespaced", "scope: Namespaced\n  conversion: {strategy: Webhook}", "spec.conversion.strategy: Invalid value: \"Webhook\": webhooks are not called here")]
    [InlineData("schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}", "schema: {}", "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required")]
    public void Check_WhatPeopleTripOn_IsNamed(string part, string instead, string fault)
    {
        var definition = TestDefinitions.Yaml(Plain.Replace(part, instead, StringComparison.Ordinal));

        Assert.Contains(_test.Api.FaultsOf(definition), found => found.StartsWith(fault, StringComparison.Ordinal));
    }

    private const string Plain =
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: things, kind: Thing}
          versions:
          - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}}
        """;

    [Fact]
    public void Check_APlainDefinition_IsTaken() => Assert.Empty(_test.Api.FaultsOf(TestDefinitions.Yaml(Plain)));

    [Theory]
    [InlineData("{}", ".type: Required value: must not be empty for specified object fields")]
    [InlineData("{type: text}", ".type: Unsupported value: \"text\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"")]
    [InlineData("{type: array}", ".items: Required value: must be specified")]
    [InlineData("{type: array, items: {}}", ".items.type: Required value: must not be empty for specified array items")]
    [InlineData("{type: object, additionalProperties: false}", ".additionalProperties: Forbidden: additionalProperties cannot be set to false")]
    [InlineData("{type: object, additionalProperties: {type: string}, properties: {a: {type: string}}}", ".additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("{$ref: '#/x', type: object}", ".$ref: Forbidden: $ref is not supported")]
    [InlineData("{type: array, uniqueItems: true, items: {type: string}}", ".uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic")]
    [InlineData("{type: string, pattern: '('}", ".pattern: Invalid value: \"(\": must be a valid regular expression, but isn't:")]
    [InlineData("{type: string, pattern: '(?=a)b'}", ".pattern: Invalid value: \"(?=a)b\": must be a valid regular expression, but isn't:")]
    [InlineData("{type: object, x-kubernetes-preserve-unknown-fields: false}", ".x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined")]
    [InlineData("{type: integer, x-kubernetes-int-or-string: true}", ".type: Invalid value: \"integer\": must be empty if x-kubernetes-int-or-string is true")]
    [InlineData("{type: object, x-kubernetes-embedded-resource: true}", ".properties: Required value: must not be empty if x-kubernetes-embedded-resource is true")]
    [InlineData("{type: array, x-kubernetes-list-type: bag, items: {type: string}}", ".x-kubernetes-list-type: Unsupported value: \"bag\": supported values: \"atomic\", \"map\", \"set\"")]
    [InlineData("{type: array, x-kubernetes-list-type: map, items: {type: object}}", ".x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map")]
    [InlineData("{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a], items: {type: object}}", ".x-kubernetes-list-map-keys[0]: Invalid value: \"a\": entries must all be names of item properties")]
    [InlineData(
        "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a], items: {type: object, properties: {a: {type: string}}}}",
        ".items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property")]
    [InlineData("{type: object, anyOf: [{type: object}]}", ".anyOf[0].type: Forbidden: must be empty to be structural")]
    [InlineData(
        "{type: object, not: {properties: {a: {minimum: 1}}}}",
        ".properties[a]: Required value: because it is defined in spec.versions[0].schema.openAPIV3Schema.properties[spec].not.properties[a]")]
    [InlineData("{type: integer, default: x}", ".default: Invalid value: \"string\": spec.versions[0].schema.openAPIV3Schema.properties[spec].default in body must be of type integer: \"string\"")]
    [InlineData("{type: object, default: {a: 1}}", ".default: Invalid value: {\"a\":1}: must not have unknown fields")]
    public void Check_SchemasThatAreNotStructural_AreRefused(string schema, string fault) => Assert.Contains(
        _test.Api.FaultsOf(TestDefinitions.Of(schema)),
        found => found.StartsWith("spec.versions[0].schema.openAPIV3Schema.properties[spec]" + fault, StringComparison.Ordinal));

    [Fact]
    public void Check_TheRoot_IsAnObjectWithPlainMetadata()
    {
        Assert.Contains("spec.versions[0].schema.openAPIV3Schema.type: Required value: must not be empty at the root", _test.Api.FaultsOf(TestDefinitions.Yaml(Plain.Replace("{type: object, properties", "{properties", StringComparison.Ordinal))));
        Assert.Contains(
            "spec.versions[0].schema.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
            _test.Api.FaultsOf(TestDefinitions.Yaml(Plain.Replace("properties: {spec", "properties: {metadata: {type: object, properties: {labels: {type: object}}}, spec", StringComparison.Ordinal))));
    }

    [Fact]
    public void Check_WhatCannotChange_Stays()
    {
        _test.Api.Define(TestDefinitions.Yaml(Plain));
        var refusal = Assert.Throws<Kubernetes.ApiServer.ApiException>(() => _test.Api.Update(
            Kubernetes.ApiServer.CustomResources.Definition.Kind, "", "things.example.com", value =>
            {
                value["spec"]!["scope"] = "Cluster";
                value["spec"]!["names"]!["kind"] = "Other";
                return value;
            }));
        Assert.Contains("spec.scope: Invalid value: \"Cluster\": field is immutable", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("spec.names.kind: Invalid value: \"Other\": field is immutable", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strictness_OfDefinitions_NamesUnknownFields()
    {
        var definition = TestDefinitions.Of("{type: object, propertys: {}}");
        var faults = Kubernetes.ApiServer.Schemas.Strictness.Check(
            Kubernetes.ApiServer.CustomResources.Definition.Kind, System.Text.Encoding.UTF8.GetBytes(definition.ToJsonString()), out JsonObject _);
        Assert.Equal(["unknown field \"spec.versions[0].schema.openAPIV3Schema.properties.spec.propertys\""], faults);
    }
}
