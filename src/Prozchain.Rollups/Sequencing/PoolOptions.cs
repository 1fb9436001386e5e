namespace Prozchain.Rollups.Sequencing;

/// <summary>Bounds of a <see cref="TransactionPool{TTransaction}"/>.</summary>
public sealed record PoolOptions
{
    /// <summary>Transactions held at most.</summary>
    public int Capacity { get; init; } = 1 << 17;

    /// <summary>Bytes held at most, as the transactions' largest sizes in a batch count.</summary>
    public long MaxBytes { get; init; } = 1L << 26;

    /// <summary>
    /// A sender holds at most this part of the places and bytes that are free, or <see cref="SenderFloor"/>: one who floods the
    /// pool leaves most of it to others, and nobody is sent away from an empty one.
    /// </summary>
    public double SenderShare { get; init; } = 0.25;

    /// <summary>Transactions that any sender may hold while the pool is not full.</summary>
    public int SenderFloor { get; init; } = 4;

    /// <summary>A transaction whose turn has not come is dropped after it was passed over so many times.</summary>
    public int MaxPasses { get; init; } = 64;
}
