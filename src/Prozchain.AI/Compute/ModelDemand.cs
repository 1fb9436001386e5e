namespace Prozchain.AI.Compute;

/// <summary>What a model asks of the machine, and its share of it.</summary>
public sealed record ModelDemand
{
    /// <summary>Bytes while the model is there: weights in the layout of the kernels, and the engines' arenas.</summary>
    public long Memory { get; init; }

    /// <summary>Bytes of one request from its admission to its end: inputs, outputs and its state.</summary>
    public long RequestMemory { get; init; }

    /// <summary>Bytes more of a request for each step that it may take: what it keeps of each until its end.</summary>
    public long StepMemory { get; init; }

    /// <summary>Cores that a batch of the model uses at once.</summary>
    public int Cores { get; init; } = 1;

    /// <summary>Most requests in a batch.</summary>
    public int MaxBatch { get; init; } = 16;

    /// <summary>Most requests that wait or run.</summary>
    public int MaxRequests { get; init; } = 4096;

    /// <summary>Share of the machine against other models that have work.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>First guess of the time that a step of one request takes in a batch; measured from the first batch on.</summary>
    public TimeSpan StepTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Bytes of a request of so many steps.</summary>
    internal Int128 MemoryOf(int steps) => RequestMemory + (Int128)steps * StepMemory;

    internal void Check(ComputeCapacity capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Memory);
        ArgumentOutOfRangeException.ThrowIfNegative(RequestMemory);
        ArgumentOutOfRangeException.ThrowIfNegative(StepMemory);
        ArgumentOutOfRangeException.ThrowIfLessThan(Cores, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Cores, capacity.Cores);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequests, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Weight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Weight, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StepTime, TimeSpan.Zero);
    }
}
