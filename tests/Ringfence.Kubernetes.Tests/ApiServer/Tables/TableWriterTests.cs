using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Tables;

namespace Ringfence.Kubernetes.Tests.ApiServer.Tables;

public class TableWriterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-2, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(121, "2m1s")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(659, "10m")]
    [InlineData((3 * 3600) - 1, "179m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData((3 * 3600) + 60, "3h1m")]
    [InlineData((8 * 3600) + 3599, "8h")]
    [InlineData(48 * 3600, "2d")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData((8 * 24 * 3600) + 3600, "8d")]
    [InlineData((2 * 365 * 24 * 3600) - 1, "729d")]
    [InlineData(2 * 365 * 24 * 3600, "2y")]
    [InlineData(366 * 2 * 24 * 3600, "2y2d")]
    [InlineData(8 * 365 * 24 * 3600, "8y")]
    public void HumanDuration_Seconds_AreWrittenAsKubectlDoes(int seconds, string expected) =>
        Assert.Equal(expected, HumanDuration.Of(TimeSpan.FromSeconds(seconds == -2 ? -1.5 : seconds)));

    [Theory]
    [InlineData("", "0/1 Pending 0")]
    [InlineData("""{"phase":"Running","containerStatuses":[{"ready":true,"restartCount":0,"state":{"running":{}}}]}""", "1/1 Running 0")]
    [InlineData(
        """{"phase":"Running","containerStatuses":[{"ready":false,"restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"finishedAt":"2026-05-01T11:55:00Z"}}}]}""",
        "0/1 CrashLoopBackOff 4 (5m ago)")]
    [InlineData("""{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"reason":"Completed","exitCode":0}}}]}""", "0/1 Completed 0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}""", "0/1 ExitCode:3 0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":137,"signal":9}}}]}""", "0/1 Signal:9 0")]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", "0/1 Evicted 0")]
    [InlineData("""{"phase":"Pending","conditions":[{"type":"PodScheduled","reason":"SchedulingGated"}]}""", "0/1 SchedulingGated 0")]
    [InlineData("""{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}}}]}""", "0/1 ContainerCreating 0")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":1,"state":{"running":{}}}]}""", "0/1 Init:0/1 1")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]}""", "0/1 Init:Error 0")]
    [InlineData("""{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""", "0/1 Init:ImagePullBackOff 0")]
    [InlineData(
        """{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":2,"state":{"terminated":{"exitCode":0}}}],"containerStatuses":[{"state":{"waiting":{"reason":"PodInitializing"}}}]}""",
        "0/1 PodInitializing 0")]
    public void Write_Pod_SaysInAWordHowItIs(string status, string expected)
    {
        var pod = Pod(status.Length == 0 ? """{"phase":"Pending"}""" : status);
        Assert.Equal($"{expected}", string.Join(' ', Cells("v1", "Pod", pod)[1..4]));
    }

    [Theory]
    [InlineData("Running", "Terminating")]
    [InlineData("Succeeded", "Succeeded")]
    public void Write_PodThatIsDeleted_Terminates(string phase, string expected)
    {
        var pod = Pod($$"""{"phase":"{{phase}}"}""");
        pod["metadata"]!["deletionTimestamp"] = "2026-05-01T11:59:00Z";
        Assert.Equal(expected, Cells("v1", "Pod", pod)[2]);
    }

    [Fact]
    public void Write_PodWithASidecar_CountsItWhenItIsReady()
    {
        var pod = Pod("""
            {"phase":"Running","conditions":[{"type":"Initialized","status":"True"}],
             "initContainerStatuses":[{"name":"s","started":true,"ready":true,"restartCount":1,"state":{"running":{}}}],
             "containerStatuses":[{"ready":true,"restartCount":2,"state":{"running":{}}}]}
            """);
        pod["spec"]!["initContainers"] = JsonNode.Parse("""[{"name":"s","restartPolicy":"Always"}]""");
        Assert.Equal("2/2 Running 3", string.Join(' ', Cells("v1", "Pod", pod)[1..4]));
    }

    [Theory]
    [InlineData("v1", "Pod", "NAME READY STATUS RESTARTS AGE | IP NODE NOMINATED NODE READINESS GATES")]
    [InlineData("apps/v1", "Deployment", "NAME READY UP-TO-DATE AVAILABLE AGE | CONTAINERS IMAGES SELECTOR")]
    [InlineData("apps/v1", "ReplicaSet", "NAME DESIRED CURRENT READY AGE | CONTAINERS IMAGES SELECTOR")]
    [InlineData("apps/v1", "StatefulSet", "NAME READY AGE | CONTAINERS IMAGES")]
    [InlineData("apps/v1", "DaemonSet", "NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE | CONTAINERS IMAGES SELECTOR")]
    [InlineData("apps/v1", "ControllerRevision", "NAME CONTROLLER REVISION AGE |")]
    [InlineData("batch/v1", "Job", "NAME STATUS COMPLETIONS DURATION AGE | CONTAINERS IMAGES SELECTOR")]
    [InlineData("batch/v1", "CronJob", "NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE | CONTAINERS IMAGES SELECTOR")]
    [InlineData("v1", "Service", "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR")]
    [InlineData("v1", "Endpoints", "NAME ENDPOINTS AGE |")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", "NAME ADDRESSTYPE PORTS ENDPOINTS AGE |")]
    [InlineData("v1", "Node", "NAME STATUS ROLES AGE VERSION | INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME")]
    [InlineData("v1", "Namespace", "NAME STATUS AGE |")]
    [InlineData("v1", "ServiceAccount", "NAME SECRETS AGE |")]
    [InlineData("v1", "ConfigMap", "NAME DATA AGE |")]
    [InlineData("v1", "Secret", "NAME TYPE DATA AGE |")]
    [InlineData("v1", "ReplicationController", "NAME DESIRED CURRENT READY AGE | CONTAINERS IMAGES SELECTOR")]
    [InlineData("networking.k8s.io/v1", "NetworkPolicy", "NAME POD-SELECTOR AGE |")]
    [InlineData("apiextensions.k8s.io/v1", "CustomResourceDefinition", "NAME CREATED AT |")]
    [InlineData("networking.k8s.io/v1", "Ingress", "NAME CLASS HOSTS ADDRESS PORTS AGE |")]
    [InlineData("networking.k8s.io/v1", "IngressClass", "NAME CONTROLLER PARAMETERS AGE |")]
    [InlineData("coordination.k8s.io/v1", "Lease", "NAME HOLDER AGE |")]
    [InlineData("v1", "Event", "LAST SEEN TYPE REASON OBJECT MESSAGE | SUBOBJECT SOURCE FIRST SEEN COUNT NAME")]
    [InlineData("events.k8s.io/v1", "Event", "LAST SEEN TYPE REASON OBJECT MESSAGE | SUBOBJECT SOURCE FIRST SEEN COUNT NAME")]
    [InlineData("v1", "PersistentVolumeClaim", "NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE | VOLUMEMODE")]
    [InlineData("v1", "PersistentVolume", "NAME CAPACITY ACCESS MODES RECLAIM POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE | VOLUMEMODE")]
    [InlineData("storage.k8s.io/v1", "StorageClass", "NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE |")]
    [InlineData("v1", "LimitRange", "NAME CREATED AT |")]
    [InlineData("v1", "ResourceQuota", "NAME REQUEST LIMIT AGE |")]
    [InlineData("v1", "PodTemplate", "NAME CONTAINERS IMAGES POD LABELS |")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role", "NAME CREATED AT |")]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole", "NAME CREATED AT |")]
    [InlineData("rbac.authorization.k8s.io/v1", "RoleBinding", "NAME ROLE AGE | USERS GROUPS SERVICEACCOUNTS")]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "NAME ROLE AGE | USERS GROUPS SERVICEACCOUNTS")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler", "NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE |")]
    [InlineData("autoscaling/v1", "HorizontalPodAutoscaler", "NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE |")]
    [InlineData("policy/v1", "PodDisruptionBudget", "NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE |")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", "NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY |")]
    [InlineData("node.k8s.io/v1", "RuntimeClass", "NAME HANDLER AGE |")]
    [InlineData("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "NAME WEBHOOKS AGE |")]
    [InlineData("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "NAME WEBHOOKS AGE |")]
    [InlineData("storage.k8s.io/v1", "CSIDriver", "NAME ATTACHREQUIRED PODINFOONMOUNT STORAGECAPACITY TOKENREQUESTS REQUIRESREPUBLISH MODES AGE |")]
    public void Write_Headings_AreKubectls(string apiVersion, string kind, string expected)
    {
        var table = TableWriter.Write(ResourceCatalog.OfKind(apiVersion, kind)!, [new JsonObject()], RowObject.None, s_now);
        var columns = table["columnDefinitions"]!.AsArray();
        string Names(int priority) => string.Join(' ', columns.Where(column => (int)column!["priority"]! == priority).Select(column => ((string)column!["name"]!).ToUpperInvariant()));
        Assert.Equal(expected, $"{Names(0)} | {Names(1)}".TrimEnd());
        Assert.Equal(columns.Count, table["rows"]![0]!["cells"]!.AsArray().Count);
    }

    [Fact]
    public void Write_EveryKind_HasHeadingsThatAreTested() =>
        Assert.Empty(ResourceCatalog.All.Select(type => $"{type.ApiVersion} {type.Kind}").Except(
            typeof(TableWriterTests).GetMethod(nameof(Write_Headings_AreKubectls))!.GetCustomAttributesData()
                .Where(data => data.AttributeType == typeof(InlineDataAttribute))
                .Select(data => (IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)
                .Select(arguments => $"{arguments[0].Value} {arguments[1].Value}")));

    [Theory]
    [InlineData(
        "apps/v1", "Deployment",
        """{"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}}},"status":{"readyReplicas":1,"updatedReplicas":2,"availableReplicas":1}}""",
        "o 1/3 2 1 2d a,b x,y app=web")]
    [InlineData("apps/v1", "ReplicaSet", """{"spec":{"replicas":3},"status":{"replicas":2,"readyReplicas":1}}""", "o 3 2 1 2d   <none>")]
    [InlineData("apps/v1", "StatefulSet", """{"spec":{"replicas":3}}""", "o 0/3 2d  ")]
    [InlineData(
        "apps/v1", "DaemonSet",
        """{"spec":{"template":{"spec":{"nodeSelector":{"b":"1","a":"2"}}}},"status":{"desiredNumberScheduled":5,"currentNumberScheduled":4,"numberReady":3,"updatedNumberScheduled":2,"numberAvailable":1}}""",
        "o 5 4 3 2 1 a=2,b=1 2d   <none>")]
    [InlineData("apps/v1", "ControllerRevision", """{"revision":2,"metadata":{"ownerReferences":[{"controller":true,"apiVersion":"apps/v1","kind":"StatefulSet","name":"db"}]}}""", "o statefulset.apps/db 2 2d")]
    [InlineData(
        "batch/v1", "Job",
        """{"spec":{"completions":3},"status":{"succeeded":3,"startTime":"2026-05-01T11:00:00Z","completionTime":"2026-05-01T11:00:30Z","conditions":[{"type":"Complete","status":"True"}]}}""",
        "o Complete 3/3 30s 2d   <none>")]
    [InlineData("batch/v1", "Job", """{"spec":{"parallelism":2},"status":{"startTime":"2026-05-01T11:59:00Z"}}""", "o Running 0/1 of 2 60s 2d   <none>")]
    [InlineData("batch/v1", "CronJob", """{"spec":{"schedule":"@daily","suspend":false},"status":{"active":[{}],"lastScheduleTime":"2026-05-01T00:00:00Z"}}""", "o @daily <none> False 1 12h 2d   <none>")]
    [InlineData("v1", "Service", """{"spec":{"type":"ClusterIP","clusterIP":"10.0.0.1","ports":[{"port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}],"selector":{"app":"x"}}}""", "o ClusterIP 10.0.0.1 <none> 80/TCP,53/UDP 2d app=x")]
    [InlineData("v1", "Service", """{"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1","ports":[{"port":80,"nodePort":30080,"protocol":"TCP"}]}}""", "o LoadBalancer 10.0.0.1 <pending> 80:30080/TCP 2d <none>")]
    [InlineData("v1", "Service", """{"spec":{"type":"LoadBalancer","externalIPs":["1.1.1.1"]},"status":{"loadBalancer":{"ingress":[{"ip":"2.2.2.2"}]}}}""", "o LoadBalancer <none> 2.2.2.2,1.1.1.1 <none> 2d <none>")]
    [InlineData("v1", "Service", """{"spec":{"type":"ExternalName","externalName":"example.com"}}""", "o ExternalName <none> example.com <none> 2d <none>")]
    [InlineData("v1", "Endpoints", """{"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"fd00::1"},{"ip":"10.0.0.3"},{"ip":"10.0.0.4"}],"ports":[{"port":80}]}]}""", "o 10.0.0.1:80,[fd00::1]:80,10.0.0.3:80 + 1 more... 2d")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", """{"addressType":"IPv4","ports":[{"port":80},{"name":"x"}],"endpoints":[{"addresses":["10.0.0.1"]}]}""", "o IPv4 80,x 10.0.0.1 2d")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", """{"addressType":"IPv4"}""", "o IPv4 <unset> <unset> 2d")]
    [InlineData(
        "v1", "Node",
        """{"metadata":{"labels":{"node-role.kubernetes.io/worker":"","node-role.kubernetes.io/control-plane":""}},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.32"},"addresses":[{"type":"InternalIP","address":"10.1.1.1"}]}}""",
        "o Ready,SchedulingDisabled control-plane,worker 2d v1.32 10.1.1.1 <none> <unknown> <unknown> <unknown>")]
    [InlineData("v1", "Node", """{"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}""", "o NotReady <none> 2d  <none> <none> <unknown> <unknown> <unknown>")]
    [InlineData("v1", "Node", "{}", "o Unknown <none> 2d  <none> <none> <unknown> <unknown> <unknown>")]
    [InlineData("networking.k8s.io/v1", "NetworkPolicy", """{"spec":{"podSelector":{}}}""", "o <none> 2d")]
    [InlineData(
        "networking.k8s.io/v1", "NetworkPolicy",
        """{"spec":{"podSelector":{"matchLabels":{"b":"1"},"matchExpressions":[{"key":"a","operator":"In","values":["y","x"]},{"key":"c","operator":"NotIn","values":["z"]},{"key":"d","operator":"Exists"},{"key":"e","operator":"DoesNotExist"}]}}}""",
        "o a in (x,y),b=1,c notin (z),d,!e 2d")]
    [InlineData(
        "networking.k8s.io/v1", "Ingress",
        """{"spec":{"ingressClassName":"nginx","tls":[{}],"rules":[{"host":"a.com"},{"host":"b.com"}]},"status":{"loadBalancer":{"ingress":[{"hostname":"lb.com"}]}}}""",
        "o nginx a.com,b.com lb.com 80, 443 2d")]
    [InlineData("networking.k8s.io/v1", "Ingress", "{}", "o <none> *  80 2d")]
    [InlineData("networking.k8s.io/v1", "IngressClass", """{"spec":{"controller":"x/y","parameters":{"apiGroup":"g","kind":"K","name":"n"}}}""", "o x/y K.g/n 2d")]
    [InlineData("v1", "ConfigMap", """{"data":{"a":"b","c":"d"},"binaryData":{"e":""}}""", "o 3 2d")]
    [InlineData("v1", "Secret", """{"type":"Opaque","data":{"a":""}}""", "o Opaque 1 2d")]
    [InlineData("coordination.k8s.io/v1", "Lease", """{"spec":{"holderIdentity":"me"}}""", "o me 2d")]
    [InlineData(
        "v1", "Event",
        """{"type":"Normal","reason":"Made","message":"made \n","involvedObject":{"kind":"Pod","name":"p","fieldPath":"spec"},"source":{"component":"c","host":"h"},"count":2,"firstTimestamp":"2026-05-01T11:00:00Z","lastTimestamp":"2026-05-01T11:59:59Z"}""",
        "1s Normal Made pod/p spec c, h made 60m 2 o")]
    [InlineData(
        "events.k8s.io/v1", "Event",
        """{"type":"Normal","reason":"Made","note":"made","regarding":{"kind":"Pod","name":"p"},"reportingController":"c","eventTime":"2026-05-01T11:59:00.000000Z"}""",
        "60s Normal Made pod/p  c made 60s 1 o")]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{"volumeName":"pv","storageClassName":"fast"},"status":{"phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce","ReadWriteOncePod"]}}""", "o Bound pv 1Gi RWO,RWOP fast <unset> 2d <unset>")]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{"volumeMode":"Block"},"status":{"phase":"Pending"},"metadata":{"deletionTimestamp":"2026-05-01T11:00:00Z"}}""", "o Terminating     <unset> 2d Block")]
    [InlineData("v1", "PersistentVolume", """{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteMany"],"persistentVolumeReclaimPolicy":"Delete","claimRef":{"namespace":"n","name":"c"},"storageClassName":"fast","volumeMode":"Block"},"status":{"phase":"Failed","reason":"Lost"}}""", "o 1Gi RWX Delete Failed n/c fast <unset> Lost 2d Block")]
    [InlineData("storage.k8s.io/v1", "StorageClass", """{"provisioner":"p","reclaimPolicy":"Delete","volumeBindingMode":"Immediate","allowVolumeExpansion":true}""", "o p Delete Immediate true 2d")]
    [InlineData("v1", "LimitRange", "{}", "o 2026-04-29T12:00:00Z")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role", "{}", "o 2026-04-29T12:00:00Z")]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole", "{}", "o 2026-04-29T12:00:00Z")]
    [InlineData(
        "rbac.authorization.k8s.io/v1", "RoleBinding",
        """{"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"a"},{"kind":"User","name":"b"},{"kind":"Group","name":"g"},{"kind":"ServiceAccount","namespace":"n","name":"s"}]}""",
        "o Role/r 2d a, b g n/s")]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", """{"roleRef":{"kind":"ClusterRole","name":"r"}}""", "o ClusterRole/r 2d   ")]
    [InlineData("v1", "ResourceQuota", """{"status":{"hard":{"pods":"5","limits.cpu":"4","cpu":"2"},"used":{"pods":"3"}}}""", "o cpu: 0/2, pods: 3/5 limits.cpu: 0/4 2d")]
    [InlineData("policy/v1", "PodDisruptionBudget", """{"spec":{"maxUnavailable":0},"status":{"disruptionsAllowed":2}}""", "o N/A 0 2 2d")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", """{"value":-5,"globalDefault":true,"preemptionPolicy":"Never"}""", "o -5 true 2d Never")]
    [InlineData("node.k8s.io/v1", "RuntimeClass", """{"handler":"runsc"}""", "o runsc 2d")]
    [InlineData("v1", "PodTemplate", """{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"},{"name":"d","image":"j"}]}}}""", "o c,d i,j a=b")]
    [InlineData(
        "autoscaling/v2", "HorizontalPodAutoscaler",
        """
        {"spec":{"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"w"},"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"averageUtilization":80}}},{"type":"Object","object":{"target":{"value":"10"}}},{"type":"Pods"}]},
         "status":{"currentReplicas":2,"currentMetrics":[{"resource":{"current":{"averageUtilization":7}}}]}}
        """,
        "o Deployment/w cpu: 7%/80%, <unknown>/10 + 1 more... <unset> 5 2 2d")]
    [InlineData(
        "autoscaling/v2", "HorizontalPodAutoscaler", """{"spec":{"metrics":[{"type":"ContainerResource","containerResource":{"name":"memory","target":{"averageValue":"1Gi"}}},{"type":"External","external":{"target":{"averageValue":"3"}}}]}}""",
        "o / memory: <unknown>/1Gi, <unknown>/3 (avg) <unset> 0 0 2d")]
    [InlineData("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", """{"webhooks":[{},{}]}""", "o 2 2d")]
    [InlineData("storage.k8s.io/v1", "CSIDriver", """{"spec":{"attachRequired":true,"volumeLifecycleModes":["Persistent","Ephemeral"]}}""", "o true false false <unset> false Persistent,Ephemeral 2d")]
    public void Write_Object_HasKubectlsCells(string apiVersion, string kind, string json, string expected)
    {
        var value = JsonNode.Parse(json)!.AsObject();
        if (value["metadata"] is not JsonObject metadata) value["metadata"] = metadata = [];
        metadata["name"] = "o";
        metadata["creationTimestamp"] = "2026-04-29T12:00:00Z";
        Assert.Equal(expected, string.Join(' ', Cells(apiVersion, kind, value)));
    }

    [Fact]
    public void Write_Rows_CarryWhatIsAskedFor()
    {
        var value = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a" }, ["data"] = new JsonObject() };
        JsonNode? Carried(RowObject include) => TableWriter.Write(ResourceCatalog.OfKind("v1", "ConfigMap")!, [value], include, s_now)["rows"]![0]!["object"];
        Assert.Null(Carried(RowObject.None));
        Assert.Equal("""{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"a"}}""", Carried(RowObject.Metadata)!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(value, Carried(RowObject.Object)));
    }

    // The store may hold what a careless writer in the server's own process wrote.
    [Fact]
    public void Write_FieldsOfWrongTypes_AreTakenForAbsent()
    {
        var odd = JsonNode.Parse("""{"metadata":{"name":1,"labels":[],"creationTimestamp":{}},"spec":"x","status":[1],"subsets":{"a":1},"ports":[1],"type":{},"data":1,"series":2}""")!.AsObject();
        foreach (var type in ResourceCatalog.All) Assert.Single(TableWriter.Write(type, [odd], RowObject.Object, s_now)["rows"]!.AsArray());
    }

    private static JsonObject Pod(string status) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "p", ["creationTimestamp"] = "2026-05-01T11:59:00Z" },
        ["spec"] = JsonNode.Parse("""{"containers":[{"name":"c"}],"initContainers":[{"name":"i"}]}"""),
        ["status"] = JsonNode.Parse(status),
    };

    private static string[] Cells(string apiVersion, string kind, JsonObject value) =>
        [.. TableWriter.Write(ResourceCatalog.OfKind(apiVersion, kind)!, [value], RowObject.None, s_now)["rows"]![0]!["cells"]!.AsArray().Select(cell => cell!.ToString())];
}
