namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>What <see cref="CudaSelfTest"/> found out about one kind of work.</summary>
public sealed record CudaMeasurement
{
    /// <summary>What was done, with its sizes.</summary>
    public required string Name { get; init; }

    /// <summary>Whether a device's values were those of the processor, on small inputs unless the name says otherwise; null where they were not compared.</summary>
    public bool? IsRight { get; init; }

    /// <summary>The median in seconds: of the time in which the device worked, for proofs of all the time; 0 where nothing could be measured.</summary>
    public double Seconds { get; init; }

    /// <summary>How many runs the median is of.</summary>
    public int Runs { get; init; }

    /// <summary>Bytes that must pass to and from the device's memory at least; for an upload, from the host.</summary>
    public long Bytes { get; init; }

    /// <summary>Operations on integers of 32 bits that are needed at least.</summary>
    public long Operations { get; init; }

    /// <summary>Seconds that the yardsticks of this device need for as many bytes, or for as many operations, whichever is more; 0 where there is no such bound.</summary>
    public double Floor { get; init; }

    /// <summary>The floor over the time: 1 is the best; null where one is missing.</summary>
    public double? Achieved => Floor > 0 && Seconds > 0 ? Floor / Seconds : null;

    /// <summary>What is asked of <see cref="Achieved"/>; null for nothing.</summary>
    public double? Bar { get; init; }

    /// <summary>Of a proof, the share of the time in which the device did nothing, 0 to 1.</summary>
    public double? Idle { get; init; }

    /// <summary>Of a proof, the seconds that the processor needs for it with all its threads, where that was measured.</summary>
    public double? ProcessorSeconds { get; init; }

    /// <summary>What else is to be said: of a proof where the time went; why nothing was measured.</summary>
    public string Note { get; init; } = "";
}
