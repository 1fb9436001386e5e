using Prozchain.AI.Compute;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Registry;

namespace Prozchain.AI.Inference;

/// <summary>What an <see cref="InferenceService"/> is made of.</summary>
public sealed class InferenceServiceOptions
{
    /// <summary>Where names are looked up; whoever owns it lets it follow its ledger.</summary>
    public required ModelRegistry Registry { get; init; }

    /// <summary>
    /// Opens a version's stored bytes, verified against its model root as they are read (a vault's reader), or gives null when they are not to
    /// be had. The file is what <see cref="GraphFile"/> writes. The service disposes the reader.
    /// </summary>
    public required Func<ModelVersion, CancellationToken, ValueTask<IModelReader?>> Open { get; init; }

    /// <summary>Where requests run; stays the caller's.</summary>
    public required ComputePool Pool { get; init; }

    /// <summary>Signs receipts.</summary>
    public required IReceiptSigner Signer { get; init; }

    /// <summary>Takes receipts in.</summary>
    public required IReceiptLog Log { get; init; }

    /// <summary>Bytes of weights in the layout of the kernels that are kept, apart from the pool's memory, which counts those of the models that it has.</summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>Most bytes of one model.</summary>
    public long MaxModelBytes { get; init; } = 1L << 30;

    /// <summary>Most models that are loaded at the same time; others wait.</summary>
    public int MaxLoads { get; init; } = 2;

    /// <summary>Most steps of one request.</summary>
    public int MaxSteps { get; init; } = 65_536;

    /// <summary>Most requests of a batch.</summary>
    public int MaxBatch { get; init; } = 16;

    /// <summary>Most bytes of the values of one batch; a batch is smaller where the graph needs more.</summary>
    public long MaxBatchBytes { get; init; } = 64L << 20;

    /// <summary>Share of a model's version against others; null for equal ones.</summary>
    public Func<ModelVersion, int>? WeightOf { get; init; }

    /// <summary>Clock of the progress that is told.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Registry);
        ArgumentNullException.ThrowIfNull(Open);
        ArgumentNullException.ThrowIfNull(Pool);
        ArgumentNullException.ThrowIfNull(Signer);
        ArgumentNullException.ThrowIfNull(Log);
        ArgumentNullException.ThrowIfNull(Time);
        ArgumentOutOfRangeException.ThrowIfNegative(CacheBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxModelBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLoads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatchBytes, 1);
    }
}
