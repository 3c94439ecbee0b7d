namespace Ringfence.Evidence.Planning;

/// <summary>How much is left out of a plan so that it stays bounded; each leaves out more than the one before.</summary>
internal enum Thinning
{
    /// <summary>Every pair of pods.</summary>
    Nothing,

    /// <summary>Of two workloads a pair of pods on one node and a pair on different nodes.</summary>
    PairsOfPods,

    /// <summary>Of two workloads one pair of pods, on one node and on different nodes in turn; of each range outside one address.</summary>
    OnePairOfPods,

    /// <summary>And ports that only policies of other pods name are left out.</summary>
    ForeignPorts,

    /// <summary>And workloads that policies cannot tell apart take turns.</summary>
    AlikeTakeTurns,

    /// <summary>And of workloads that policies cannot tell apart one pair stands for all.</summary>
    OneOfAlike,

    /// <summary>And of what is left only every so many.</summary>
    Sample,
}
