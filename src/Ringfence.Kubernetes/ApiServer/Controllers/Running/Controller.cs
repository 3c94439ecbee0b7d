using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// Brings what is to what is wanted, one object at a time: told of changes, it names what is to be looked at; looking at it, it sees the objects
/// as they are now and writes what is missing. Where it stopped before does not matter to it.
/// </summary>
/// <param name="context">What controllers share.</param>
/// <param name="pace">The time for one look at an object that changes all the time, for what is much work; null for none.</param>
internal abstract class Controller(ControllerContext context, TimeSpan? pace = null)
{
    /// <summary>The name in events and logs.</summary>
    public abstract string Name { get; }

    /// <summary>The pace of those that count many objects of one.</summary>
    protected static readonly TimeSpan CountingPace = TimeSpan.FromMilliseconds(10);

    /// <summary>The pace of those that write many objects into one.</summary>
    protected static readonly TimeSpan ListingPace = TimeSpan.FromMilliseconds(50);

    /// <summary>What is to be looked at.</summary>
    public WorkQueue Queue { get; } = new(context.Time, pace ?? TimeSpan.Zero);

    /// <summary>What controllers share.</summary>
    protected ControllerContext Context { get; } = context;

    /// <summary>The objects as they are now.</summary>
    protected Mirror Objects => Context.Objects;

    /// <summary>Writes objects.</summary>
    protected ObjectWriter Writer => Context.Writer;

    /// <summary>The time.</summary>
    protected DateTimeOffset Now => Context.Time.GetUtcNow();

    /// <summary>Called when all objects are known, before the first is looked at, and again whenever all were listed anew.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Takes note of a change of any object.</summary>
    /// <param name="before">What was; null where it is new.</param>
    /// <param name="now">What is; null where it is gone.</param>
    public abstract void Observe(Mirrored? before, Mirrored? now);

    /// <summary>Looks at an object, which may be gone.</summary>
    /// <exception cref="ApiException">A write was refused: the key comes again later.</exception>
    public abstract void Reconcile(ObjectKey key);

    /// <summary>Records an event about an object.</summary>
    protected void Record(Mirrored about, string type, string reason, string message) => Context.Events.Record(Name, about, type, reason, message);
}

/// <summary>What the controllers of one server share.</summary>
/// <param name="Objects">The objects as they are now.</param>
/// <param name="Writer">Writes objects.</param>
/// <param name="Events">Takes events.</param>
/// <param name="Options">How they run.</param>
/// <param name="Time">The time.</param>
/// <param name="Kinds">The kinds that the server serves now.</param>
internal sealed record ControllerContext(
    Mirror Objects, ObjectWriter Writer, EventRecorder Events, ControllerOptions Options, TimeProvider Time, Func<ServedKinds> Kinds)
{
    /// <summary>The kinds whose objects are listed, deleted with their namespace, and known as owners, each once.</summary>
    public IEnumerable<ResourceType> Types => Kinds().Kept;

    /// <summary>The kind of an owner; null where it is not known here.</summary>
    public ResourceType? OfKind(string apiVersion, string kind) => Kinds().OfKind(apiVersion, kind) is { } type ? type.KeptAs ?? type : null;
}
