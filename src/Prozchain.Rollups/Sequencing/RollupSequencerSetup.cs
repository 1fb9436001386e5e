using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>What a sequencer is made of.</summary>
/// <param name="Rules">What everybody agrees on.</param>
/// <param name="Settlement">The settlement layer, as the account that the Inbox knows as its sequencer.</param>
/// <param name="Data">Where data off the settlement layer goes.</param>
/// <param name="Transition">Makes the rules of transactions; each is used by one at a time.</param>
/// <param name="Codec">Their columns over a state.</param>
/// <param name="Access">What a pool must know of them.</param>
/// <param name="Signer">Signs soft confirmations.</param>
/// <param name="Journal">The sequencer's own, on a disk that a crash does not touch.</param>
public sealed record RollupSequencerSetup<TTransaction, THash>(
    DerivationRules Rules, ISettlementChain Settlement, IDataPublisher Data, Func<IStateTransition<TTransaction>> Transition, Func<IStateView, ITransactionCodec<TTransaction>> Codec,
    ITransactionAccess<TTransaction> Access, ISigner Signer, ITransactionJournal Journal)
    where THash : IStateHash
{
    /// <summary>Writes the state that the rollup starts with; null for an empty one.</summary>
    public Action<IStateView>? Genesis { get; init; }

    /// <summary>Takes the place of first in, first out: transactions are only taken through it. Null for none.</summary>
    public CommitReveal<TTransaction>? Sealed { get; init; }

    /// <summary>Where blobs can be had; null where no batch is in blobs.</summary>
    public IBlobSource? Blobs { get; init; }

    /// <summary>Checks blobs.</summary>
    public IBlobCommitter? Committer { get; init; }

    /// <summary>
    /// The first batch of which a prover still needs the signatures (<see cref="RollupSequencer{TTransaction, THash}.FindSigned"/>): the
    /// journal keeps it and what comes after, although final. Null where signatures are posted, or nobody proves.
    /// </summary>
    public Func<ulong>? Unproven { get; init; }

    internal DerivationNode<TTransaction, THash> NewNode() =>
        new(Rules, Settlement, Data, () => new Deriver<TTransaction, THash>(Rules, Transition(), Codec, Access, Genesis), Blobs, Committer);
}
