using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Finds pods by namespace and name. It keeps numbers alone, and compares by the pods that have them: names take no room twice.</summary>
/// <param name="pods">The pods by number. Those with a number in here must not be replaced by pods of other names.</param>
internal sealed class PodNumbers(IReadOnlyList<Pod?> pods)
{
    private readonly HashSet<int> _numbers = new(pods.Count, new ByName(pods));

    /// <summary>All numbers, in no order.</summary>
    public IEnumerable<int> All => _numbers;

    /// <summary>The number of a pod; -1 where there is none.</summary>
    public int Find(string @namespace, string name) => _numbers.GetAlternateLookup<(string, string)>().TryGetValue((@namespace, name), out var number) ? number : -1;

    /// <summary>Adds a number; it takes the place of another one of the same name.</summary>
    public void Add(int number)
    {
        if (_numbers.Add(number)) return;
        _numbers.Remove(number);
        _numbers.Add(number);
    }

    /// <summary>Takes away a number whose pod is still there.</summary>
    public void Remove(int number) => _numbers.Remove(number);

    private sealed class ByName(IReadOnlyList<Pod?> pods) : IEqualityComparer<int>, IAlternateEqualityComparer<(string Namespace, string Name), int>
    {
        public bool Equals(int x, int y) => x == y || Equals((pods[x]!.Namespace, pods[x]!.Name), y);

        public int GetHashCode(int number) => GetHashCode((pods[number]!.Namespace, pods[number]!.Name));

        public bool Equals((string Namespace, string Name) alternate, int other) => pods[other]!.Name == alternate.Name && pods[other]!.Namespace == alternate.Namespace;

        public int GetHashCode((string Namespace, string Name) alternate) => HashCode.Combine(alternate.Namespace, alternate.Name);

        public int Create((string Namespace, string Name) alternate) => throw new NotSupportedException("a name is no number");
    }
}
