using Prozchain.Rollups.Evm;

namespace Prozchain.Rollups.Sequencing;

/// <summary>Bounds of a <see cref="CommitReveal{TTransaction}"/>.</summary>
public sealed record CommitRevealOptions
{
    internal const int RecordHead = 1 + 2 * sizeof(ulong) + Digest32.Size, MaxItem = DataChallengeContract.MaxItemBytes;

    /// <summary>Commitments held at most.</summary>
    public int Capacity { get; init; } = 4_096;

    /// <summary>Rounds, after the one that fixed the order, in which a commitment may be opened.</summary>
    public int RevealRounds { get; init; } = 2;

    /// <summary>Least fee that a forfeit pays: what it costs not to open.</summary>
    public UInt128 Deposit { get; init; } = 1;

    /// <summary>Batches after the one in which an order was fixed for which the word on it holds.</summary>
    public ulong Span { get; init; } = 64;
}
