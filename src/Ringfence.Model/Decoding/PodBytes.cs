using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Ringfence.Model.Policies;

namespace Ringfence.Model.Decoding;

/// <summary>
/// Reads pods straight from JSON text, only what a policy can see of them; what is passed over is not checked. Pods of one workload
/// share their labels, ports and owners. Not thread-safe.
/// </summary>
public sealed partial class PodBytes(DecodeOptions options, string? file)
{
    private static readonly SearchValues<byte> s_dns = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);

    private readonly Utf8Texts _texts = new();
    private readonly BytesCache<LabelSet> _labels = new();
    private readonly BytesCache<OwnerReference> _owners = new();
    private readonly BytesCache<ContainerPort[]> _ports = new();
    private readonly Dictionary<(ContainerPort[], bool HostNetwork, bool HasOwnDns), PodNetworkSpec> _networks = [];
    private readonly Dictionary<PodNetworkSpec, PodNetworkSpec> _joinedNetworks = [];
    private readonly Dictionary<Address, ImmutableArray<Address>> _hosts = [];
    private readonly Dictionary<string[], ImmutableArray<string>> _imageLists = new(SameTexts.Instance);
    private readonly List<string> _images = [];
    private readonly List<ContainerPort[]> _containers = [];
    private readonly List<ContainerPort[]> _initContainers = [];

    /// <summary>Tells the place of a pod by its namespace and name; null where it is the place in the file.</summary>
    public Func<string, string, Location>? Place { get; init; }

    private string? _name;
    private string? _namespace;
    private LabelSet _podLabels = LabelSet.Empty;
    private LabelSet _annotations = LabelSet.Empty;
    private OwnerReference? _owner;
    private string? _nodeName;
    private bool _hostNetwork;
    private bool _hasOwnDns;
    private PodPhase? _phase;
    private readonly List<Address> _addresses = [];
    private readonly List<Address> _hostAddresses = [];
    private Address? _singleAddress;
    private Address? _singleHostAddress;

    /// <summary>
    /// Reads a pod. Null where the text is something else, or has anything unusual in it: then <see cref="ObjectDecoder"/> says what.
    /// </summary>
    /// <param name="text">The object, from brace to brace.</param>
    /// <param name="line">The line where it begins.</param>
    /// <param name="column">The column where it begins.</param>
    /// <param name="isPod">Whether it is a pod even where it does not say so, as an item of a <c>PodList</c>.</param>
    public Pod? TryRead(ReadOnlySpan<byte> text, int line, int column, bool isPod = false)
    {
        Reset();
        var cursor = new JsonCursor(text);
        var (hasVersion, hasKind) = (isPod, isPod);
        ulong seen = 0;
        cursor.Take((byte)'{');
        while (cursor.NextField(KnownFields.Object, ref seen) is { } field)
        {
            switch (field)
            {
                case "apiVersion":
                    hasVersion = cursor.PlainString(out var version) && version.SequenceEqual("v1"u8);
                    if (!hasVersion) cursor.Fail();
                    break;
                case "kind":
                    hasKind = cursor.PlainString(out var kind) && kind.SequenceEqual("Pod"u8);
                    if (!hasKind) cursor.Fail();
                    break;
                case "metadata":
                    Metadata(ref cursor);
                    break;
                case "spec":
                    Spec(ref cursor);
                    break;
                case "status":
                    Status(ref cursor);
                    break;
            }
        }

        if (cursor.Failed || !cursor.IsAtEnd || !hasVersion || !hasKind || string.IsNullOrEmpty(_name)) return null;
        var addresses = Addresses(_addresses, _singleAddress);
        var @namespace = string.IsNullOrEmpty(_namespace) ? options.DefaultNamespace ?? "default" : _namespace;
        return new Pod
        {
            Name = _name,
            Namespace = @namespace,
            Labels = _podLabels,
            Annotations = _annotations,
            Owner = _owner,
            Location = Place is null ? new Location(file, line, column, line + text.Count((byte)'\n')) : Place(@namespace, _name),
            Network = Network(),
            Images = Images(),
            NodeName = string.IsNullOrEmpty(_nodeName) ? null : _nodeName,
            Phase = _phase ?? (addresses.IsEmpty ? PodPhase.Planned : PodPhase.Running),
            Addresses = addresses,
            HostAddresses = Hosts(),
        };
    }

    private void Reset()
    {
        (_name, _namespace, _nodeName, _owner, _phase, _hostNetwork, _hasOwnDns) = (null, null, null, null, null, false, false);
        (_podLabels, _annotations, _singleAddress, _singleHostAddress) = (LabelSet.Empty, LabelSet.Empty, null, null);
        _addresses.Clear();
        _hostAddresses.Clear();
        _images.Clear();
        _containers.Clear();
        _initContainers.Clear();
    }

    private void Metadata(ref JsonCursor cursor)
    {
        ulong seen = 0;
        cursor.Take((byte)'{');
        while (cursor.NextField(KnownFields.ObjectMeta, ref seen) is { } field)
        {
            switch (field)
            {
                case "name":
                    if (!cursor.PlainString(out var name)) break;
                    _name = Encoding.ASCII.GetString(name);
                    if (!IsDnsLabel(name, 253) && NameFormat.DnsSubdomain(_name).Any()) cursor.Fail();
                    break;
                case "generateName":
                    if (cursor.PlainString(out var prefix) && !prefix.IsEmpty && !IsDnsLabel(prefix.TrimEnd((byte)'-'), 253)) cursor.Fail();
                    break;
                case "namespace":
                    if (!cursor.PlainString(out var @namespace)) break;
                    _namespace = _texts.Get(@namespace);
                    if (!@namespace.IsEmpty && !IsDnsLabel(@namespace, 63)) cursor.Fail();
                    break;
                case "labels":
                    _podLabels = Labels(ref cursor);
                    break;
                case "annotations":
                    Annotations(ref cursor);
                    break;
                case "ownerReferences":
                    _owner = Owner(ref cursor);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }
    }

    private static bool IsDnsLabel(ReadOnlySpan<byte> text, int most) =>
        !text.IsEmpty && text.Length <= most && text[0] != '-' && text[^1] != '-' && !text.ContainsAnyExcept(s_dns);

    private string? Text(ref JsonCursor cursor) => cursor.PlainString(out var text) ? _texts.Get(text) : null;

    private LabelSet Labels(ref JsonCursor cursor)
    {
        var raw = cursor.Nested((byte)'{');
        if (cursor.Failed) return LabelSet.Empty;
        if (_labels.Find(raw, out var hash) is { } known) return known;
        var pairs = new List<KeyValuePair<string, string>>();
        var inner = new JsonCursor(raw);
        var isFirst = true;
        inner.Take((byte)'{');
        while (inner.NextKey(ref isFirst, out var key))
            if (inner.PlainString(out var value)) pairs.Add(new(_texts.Get(key), _texts.Get(value)));
        var labels = LabelSet.Create(pairs);
        if (inner.Failed || labels.Count != pairs.Count || !SelectorRules.AreValid(labels)) cursor.Fail();
        else _labels.Add(raw, hash, labels);
        return labels;
    }

    private void Annotations(ref JsonCursor cursor)
    {
        const int MostCompared = 32;
        List<KeyValuePair<string, string>>? own = null;
        Span<ulong> hashes = stackalloc ulong[MostCompared];
        var count = 0;
        var isFirst = true;
        cursor.Take((byte)'{');
        while (cursor.NextKey(ref isFirst, out var key))
        {
            var hash = Utf8Texts.Hash(key);
            if (count == MostCompared || hashes[..count].Contains(hash)) cursor.Fail();
            else hashes[count++] = hash;
            if (cursor.Peek() != '"') cursor.Fail();
            else if (!key.StartsWith("ringfence.dev/"u8)) cursor.Skip();
            else if (cursor.PlainString(out var value)) (own ??= []).Add(new(_texts.Get(key), _texts.Get(value)));
        }

        if (own is not null) _annotations = LabelSet.Create(own);
    }

    private OwnerReference? Owner(ref JsonCursor cursor)
    {
        var raw = cursor.Nested((byte)'[');
        if (cursor.Failed) return null;
        if (_owners.Find(raw, out var hash) is { } known) return known;
        OwnerReference? owner = null;
        var isController = false;
        var inner = new JsonCursor(raw);
        var isFirstItem = true;
        inner.Take((byte)'[');
        while (inner.NextItem(ref isFirstItem))
        {
            string? kind = null, name = null;
            var controls = false;
            ulong seen = 0;
            inner.Take((byte)'{');
            while (inner.NextField(KnownFields.OwnerReference, ref seen) is { } field)
            {
                switch (field)
                {
                    case "kind":
                        kind = Text(ref inner);
                        break;
                    case "name":
                        name = Text(ref inner);
                        break;
                    case "controller":
                        controls = inner.Flag();
                        break;
                    default:
                        inner.Skip();
                        break;
                }
            }

            if (string.IsNullOrEmpty(name) || isController || (owner is not null && !controls)) continue;
            owner = new OwnerReference(kind ?? "", name);
            isController = controls;
        }

        if (inner.Failed) cursor.Fail();
        else if (owner is not null) _owners.Add(raw, hash, owner);
        return owner;
    }

    private void Spec(ref JsonCursor cursor)
    {
        ulong seen = 0;
        cursor.Take((byte)'{');
        while (cursor.NextField(KnownFields.PodSpec, ref seen) is { } field)
        {
            switch (field)
            {
                case "nodeName":
                    _nodeName = Text(ref cursor);
                    break;
                case "hostNetwork":
                    _hostNetwork = cursor.Flag();
                    break;
                case "dnsPolicy":
                    _hasOwnDns = PodDecoder.IsOwnDns(Text(ref cursor));
                    break;
                case "containers":
                    Containers(ref cursor, _containers);
                    break;
                case "initContainers":
                    Containers(ref cursor, _initContainers);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }
    }

    private void Containers(ref JsonCursor cursor, List<ContainerPort[]> lists)
    {
        var isFirstItem = true;
        cursor.Take((byte)'[');
        while (cursor.NextItem(ref isFirstItem))
        {
            ulong seen = 0;
            cursor.Take((byte)'{');
            while (cursor.NextField(KnownFields.Container, ref seen) is { } field)
            {
                if (field == "image" && ReferenceEquals(lists, _containers))
                {
                    if (Text(ref cursor) is { Length: > 0 } image) _images.Add(image);
                }
                else if (field != "ports") cursor.Skip();
                else if (Ports(ref cursor) is { Length: > 0 } ports) lists.Add(ports);
            }
        }
    }

    private ContainerPort[]? Ports(ref JsonCursor cursor)
    {
        var raw = cursor.Nested((byte)'[');
        if (cursor.Failed) return null;
        if (_ports.Find(raw, out var hash) is { } known) return known;
        var ports = new List<ContainerPort>();
        var inner = new JsonCursor(raw);
        var isFirstItem = true;
        inner.Take((byte)'[');
        while (inner.NextItem(ref isFirstItem))
        {
            string? name = null;
            var number = 0;
            var protocol = Protocol.Tcp;
            ulong seen = 0;
            inner.Take((byte)'{');
            while (inner.NextField(KnownFields.ContainerPort, ref seen) is { } field)
            {
                switch (field)
                {
                    case "name":
                        name = Text(ref inner);
                        break;
                    case "containerPort":
                        number = inner.Number();
                        break;
                    case "hostPort":
                        inner.Number();
                        break;
                    case "protocol":
                        if (!ProtocolText.TryParse(Text(ref inner), out protocol)) inner.Fail();
                        break;
                    default:
                        inner.Skip();
                        break;
                }
            }

            if (number is < 1 or > 65535) inner.Fail();
            ports.Add(new ContainerPort(string.IsNullOrEmpty(name) ? null : name, number, protocol));
        }

        if (inner.Failed)
        {
            cursor.Fail();
            return null;
        }

        var result = ports.ToArray();
        _ports.Add(raw, hash, result);
        return result;
    }

    private ImmutableArray<string> Images()
    {
        if (_images.Count == 0) return [];
        var lookup = _imageLists.GetAlternateLookup<ReadOnlySpan<string>>();
        var images = CollectionsMarshal.AsSpan(_images);
        if (lookup.TryGetValue(images, out var known)) return known;
        var list = images.ToArray();
        return _imageLists[list] = ImmutableCollectionsMarshal.AsImmutableArray(list);
    }

    private PodNetworkSpec Network()
    {
        var count = _containers.Count + _initContainers.Count;
        if (count == 0) return _hostNetwork || _hasOwnDns ? new PodNetworkSpec([], _hostNetwork) { HasOwnDns = _hasOwnDns } : PodNetworkSpec.Empty;
        var first = _containers.Count > 0 ? _containers[0] : _initContainers[0];
        if (count == 1 && _networks.TryGetValue((first, _hostNetwork, _hasOwnDns), out var known)) return known;
        var joined = new PodNetworkSpec([.. _containers.Concat(_initContainers).SelectMany(ports => ports)], _hostNetwork) { HasOwnDns = _hasOwnDns };
        if (_joinedNetworks.TryGetValue(joined, out var same)) joined = same;
        else _joinedNetworks.Add(joined, joined);
        if (count == 1) _networks[(first, _hostNetwork, _hasOwnDns)] = joined;
        return joined;
    }
}
