namespace Prozchain.Zk.Cuda.Driver;

/// <summary>
/// When a device worked on what: an event before and one after each kernel and copy that its sessions ask for while it is the device's
/// <see cref="CudaDevice.Timeline"/>. Not thread-safe. What an event itself costs, some microseconds, is in the times.
/// </summary>
internal sealed class DeviceTimeline : IDisposable
{
    private readonly EventHandle _origin = new(isTimed: true);
    private readonly List<(string Name, EventHandle Start, EventHandle End)> _entries = [];
    private readonly Stack<EventHandle> _spare = [];
    private EventHandle? _started;

    /// <param name="stream">Where time begins.</param>
    public DeviceTimeline(StreamHandle stream) => _origin.Record(stream);

    /// <summary>Before an operation.</summary>
    public void Begin(StreamHandle stream)
    {
        // One that was refused has no end.
        _started ??= Take();
        _started.Record(stream);
    }

    /// <summary>After it.</summary>
    public void End(string name, StreamHandle stream)
    {
        EventHandle end = Take();
        end.Record(stream);
        _entries.Add((name, _started!, end));
        _started = null;
    }

    /// <summary>What was done, with its begin and end in milliseconds; then begins anew. All of it must be done.</summary>
    public IReadOnlyList<DeviceInterval> Collect()
    {
        List<DeviceInterval> intervals = [];
        foreach ((string name, EventHandle start, EventHandle end) in _entries)
        {
            float begin = start.Since(_origin);
            intervals.Add(new(name, begin, begin + end.Since(start)));
            _spare.Push(start);
            _spare.Push(end);
        }
        _entries.Clear();
        return intervals;
    }

    /// <summary>Seconds in which at least one of them was going on.</summary>
    public static double Busy(IEnumerable<DeviceInterval> intervals)
    {
        double busy = 0, until = double.NegativeInfinity;
        foreach (DeviceInterval interval in intervals.OrderBy(interval => interval.Begin))
        {
            busy += Math.Max(0, interval.End - Math.Max(interval.Begin, until));
            until = Math.Max(until, interval.End);
        }
        return busy * 1e-3;
    }

    public void Dispose()
    {
        _origin.Dispose();
        _started?.Dispose();
        foreach ((_, EventHandle start, EventHandle end) in _entries)
        {
            start.Dispose();
            end.Dispose();
        }
        foreach (EventHandle spare in _spare) spare.Dispose();
    }

    private EventHandle Take() => _spare.TryPop(out EventHandle? spare) ? spare : new(isTimed: true);
}

/// <summary>One operation of a device.</summary>
/// <param name="Name">The kernel's name, or what a copy is called.</param>
/// <param name="Begin">In milliseconds.</param>
/// <param name="End">In milliseconds.</param>
internal readonly record struct DeviceInterval(string Name, double Begin, double End)
{
    /// <summary>How copies are called; kernels have no blank in their names.</summary>
    public bool IsCopy => Name.Contains(' ', StringComparison.Ordinal);
}
