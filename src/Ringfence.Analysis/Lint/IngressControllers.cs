using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Analysis.Lint;

/// <summary>The ingress controllers in the input: the pods that forward what comes in through Ingresses.</summary>
/// <remarks>
/// By the labels that their projects' own manifests and charts give them: https://github.com/kubernetes/ingress-nginx/tree/main/charts/ingress-nginx,
/// https://github.com/traefik/traefik-helm-chart, https://github.com/haproxytech/helm-charts, https://github.com/haproxy-ingress/charts,
/// https://github.com/projectcontour/contour (its Envoy pods forward), https://github.com/istio/istio/tree/master/manifests/charts/gateway,
/// https://github.com/Kong/charts, https://github.com/nginxinc/helm-charts. Controllers that only program a load balancer outside (AWS, GKE) forward nothing.
/// </remarks>
internal static class IngressControllers
{
    private static readonly ImmutableArray<(string Key, string Value)> Labels =
    [
        ("app.kubernetes.io/name", "ingress-nginx"),
        ("app.kubernetes.io/name", "rke2-ingress-nginx"),
        ("app.kubernetes.io/name", "nginx-ingress"),
        ("app.kubernetes.io/name", "nginx-ingress-controller"),
        ("app.kubernetes.io/name", "traefik"),
        ("app.kubernetes.io/name", "haproxy-ingress"),
        ("app.kubernetes.io/name", "kubernetes-ingress"),
        ("app.kubernetes.io/name", "kong"),
        ("app", "nginx-ingress"),
        ("istio", "ingressgateway"),
        ("ingresscontroller.operator.openshift.io/deployment-ingresscontroller", "default"),
    ];

    /// <summary>Looks for them.</summary>
    public static ImmutableArray<PodGroup> Find(LintContext context)
    {
        var pods = Enumerable.Range(0, context.Snapshot.Pods.Length).Where(number =>
        {
            var labels = context.Snapshot.Pods[number].Pod.Labels;
            if (labels["app.kubernetes.io/name"] == "contour") return labels["app.kubernetes.io/component"] == "envoy";

            // Beside the controller, charts have admission webhooks, default backends and databases.
            return Labels.Any(label => labels[label.Key] == label.Value) && labels["app.kubernetes.io/component"] is null or "controller" or "app" or "ingress";
        });
        return [.. pods.Select(context.Groups.Of).Where(group => !group.IsWaiting).Distinct()];
    }
}
