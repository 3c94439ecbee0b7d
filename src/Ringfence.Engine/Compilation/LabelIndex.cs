using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// Finds the things whose labels a selector matches. Few things are looked through one by one; for many, lists by label are kept, made
/// when they are first needed.
/// </summary>
/// <param name="labelsOf">The labels of a thing by its number, as they are now.</param>
internal sealed class LabelIndex(Func<int, LabelSet> labelsOf)
{
    private const int FewEnoughToScan = 64;

    private readonly List<int> _members = [];
    private Dictionary<(string Key, string Value), List<int>>? _postings;

    /// <summary>The things, in the order in which they came.</summary>
    public ReadOnlySpan<int> Members => CollectionsMarshal.AsSpan(_members);

    /// <summary>Adds a thing.</summary>
    public void Add(int member)
    {
        _members.Add(member);
        if (_postings is not null) Post(_postings, member);
    }

    /// <summary>Takes note that a member's labels are others now.</summary>
    public void Relabel(int member)
    {
        // Lists may name members that have lost a label: Select looks at the labels themselves.
        if (_postings is not null) Post(_postings, member);
    }

    /// <summary>Adds to <paramref name="result"/> the members that <paramref name="selector"/> matches, in rising order if they came so.</summary>
    public void Select(LabelSelector selector, List<int> result)
    {
        if (selector.IsEverything)
        {
            result.AddRange(Members);
            return;
        }

        foreach (var member in Candidates(selector))
            if (selector.Matches(labelsOf(member))) result.Add(member);
    }

    private ReadOnlySpan<int> Candidates(LabelSelector selector)
    {
        if (_members.Count <= FewEnoughToScan) return Members;
        ReadOnlySpan<int> best = Members;
        foreach (var requirement in selector.Requirements)
        {
            if (requirement.Operator != SelectorOperator.In) continue;
            _postings ??= BuildPostings();
            var count = 0;
            foreach (var value in requirement.Values) count += ListOf(requirement.Key, value).Length;
            if (count == 0) return [];
            if (count < best.Length) best = Merge(requirement);
        }

        return best;
    }

    /// <summary>The members with one of several values, in rising order.</summary>
    private ReadOnlySpan<int> Merge(Requirement requirement)
    {
        if (requirement.Values.Length == 1) return ListOf(requirement.Key, requirement.Values[0]);
        var merged = new List<int>();
        foreach (var value in requirement.Values) merged.AddRange(ListOf(requirement.Key, value));
        merged.Sort();

        // A member that changed its label may stand in two lists.
        var members = CollectionsMarshal.AsSpan(merged);
        var distinct = 0;
        foreach (var member in members)
            if (distinct == 0 || members[distinct - 1] != member) members[distinct++] = member;
        return members[..distinct];
    }

    private ReadOnlySpan<int> ListOf(string key, string value) =>
        _postings!.TryGetValue((key, value), out var list) ? CollectionsMarshal.AsSpan(list) : [];

    /// <summary>Makes the lists. Two threads may both make them while compiling: each list is whole before it is seen, and they are alike.</summary>
    private Dictionary<(string, string), List<int>> BuildPostings()
    {
        var postings = new Dictionary<(string, string), List<int>>();
        foreach (var member in Members) Post(postings, member);
        return postings;
    }

    private void Post(Dictionary<(string, string), List<int>> postings, int member)
    {
        var pairs = labelsOf(member).Pairs;
        for (var i = 0; i < pairs.Length; i += 2)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(postings, (pairs[i], pairs[i + 1]), out _);
            list ??= [];
            if (list.Count == 0 || list[^1] < member) list.Add(member);
            else if (list.BinarySearch(member) is var at and < 0) list.Insert(~at, member);
        }
    }
}
