using Ringfence.Model;

namespace Ringfence.Bench.Manifests;

/// <summary>How much of a pod's spec and status is written.</summary>
internal enum PodDetail
{
    /// <summary>About 3 KB a pod: little more than what a reader needs.</summary>
    Lean,

    /// <summary>About 4 KB a pod: one of each thing that a reader has to pass over.</summary>
    Compact,

    /// <summary>About 7 KB a pod, as much as a small pod of a real cluster has.</summary>
    Full,
}

/// <summary>Writes a pod as a cluster returns it, with the spec and status that readers have to pass over.</summary>
internal static class PodManifest
{
    private const string Time = "2025-03-14T09:27:01Z";
    private static readonly string[] Conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    public static void Write(ManifestWriter to, Pod pod, PodDetail detail)
    {
        var container = pod.Labels["app"] ?? pod.Labels["name"] ?? "app";
        to.BeginObject();
        ObjectManifests.Head(to, "v1", pod, generateName: pod.Owner is { Kind: "ReplicaSet" } owner ? owner.Name + "-" : null);
        Spec(to, pod, container, detail);
        Status(to, pod, container, detail);
        to.EndObject();
        to.NextDocument();
    }

    private static void Spec(ManifestWriter to, Pod pod, string container, PodDetail detail)
    {
        to.BeginObject("spec");
        to.BeginArray("containers");
        to.BeginObject();
        to.Text("image", Image(container));
        if (detail == PodDetail.Full) to.Text("imagePullPolicy", "IfNotPresent");
        to.Text("name", container);
        to.BeginArray("ports");
        foreach (var port in pod.Network.Ports)
        {
            to.BeginObject();
            to.Number("containerPort", port.Port);
            if (pod.Network.HostNetwork) to.Number("hostPort", port.Port);
            if (port.Name is not null) to.Text("name", port.Name);
            to.Text("protocol", port.Protocol.ToText());
            to.EndObject();
        }

        to.EndArray();
        to.BeginObject("resources");
        if (detail == PodDetail.Full)
        {
            Amounts(to, "limits", "512Mi");
            Amounts(to, "requests", "128Mi");
        }

        to.EndObject();
        if (detail == PodDetail.Full)
        {
            to.Text("terminationMessagePath", "/dev/termination-log");
            to.Text("terminationMessagePolicy", "File");
        }

        if (detail > PodDetail.Lean)
        {
            to.BeginArray("volumeMounts");
            if (detail == PodDetail.Full) Mount(to, "/etc/config", "config");
            Mount(to, "/var/run/secrets/kubernetes.io/serviceaccount", "kube-api-access");
            to.EndArray();
        }

        to.EndObject();
        to.EndArray();
        if (detail == PodDetail.Full)
        {
            to.Text("dnsPolicy", "ClusterFirst");
            to.Flag("enableServiceLinks", true);
        }

        if (pod.Network.HostNetwork) to.Flag("hostNetwork", true);
        if (pod.NodeName is not null) to.Text("nodeName", pod.NodeName);
        to.Text("restartPolicy", pod.Phase == PodPhase.Succeeded ? "OnFailure" : "Always");
        if (detail == PodDetail.Full) to.Text("schedulerName", "default-scheduler");
        if (detail > PodDetail.Lean) to.EmptyObject("securityContext");
        to.Text("serviceAccountName", container);
        to.Number("terminationGracePeriodSeconds", 30);
        if (detail > PodDetail.Lean) Volumes(to, container, detail);
        to.EndObject();
    }

    private static void Status(ManifestWriter to, Pod pod, string container, PodDetail detail)
    {
        var running = pod.Phase == PodPhase.Running;
        to.BeginObject("status");
        to.BeginArray("conditions");
        foreach (var condition in detail == PodDetail.Full ? Conditions : Conditions[2..3])
        {
            to.BeginObject();
            to.Null("lastProbeTime");
            to.Text("lastTransitionTime", Time);
            to.Text("status", running ? "True" : "False");
            to.Text("type", condition);
            to.EndObject();
        }

        to.EndArray();
        if (running && detail > PodDetail.Lean) ContainerStatus(to, pod, container, detail);
        if (!pod.HostAddresses.IsEmpty)
        {
            to.Text("hostIP", pod.HostAddresses[0].ToString());
            Addresses(to, "hostIPs", pod.HostAddresses);
        }

        to.Text("phase", pod.Phase.ToString());
        if (!pod.Addresses.IsEmpty)
        {
            to.Text("podIP", pod.Addresses[0].ToString());
            Addresses(to, "podIPs", pod.Addresses);
        }

        to.Text("qosClass", "Burstable");
        to.Text("startTime", Time);
        to.EndObject();
    }

    private static void ContainerStatus(ManifestWriter to, Pod pod, string container, PodDetail detail)
    {
        to.BeginArray("containerStatuses");
        to.BeginObject();
        to.Text("containerID", $"containerd://{ObjectManifests.Uid(pod.Name, "container").Replace("-", "", StringComparison.Ordinal)}{ObjectManifests.Uid(pod.Name, "id").Replace("-", "", StringComparison.Ordinal)}");
        to.Text("image", Image(container));
        to.Text("name", container);
        to.Flag("ready", true);
        to.Number("restartCount", 0);
        to.Flag("started", true);
        if (detail == PodDetail.Full)
        {
            to.BeginObject("state");
            to.BeginObject("running");
            to.Text("startedAt", Time);
            to.EndObject();
            to.EndObject();
        }

        to.EndObject();
        to.EndArray();
    }

    private static void Volumes(ManifestWriter to, string container, PodDetail detail)
    {
        to.BeginArray("volumes");
        if (detail == PodDetail.Full)
        {
            to.BeginObject();
            to.BeginObject("configMap");
            to.Number("defaultMode", 420);
            to.Text("name", $"{container}-config");
            to.EndObject();
            to.Text("name", "config");
            to.EndObject();
        }

        to.BeginObject();
        if (detail != PodDetail.Full) to.EmptyObject("emptyDir");
        to.Text("name", "kube-api-access");
        if (detail == PodDetail.Full)
        {
            to.BeginObject("projected");
            to.BeginArray("sources");
            to.BeginObject();
            to.BeginObject("serviceAccountToken");
            to.Number("expirationSeconds", 3607);
            to.Text("path", "token");
            to.EndObject();
            to.EndObject();
            to.EndArray();
            to.EndObject();
        }
        to.EndObject();
        to.EndArray();
    }

    private static void Addresses(ManifestWriter to, string name, IEnumerable<Address> addresses)
    {
        to.BeginArray(name);
        foreach (var address in addresses)
        {
            to.BeginObject();
            to.Text("ip", address.ToString());
            to.EndObject();
        }

        to.EndArray();
    }

    private static void Amounts(ManifestWriter to, string name, string memory)
    {
        to.BeginObject(name);
        to.Text("cpu", "250m");
        to.Text("memory", memory);
        to.EndObject();
    }

    private static void Mount(ManifestWriter to, string path, string volume)
    {
        to.BeginObject();
        to.Text("mountPath", path);
        to.Text("name", volume);
        to.Flag("readOnly", true);
        to.EndObject();
    }

    private static string Image(string container) => $"registry.example.com/shop/{container}:1.14.2";
}
