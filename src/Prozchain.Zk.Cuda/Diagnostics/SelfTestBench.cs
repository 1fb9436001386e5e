using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Checks and times work on a device, and keeps what it found. Not thread-safe.</summary>
internal sealed class SelfTestBench(CudaDevice device, CudaSelfTestOptions options, IProgress<CudaMeasurement>? progress, CancellationToken cancellation)
{
    private readonly List<CudaMeasurement> _found = [];

    public CudaDevice Device => device;

    public CudaSelfTestOptions Options => options;

    public CancellationToken Cancellation => cancellation;

    public IReadOnlyList<CudaMeasurement> Found => _found;

    /// <summary>What the device reached, per second; 0 until it was measured.</summary>
    public double CopyRate { get; set; }

    /// <inheritdoc cref="CopyRate"/>
    public double MultiplyRate { get; set; }

    /// <inheritdoc cref="CopyRate"/>
    public double LogicRate { get; set; }

    /// <summary>Bytes from the host to the device.</summary>
    public double UploadRate { get; set; }

    public bool IsWanted(string name) => IsYardstick(name) || name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase);

    /// <summary>The greatest size up to one wished for that the device's memory holds, with a fifth to spare.</summary>
    /// <param name="log">log2 of the size wished for.</param>
    /// <param name="bytes">Bytes taken, by log2 of the size.</param>
    public int Fit(int log, Func<int, long> bytes)
    {
        long most;
        try
        {
            most = device.FreeMemory / 5 * 4;
        }
        catch (CudaException)
        {
            // What is measured next tells it.
            return log;
        }
        while (log > 4 && bytes(log) > most) log--;
        return log;
    }

    /// <summary>Seconds that the yardsticks need.</summary>
    public double Floor(WorkCost cost)
    {
        double rate = cost.IsLogic ? LogicRate : MultiplyRate;
        return Math.Max(CopyRate > 0 ? cost.Bytes / CopyRate : 0, rate > 0 ? cost.Operations / rate : 0);
    }

    /// <summary>Checks and times kernels, if they are wanted. What fails is found too, and the next one is tried.</summary>
    /// <param name="name">With sizes.</param>
    /// <param name="cost">Of a run.</param>
    /// <param name="bar">What is asked of the share that is achieved.</param>
    /// <param name="check">Whether the device's values are the processor's; the session is for it alone.</param>
    /// <param name="prepare">What gives the work of a run, on memory of a session of its own.</param>
    /// <param name="counts">What of the device's work counts; null for all.</param>
    public CudaMeasurement? Measure(
        string name, WorkCost cost, double? bar, Func<DeviceSession, bool>? check, Func<DeviceSession, Action> prepare, Func<DeviceInterval, bool>? counts = null)
    {
        if (!IsWanted(name)) return null;
        device.Turn.Wait(cancellation);
        try
        {
            return Guarded(name, () =>
            {
                bool? isRight = check is null ? null : InSession(check);
                double seconds = InSession(session => Median(session, prepare(session), counts));
                return new()
                {
                    Name = name,
                    IsRight = isRight,
                    Seconds = seconds,
                    Runs = options.Runs,
                    Bytes = cost.Bytes,
                    Operations = cost.Operations,
                    Floor = IsYardstick(name) ? 0 : Floor(cost),
                    Bar = bar,
                };
            });
        }
        finally
        {
            device.Turn.Release();
        }
    }

    /// <summary>Keeps what is found; a failure in its place.</summary>
    public CudaMeasurement Guarded(string name, Func<CudaMeasurement> measure)
    {
        cancellation.ThrowIfCancellationRequested();
        CudaMeasurement found;
        try
        {
            found = measure();
        }
        // A diagnostic tells what is wrong with a device, in all that it still can do.
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            found = new() { Name = name, IsRight = failed is CudaException { Status: (int)CudaStatus.OutOfMemory } ? null : false, Note = failed.Message };
        }
        _found.Add(found);
        progress?.Report(found);
        return found;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static bool IsYardstick(string name) => name.StartsWith("yardstick", StringComparison.Ordinal);

    private T InSession<T>(Func<DeviceSession, T> use)
    {
        using DeviceSession session = new(device, device.FreeMemory / 10 * 9);
        return use(session);
    }

    private double Median(DeviceSession session, Action run, Func<DeviceInterval, bool>? counts)
    {
        // Loads kernels, and fills caches and pools.
        run();
        session.Synchronize();
        using DeviceTimeline timeline = new(session.Stream);
        device.Timeline = timeline;
        try
        {
            var seconds = new double[options.Runs];
            foreach (ref double time in seconds.AsSpan())
            {
                cancellation.ThrowIfCancellationRequested();
                run();
                session.Synchronize();
                IEnumerable<DeviceInterval> intervals = timeline.Collect();
                time = DeviceTimeline.Busy(counts is null ? intervals : intervals.Where(counts));
            }
            return Median(seconds);
        }
        finally
        {
            device.Timeline = null;
        }
    }
}
