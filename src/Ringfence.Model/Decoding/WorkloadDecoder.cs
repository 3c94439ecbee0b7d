namespace Ringfence.Model.Decoding;

/// <summary>Decodes the kinds that make pods from a template.</summary>
internal static class WorkloadDecoder
{
    public static Workload? Decode(ObjectScope scope, string kind, DecodeOptions options)
    {
        var metadata = Metadata.Read(scope, KnownFields.Object, options);
        var spec = scope.Fields(scope.Root, null).Object("spec", SpecOf(kind));
        var replicas = kind is "Deployment" or "ReplicaSet" or "StatefulSet" or "ReplicationController" ? spec.Int32("replicas") : null;
        if (kind == "CronJob")
        {
            var job = spec.Object("jobTemplate", KnownFields.PodTemplate);
            job.Object("metadata", KnownFields.ObjectMeta);
            spec = job.Object("spec", KnownFields.JobSpec);
        }

        var template = spec.Object("template", KnownFields.PodTemplate);
        var labels = Metadata.ReadLabels(template.Object("metadata", KnownFields.ObjectMeta));
        var pod = template.Object("spec", KnownFields.PodSpec);
        var (network, images) = (PodDecoder.Network(pod), PodDecoder.Images(pod));
        return metadata?.ApplyTo(new Workload
        {
            Name = metadata.Name,
            WorkloadKind = kind,
            PodLabels = labels,
            Network = network,
            Images = images,
            Replicas = replicas,
        });
    }

    private static FieldNames SpecOf(string kind) => kind switch
    {
        "Deployment" => KnownFields.DeploymentSpec,
        "StatefulSet" => KnownFields.StatefulSetSpec,
        "DaemonSet" => KnownFields.DaemonSetSpec,
        "Job" => KnownFields.JobSpec,
        "CronJob" => KnownFields.CronJobSpec,
        _ => KnownFields.ReplicaSetSpec,
    };
}
