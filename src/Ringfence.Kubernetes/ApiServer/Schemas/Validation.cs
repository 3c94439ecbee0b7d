using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Schemas.Rules;
using Ringfence.Model;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The API server's validation of objects: NetworkPolicies in full, of other kinds what people and programs get wrong.</summary>
/// <remarks>pkg/apis/*/validation of Kubernetes</remarks>
public static class Validation
{
    /// <summary>What is wrong with an object, field by field; empty for a valid one.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object, with its defaults.</param>
    /// <param name="old">The object that it replaces; null where it is created. What has not changed since is not judged again.</param>
    public static ImmutableArray<FieldError> Check(ResourceType type, JsonObject value, JsonObject? old)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(value);
        var errors = new FieldErrorList();
        if (type is { Group: "networking.k8s.io", Kind: "NetworkPolicy" })
            return [.. PolicyValidation.Validate(PolicyJson.Read(value), old is null ? null : PolicyJson.Read(old)), .. References(type, value)];

        ObjectMetaRules.Check(type, value, old, errors);
        if (old is not null && IsSameContent(value, old, type.Custom is null)) return errors.ToImmutable();

        if (type.Custom is { } custom) return [.. errors.ToImmutable(), .. CustomValidation.Check(custom.Schema, value, old)];
        GeneralRules.Check(SchemaCatalog.Of(type), value, errors);
        Content(type, value, old, errors);
        return errors.ToImmutable();
    }

    private static ImmutableArray<FieldError> References(ResourceType type, JsonObject value)
    {
        var errors = new FieldErrorList();
        ObjectMetaRules.CheckReferences(type, JsonField.Of(value, "metadata"), errors);
        return errors.ToImmutable();
    }

    private static bool IsSameContent(JsonObject value, JsonObject old, bool leavesStatus) =>
        value.Select(pair => pair.Key).Union(old.Select(pair => pair.Key))
            .All(field => field is "metadata" or "apiVersion" || (field == "status" && leavesStatus) || JsonNode.DeepEquals(value[field], old[field]));

    private static void Content(ResourceType type, JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        var spec = JsonField.Of(value, "spec");
        JsonField? oldSpec = old is null ? null : JsonField.Of(old, "spec");
        switch (type.Kind)
        {
            case "Pod":
                if (oldSpec is { } before) PodUpdateRules.Check(spec, before, errors);
                else PodRules.Check(spec, errors);
                if (oldSpec is null && spec["ephemeralContainers"].Count > 0) errors.Forbidden(spec["ephemeralContainers"].Path, "cannot be set on create");
                break;
            case "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet":
                WorkloadRules.Check(type.Kind, spec, oldSpec, errors);
                break;
            case "ReplicationController":
                WorkloadRules.CheckReplicationController(spec, errors);
                break;
            case "Job":
                JobRules.Check(spec, oldSpec, errors);
                break;
            case "CronJob":
                JobRules.CheckCronJob(spec, errors);
                break;
            case "Service":
                ServiceRules.Check(spec, errors);
                break;
            case "EndpointSlice":
                EndpointRules.CheckSlice(value, old, errors);
                break;
            case "Endpoints":
                EndpointRules.CheckEndpoints(value, errors);
                break;
            case "Ingress":
                IngressRules.Check(spec, errors);
                break;
            case "ConfigMap" or "Secret":
                ConfigRules.Check(value, old, errors);
                break;
            case "CustomResourceDefinition":
                DefinitionRules.Check(value, old, errors);
                break;
            case "Lease":
                if (spec["leaseDurationSeconds"].Number <= 0)
                    errors.Invalid(spec["leaseDurationSeconds"].Path, (int)spec["leaseDurationSeconds"].Number!, "must be greater than 0");
                break;
            case "PersistentVolume":
                StorageRules.CheckVolume(spec, oldSpec, errors);
                break;
            case "PersistentVolumeClaim":
                StorageRules.CheckClaim(spec, old, errors);
                break;
            case "StorageClass":
                StorageRules.CheckClass(value, old, errors);
                break;
            case "Role" or "ClusterRole":
                RoleRules.CheckRole(value, type.IsNamespaced, errors);
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                RoleRules.CheckBinding(value, old, type.IsNamespaced, errors);
                break;
            case "HorizontalPodAutoscaler":
                ScalingRules.CheckAutoscaler(spec, errors);
                break;
            case "PodDisruptionBudget":
                ScalingRules.CheckBudget(spec, errors);
                break;
            case "PriorityClass":
                ScalingRules.CheckPriority(value, old, errors);
                break;
            case "RuntimeClass":
                ScalingRules.CheckRuntime(value, old, errors);
                break;
            case "ResourceQuota":
                LimitRules.CheckQuota(spec, errors);
                break;
            case "LimitRange":
                LimitRules.CheckRange(spec, errors);
                break;
            case "PodTemplate":
                PodRules.Check(JsonField.Of(value, "template")["spec"], errors);
                break;
        }
    }
}
