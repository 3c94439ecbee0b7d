using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Empties namespaces that are being deleted, then lets them go.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/</remarks>
internal sealed class NamespaceController(ControllerContext context) : Controller(context, CountingPace)
{
    private const string Finalizer = "kubernetes";

    /// <inheritdoc/>
    public override string Name => "namespace-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        if (now?.Type == Kinds.Namespaces && now.IsDeleting) Queue.Add(now.Key);
        var item = (now ?? before)!;
        if (!item.Type.IsNamespaced || (now is not null && before is not null)) return;
        if (Objects.Find(Kinds.Namespaces, "", item.Namespace) is { IsDeleting: true } ending) Queue.Add(ending.Key);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { IsDeleting: true } item || !item.Body.Texts("spec", "finalizers").Contains(Finalizer)) return;
        var left = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var held = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var type in Context.Types)
        {
            if (!type.IsNamespaced) continue;

            // Events last: they are told of what goes.
            if (type == Kinds.Events && left.Count > 0) continue;
            foreach (var content in Objects.In(type, item.Name).ToList())
            {
                if (!content.IsDeleting) Writer.Delete(content, "Background");
                if (Objects.Find(content.Key) is not { } still) continue;
                Count(left, type.ToString());
                foreach (var finalizer in still.Body.Texts("metadata", "finalizers")) Count(held, finalizer);
            }
        }

        if (left.Count == 0 && Objects.In(Kinds.Events, item.Name).Count == 0)
        {
            Writer.Update(item, body => body.Child("spec")["finalizers"] = body.Texts("spec", "finalizers").Where(name => name != Finalizer).ToJson(), "finalize");
            return;
        }

        var status = item.Body.Object("status")?.Copy() ?? [];
        status["phase"] = "Terminating";
        var isLeft = left.Count > 0;
        Conditions.Set(status, Now, "NamespaceContentRemaining", isLeft ? "True" : "False", isLeft ? "SomeResourcesRemain" : "ContentRemoved", isLeft
            ? "Some resources are remaining: " + string.Join(", ", left.Select(entry => $"{Dotted(entry.Key)} has {entry.Value} resource instances"))
            : "All content successfully removed");
        var isHeld = held.Count > 0;
        Conditions.Set(status, Now, "NamespaceFinalizersRemaining", isHeld ? "True" : "False", isHeld ? "SomeFinalizersRemain" : "ContentHasNoFinalizers", isHeld
            ? "Some content in the namespace has finalizers remaining: " + string.Join(", ", held.Select(entry => $"{entry.Key} in {entry.Value} resource instances"))
            : "All content-preserving finalizers finished");
        Writer.UpdateStatus(item, status);
    }

    // kubectl users know the core group's kinds with a dot behind.
    private static string Dotted(string type) => type.Contains('.') ? type : type + ".";

    private static void Count(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}

/// <summary>Keeps what every namespace has: the ServiceAccount <c>default</c> and the certificates that clients are to trust.</summary>
internal sealed class NamespaceContentController(ControllerContext context) : Controller(context)
{
    private const string Account = "default";
    private const string Certificates = "kube-root-ca.crt";

    /// <inheritdoc/>
    public override string Name => "namespace-content-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if (item.Type == Kinds.Namespaces && now is not null) Queue.Add(item.Key);
        if ((item.Type == Kinds.ServiceAccounts && now is null && item.Name == Account) || (item.Type == Kinds.ConfigMaps && item.Name == Certificates))
            Queue.Add(new ObjectKey(Kinds.Namespaces, "", item.Namespace));
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { IsDeleting: false } item) return;
        if (Objects.Find(Kinds.ServiceAccounts, item.Name, Account) is null) Writer.CreateMissing(Kinds.ServiceAccounts, Named(item.Name, Account));
        if (Context.Options.RootCertificates is not { } certificates) return;
        var data = new JsonObject { ["ca.crt"] = certificates };
        if (Objects.Find(Kinds.ConfigMaps, item.Name, Certificates) is not { } map)
        {
            var body = Named(item.Name, Certificates);
            body.Annotate("kubernetes.io/description", "The certificates that clients in pods check the API server's with.");
            body["data"] = data;
            Writer.CreateMissing(Kinds.ConfigMaps, body);
        }
        else if (!map.IsDeleting && !JsonNode.DeepEquals(map.Body.Object("data"), data))
        {
            Writer.Update(map, body => body["data"] = data);
        }
    }

    private static JsonObject Named(string @namespace, string name) => new() { ["metadata"] = new JsonObject { ["namespace"] = @namespace, ["name"] = name } };
}
