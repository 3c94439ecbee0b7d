namespace Ringfence.Lab.Sockets;

/// <summary>A socket that answers, opened inside a namespace and served from outside it: what the pool does must not begin on a thread that is in one.</summary>
internal interface IAnswers : IDisposable
{
    /// <summary>Begins to answer. Called once, on a thread that is where the process is.</summary>
    void Start();
}
