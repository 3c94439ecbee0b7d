using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class WorkQueueTests
{
    private readonly SetTime _time = new();

    [Fact]
    public void Key_that_waits_is_not_added_again()
    {
        var queue = new WorkQueue(_time, TimeSpan.Zero);
        queue.Add(Key("a"));
        queue.Add(Key("b"));
        queue.Add(Key("a"));
        Assert.Equal(["a", "b"], Take(queue));
        queue.Add(Key("a"));
        Assert.Equal(["a"], Take(queue));
    }

    [Fact]
    public void Earliest_of_several_times_counts()
    {
        var queue = new WorkQueue(_time, TimeSpan.Zero);
        queue.AddAfter(Key("a"), TimeSpan.FromSeconds(5));
        queue.AddAfter(Key("a"), TimeSpan.FromSeconds(2));
        queue.AddAfter(Key("a"), TimeSpan.FromSeconds(9));
        _time.Now += TimeSpan.FromSeconds(1);
        Assert.Empty(Take(queue));
        Assert.Equal(TimeSpan.FromSeconds(1), queue.NextDue);
        _time.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(["a"], Take(queue));
        _time.Now += TimeSpan.FromSeconds(60);
        Assert.Empty(Take(queue));
    }

    [Fact]
    public void Failures_wait_ever_longer_up_to_a_bound()
    {
        var queue = new WorkQueue(_time, TimeSpan.Zero);
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            queue.Failed(Key("a"));
            delays.Add(queue.NextDue!.Value);
            _time.Now += queue.NextDue.Value;
            Assert.Equal(["a"], Take(queue));
        }

        Assert.Equal(WorkQueue.FirstDelay, delays[0]);
        Assert.Equal(2 * WorkQueue.FirstDelay, delays[1]);
        Assert.Equal(WorkQueue.LongestDelay, delays[^1]);
        queue.Succeeded(Key("a"));
        queue.Failed(Key("a"));
        Assert.Equal(WorkQueue.FirstDelay, queue.NextDue);
    }

    [Fact]
    public void Key_that_changes_all_the_time_is_taken_in_its_pace()
    {
        var queue = new WorkQueue(_time, TimeSpan.FromMilliseconds(10));
        var taken = 0;
        for (var millisecond = 0; millisecond < 1000; millisecond++)
        {
            queue.Add(Key("a"));
            Assert.True(queue.IsBusy);
            taken += Take(queue).Count;
            _time.Now += TimeSpan.FromMilliseconds(1);
        }

        Assert.InRange(taken, 100, 110);
        _time.Now += TimeSpan.FromMilliseconds(10);
        Take(queue);
        Assert.False(queue.IsBusy);
    }

    private static ObjectKey Key(string name) => new(Kinds.Pods, "default", name);

    private static List<string> Take(WorkQueue queue)
    {
        var names = new List<string>();
        while (queue.TryTake(out var key)) names.Add(key.Name);
        return names;
    }

    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
