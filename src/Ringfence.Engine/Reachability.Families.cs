using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

public sealed partial class Reachability
{
    private readonly Lock _separating = new();
    private Reachability?[] _ofFamily = new Reachability?[2];
    private bool? _isToldApart;

    /// <summary>
    /// The cluster as packets of one family see it: an ipBlock holds a pod by its address of that family alone. The same object where no pod has
    /// addresses of both families, or no rule an ipBlock. Its pods have the numbers of <see cref="Snapshot"/>.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <remarks>Good until the next <see cref="Apply"/>. The first call for a family compiles; reading stays thread-safe.</remarks>
    public Reachability Of(IpFamily family)
    {
        if (!(_isToldApart ??= IsToldApart())) return this;
        lock (_separating) return _ofFamily[(int)family] ??= Compile(Snapshot.Create(Only(family)));
    }

    private bool IsToldApart() =>
        _pods.Any(pod => pod is { Addresses.Length: > 1 } && pod.Addresses.Select(address => address.Family).Distinct().Skip(1).Any())
        && (_certain.Blocks(Direction.Ingress).Count > 0 || _certain.Blocks(Direction.Egress).Count > 0);

    private void ForgetFamilies() => (_ofFamily, _isToldApart) = (new Reachability?[2], null);

    private ClusterObjects Only(IpFamily family)
    {
        var objects = Snapshot.Objects;
        return objects with
        {
            Pods = [.. objects.Pods.Select(pod => pod with { Addresses = Some(pod.Addresses), HostAddresses = Some(pod.HostAddresses) })],
            Nodes = [.. objects.Nodes.Select(node => node with { Addresses = Some(node.Addresses) })],
        };

        ImmutableArray<Address> Some(ImmutableArray<Address> addresses) => [.. addresses.Where(address => address.Family == family)];
    }
}
