using System.Collections.Immutable;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Lab.Tour;

/// <summary>The examples that the tours show, from the program itself, named as in the checkout.</summary>
internal static class TourFiles
{
    /// <summary>The folders directly in a folder, by name.</summary>
    public static ImmutableArray<string> Folders(string above) =>
    [
        .. Names().Where(name => name.StartsWith(above + "/", StringComparison.Ordinal))
            .Select(name => name[..name.IndexOf('/', above.Length + 1)])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>The objects of a folder.</summary>
    public static ClusterObjects Read(string folder)
    {
        var names = Names().Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var manifests = ManifestReader.Read(names.Select(name => new ManifestText(name, IsExplicit: true, Content(name))), new ManifestOptions());
        return manifests.HasErrors || manifests.Files == 0
            ? throw new InvalidDataException($"the example {folder} cannot be read: {manifests.Diagnostics.FirstOrDefault()?.Message ?? "it is not in the program"}")
            : manifests.Objects;
    }

    private static string[] Names() => typeof(TourFiles).Assembly.GetManifestResourceNames();

    private static byte[] Content(string name)
    {
        using var resource = typeof(TourFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
