using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

public class SchemaTextTests
{
    [Fact]
    public void Types_EveryKindThatIsServed_HasFields()
    {
        foreach (var type in ResourceCatalog.All)
        {
            var schema = SchemaCatalog.Of(type);
            Assert.True(schema.IsKind, type.Kind);
            Assert.Equal(type.Kind, schema.Name);
            Assert.Contains(schema.Fields, field => field.Name == "metadata");
        }
    }

    [Fact]
    public void Types_EachIsOnceAndReachedFromAKind()
    {
        Assert.Distinct(SchemaCatalog.Types.Select(type => (type.Group, type.Version, type.Name)));
        var reached = new HashSet<SchemaType>();
        var open = new Queue<SchemaType>(SchemaCatalog.Types.Where(type => type.IsKind));
        while (open.TryDequeue(out var type))
            if (reached.Add(type))
                foreach (var field in type.Fields)
                    if (field.Type is { } inner) open.Enqueue(inner);
        Assert.Empty(SchemaCatalog.Types.Except(reached).Select(type => type.Name));
    }

    [Fact]
    public void Fields_KeysDefaultsAndChoices_FitTheirTypes()
    {
        foreach (var type in SchemaCatalog.Types)
            foreach (var field in type.Fields)
            {
                var name = $"{type.Name}.{field.Name}";
                Assert.All(field.Keys, key => Assert.True(field.Type?.Find(key) is not null, $"{name} has no key {key}"));
                if (field.Choices.Length > 0 && field.Default is { } choice) Assert.True(field.Choices.Contains(choice), name);
                if (field.Default is null) continue;
                Assert.True(field.Shape == FieldShape.Single, name);
                Assert.True((field.Default == "{}") == (field.Form == ValueForm.Object), name);
                if (field.Form is ValueForm.Int32 or ValueForm.Int64) Assert.True(long.TryParse(field.Default, out _), name);
            }
    }

    // What the API has, manifests may have: the reader of files must know it too. It knows more: what older clusters still serve.
    [Fact]
    public void Fields_WhatFilesMayHave_IncludesThem()
    {
        var pairs = new (string Type, FieldNames Known)[]
        {
            ("ObjectMeta", KnownFields.ObjectMeta), ("OwnerReference", KnownFields.OwnerReference), ("PodTemplateSpec", KnownFields.PodTemplate),
            ("PodSpec", KnownFields.PodSpec), ("Container", KnownFields.Container), ("ContainerPort", KnownFields.ContainerPort),
            ("DeploymentSpec", KnownFields.DeploymentSpec), ("ReplicaSetSpec", KnownFields.ReplicaSetSpec), ("StatefulSetSpec", KnownFields.StatefulSetSpec),
            ("DaemonSetSpec", KnownFields.DaemonSetSpec), ("JobSpec", KnownFields.JobSpec), ("CronJobSpec", KnownFields.CronJobSpec),
            ("NamespaceSpec", KnownFields.NamespaceSpec), ("NodeSpec", KnownFields.NodeSpec), ("ServiceSpec", KnownFields.ServiceSpec),
            ("ServicePort", KnownFields.ServicePort), ("EndpointSlice", KnownFields.EndpointSlice), ("Endpoint", KnownFields.Endpoint),
            ("EndpointConditions", KnownFields.EndpointConditions), ("ObjectReference", KnownFields.ObjectReference), ("IngressSpec", KnownFields.IngressSpec),
            ("IngressRule", KnownFields.IngressRule), ("HTTPIngressRuleValue", KnownFields.HttpIngressRule), ("HTTPIngressPath", KnownFields.HttpIngressPath),
            ("IngressBackend", KnownFields.IngressBackend), ("IngressServiceBackend", KnownFields.IngressService), ("ServiceBackendPort", KnownFields.ServiceBackendPort),
            ("NetworkPolicySpec", KnownFields.NetworkPolicySpec), ("NetworkPolicyIngressRule", KnownFields.IngressPolicyRule),
            ("NetworkPolicyEgressRule", KnownFields.EgressPolicyRule), ("NetworkPolicyPeer", KnownFields.PolicyPeer), ("NetworkPolicyPort", KnownFields.PolicyPort),
            ("IPBlock", KnownFields.IpBlock), ("LabelSelector", KnownFields.LabelSelector), ("LabelSelectorRequirement", KnownFields.LabelRequirement),
        };
        foreach (var (name, known) in pairs)
        {
            var type = SchemaCatalog.Types.First(type => type.Name == name);
            Assert.Empty(type.Fields.Where(field => !known.Contains(field.Name)).Select(field => $"{name}.{field.Name}"));
        }
    }

    [Fact]
    public void Read_ATypeThatIsNotThere_IsAnError()
    {
        var text = new SchemaText();
        text.Read(new StringReader("group core/v1\n\ntype A\n  b: !Missing | Nothing.\n"));
        Assert.Contains("Missing", Assert.Throws<FormatException>(() => text.Types()).Message, StringComparison.Ordinal);
    }
}
