using Prozchain.AI.Codec;

namespace Prozchain.AI.Vault;

/// <summary>How a vault cuts, codes and places models, and how much memory it may use.</summary>
public sealed class ModelVaultOptions
{
    /// <summary>Bytes of a leaf: a multiple of 64, from 64 to 16 MiB. Default 1 MiB.</summary>
    public int LeafSize { get; init; } = 1024 * 1024;

    /// <summary>Data pieces of a stripe, k. Default 16.</summary>
    public int DataPieces { get; init; } = 16;

    /// <summary>Parity pieces of a stripe, m. Default 8; k + m is at most 255.</summary>
    public int ParityPieces { get; init; } = 8;

    /// <summary>
    /// Most bytes of buffers for all operations of the vault together. Default 80 MiB, three stripes of the default size.
    /// An operation takes <see cref="OperationMemory"/> for each stripe that it works on at a time: one at least, for which it
    /// waits, and up to <see cref="Workers"/> as far as the budget goes; one on a model with bases also for one at least of those,
    /// and for one more for every two stripes. Lists that grow with the model (40 bytes a leaf, the
    /// tensors, the faults of a report) are not counted.
    /// </summary>
    /// <remarks>
    /// A process has the runtime, its code and uncollected garbage besides. A host that counts megabytes starts with
    /// DOTNET_gcConcurrent=0 and DOTNET_GCgen0size=400000, which is 4 MiB in hexadecimal: garbage is collected early, and there is little.
    /// </remarks>
    public long MemoryBudget { get; init; } = 80 * 1024 * 1024;

    /// <summary>Most stripes that one operation works on at a time. Default: one a core, and one that is waiting for its source or stores.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount + 1;

    /// <summary>How long a store may take for one call. Default 30 seconds; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most pieces of a stripe that a store or a move may leave unwritten because their stores failed, 0 to m; a stripe that lacks
    /// more ends it. Null, the default, for half of m. Where fewer pieces than all are stored, as many are still written as
    /// k + m less this, or all.
    /// </summary>
    public int? MaxUnwritten { get; init; }

    /// <summary>Failures of a store in a row after which one operation puts no more pieces there. Default 3.</summary>
    public int MaxStoreFailures { get; init; } = 3;

    /// <summary>The clock for <see cref="StoreTimeout"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where new models are placed; null for all stores alike. Models are read from where their manifests say.</summary>
    public ShardTable? Table { get; init; }

    /// <summary>Bytes of buffers that one stripe needs: its pieces with their paths, one leaf, and 37 bytes a piece.</summary>
    public long OperationMemory => StripeSlot.SizeOf(this);

    /// <summary>The options under which a model was stored, with a budget of one's own.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="memoryBudget">Bytes, or null for what one operation needs.</param>
    public static ModelVaultOptions For(ModelManifest manifest, long? memoryBudget = null)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        VaultGeometry g = manifest.Geometry;
        ModelVaultOptions With(long budget) => new()
        {
            LeafSize = g.LeafSize,
            DataPieces = g.DataPieces,
            ParityPieces = g.ParityPieces,
            Table = manifest.Table,
            MemoryBudget = budget,
        };
        return With(memoryBudget ?? (g.BaseStripeCount > 0 ? 2 : 1) * With(long.MaxValue).OperationMemory);
    }

    /// <summary>How many of so many pieces of a stripe have to be written.</summary>
    internal int MustWrite(int keptPieces) => Math.Min(keptPieces, DataPieces + ParityPieces - (MaxUnwritten ?? ParityPieces / 2));

    internal void Check(int stores)
    {
        if (!PartLayout.IsLeafSize(LeafSize))
            throw new ArgumentException($"Expected a leaf size that is a multiple of 64 from 64 to {PartLayout.MaxLeafSize}, got {LeafSize}.");
        const int Most = StripeCode.MaxPieces;
        if (DataPieces < 1 || ParityPieces < 1 || DataPieces > Most || ParityPieces > Most - DataPieces)
            throw new ArgumentException($"Expected 1 or more data and parity pieces, {Most} at most in all, got {DataPieces} and {ParityPieces}.");
        long larger = (long)LeafSize * Math.Max(DataPieces, ParityPieces);
        if (larger > PartLayout.MaxHalfStripe)
            throw new ArgumentException($"Expected at most {PartLayout.MaxHalfStripe} bytes of data or of parity in a stripe, got {larger}.");
        if (MemoryBudget < OperationMemory)
            throw new ArgumentException($"Expected a memory budget of at least {OperationMemory} bytes here, got {MemoryBudget}.");
        if (Workers < 1) throw new ArgumentException($"Expected at least one worker, got {Workers}.");
        if (StoreTimeout <= TimeSpan.Zero && StoreTimeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentException($"Expected a time above 0 for a store's call, got {StoreTimeout}.");
        ArgumentNullException.ThrowIfNull(Time);
        if (MaxUnwritten < 0 || MaxUnwritten > ParityPieces)
            throw new ArgumentException($"Expected 0 to {ParityPieces} pieces that may be unwritten, as there is parity, got {MaxUnwritten}.");
        if (MaxStoreFailures < 1) throw new ArgumentException($"Expected at least one failure before a store is given up, got {MaxStoreFailures}.");
        if (Table is { } table && table.Capacities.Length > stores)
            throw new ArgumentException($"Expected a table of at most {stores} shards, as there are stores, got {table.Capacities.Length}.");
    }
}
