using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>What everybody agrees on about how a rollup follows from its settlement layer.</summary>
/// <param name="ChainId">The rollup's number.</param>
/// <param name="Inbox">The contract that orders batches.</param>
/// <param name="Bridge">The contract whose forced items are deposits.</param>
/// <param name="FirstBlock">The settlement layer's block to read from: that in which the Inbox was created, or later.</param>
public sealed record DerivationRules(ulong ChainId, L1Address Inbox, L1Address Bridge, ulong FirstBlock)
{
    /// <summary>The contract that says which batches were withheld; zero for none.</summary>
    public L1Address DataChallenge { get; init; }

    /// <summary>The check that the first batch names as its parent's.</summary>
    public BatchCheck GenesisCheck { get; init; }

    /// <summary>The mode that batches must have: one signature for each transaction, or none, where a validity proof stands for them.</summary>
    public SignatureMode Signatures { get; init; } = SignatureMode.PerTransaction;

    /// <summary>The cap of a batch on both meters.</summary>
    public ResourceUse BatchCap { get; init; } = ResourceUse.Unlimited;

    /// <summary>Bounds of a batch.</summary>
    public BatchLimits Limits { get; init; } = BatchLimits.Default;

    /// <summary>Bounds of channels.</summary>
    public ChannelRules Channels { get; init; } = ChannelRules.Default;

    /// <summary>
    /// Whether each batch is what the list that it was posted with commits to, as where disputes execute its steps again: then
    /// signatures are with the transactions, a source holds whole channels, and transactions are told no block.
    /// </summary>
    public bool IsListed { get; init; }

    /// <summary>
    /// Whether batches are bare (<see cref="ITransactionCodec{TTransaction}.IsBare"/>), as where a proof shows what follows from
    /// them: then a source is a batch, without frames, it is off-chain and named by its commitment alone, and transactions are
    /// told no block.
    /// </summary>
    public bool IsBare { get; init; }

    internal bool TellsNoBlock => IsListed || IsBare;

    /// <summary>Batches that can be undone without starting over: those of the unfinalized blocks should be no more. What they replaced is kept in memory.</summary>
    public int UndoBatches { get; init; } = 256;
}
