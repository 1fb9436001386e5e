using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;

namespace Prozchain.Rollups.Sequencing;

/// <summary>How a <see cref="RollupSequencer{TTransaction, THash}"/> works.</summary>
public sealed record RollupSequencerOptions
{
    /// <summary>Bounds of the pool.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>Order of transactions in batches.</summary>
    public ITransactionOrder Order { get; init; } = new ArrivalOrder();

    /// <summary>Cores that check signatures.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Where sources go: in blobs a batch is of six at most, as <see cref="DerivationRules.Limits"/> must see to; bare batches go off-chain.</summary>
    public SourceKind Posting { get; init; } = SourceKind.OffChain;

    /// <summary>Quality of Brotli for what is posted; null posts it as it is, as bare batches always are.</summary>
    public int? Quality { get; init; }

    /// <summary>Forced items, and blocks to build on, are so many blocks deep: less often undone, but later. Forced items that are half due go in all the same.</summary>
    public ulong Depth { get; init; }

    /// <summary>Gets the committee's signatures for data, by commitment and length; none if the Inbox asks for none.</summary>
    public Func<Digest32, ulong, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? Certify { get; init; }

    /// <summary>Refuses what does not go with a rollup's rules.</summary>
    internal void Check(DerivationRules rules)
    {
        if (Posting == SourceKind.Blobs && rules.Limits.MaxBytes > BatchPoster.MaxBlobBytes)
            throw new ArgumentException($"Expected batches of at most {BatchPoster.MaxBlobBytes} bytes in blobs, got {rules.Limits.MaxBytes}.", nameof(rules));
        if (rules.IsBare && Posting != SourceKind.OffChain) throw new ArgumentException($"Expected bare batches to go off-chain, got {Posting}.", nameof(rules));
    }
}
