using Ringfence.Model;

namespace Ringfence.Lab.Names;

/// <summary>The names of the outside world that the lab knows: stand-ins in domains that nobody owns, and a cloud's metadata.</summary>
/// <remarks>RFC 2606; https://cloud.google.com/compute/docs/metadata/querying-metadata</remarks>
internal static class OutsideNames
{
    private static readonly (string Name, string Addresses)[] Known =
    [
        ("example.com", "203.0.113.10 2001:db8::10"),
        ("www.example.com", "203.0.113.10 2001:db8::10"),
        ("api.example.com", "198.51.100.10 2001:db8:1::10"),
        ("llm.example.net", "192.0.2.10 2001:db8::10"),
        ("models.example.org", "198.51.100.10 2001:db8:1::10"),
        ("metadata.google.internal", "169.254.169.254"),
    ];

    /// <summary>The records of those names whose addresses are there.</summary>
    public static IEnumerable<NamedRecord> Of(IReadOnlySet<Address> there) =>
        from known in Known
        from text in known.Addresses.Split(' ')
        let address = Address.Parse(text)
        where there.Contains(address)
        select new NamedRecord(known.Name, new AddressRecord(address));
}
