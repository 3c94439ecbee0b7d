using Ringfence.Engine;

namespace Ringfence.Analysis.Expectations;

/// <summary>Told of every flow that is judged.</summary>
internal interface IFlowListener
{
    /// <summary>Flows have been judged.</summary>
    /// <param name="expectation">The expectation that is about them.</param>
    /// <param name="sources">Their sources.</param>
    /// <param name="targets">Their destinations.</param>
    /// <param name="asked">The connections that were asked about.</param>
    /// <param name="expected">Whether they should be allowed, or denied.</param>
    /// <param name="open">What is open.</param>
    void Judged(Expectation expectation, EndGroup sources, EndGroup targets, ConnectionSet asked, Outcome expected, Reach open);
}
