using Prozchain.Devnet.Adapters;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Stages;

/// <summary>The same with the rollup's rules: what nodes and sequencers are made of.</summary>
/// <typeparam name="THash">The hash of its state.</typeparam>
internal sealed class RollupSetup<THash> : RollupSetup where THash : IStateHash
{
    private readonly P256Signer _words;

    public RollupSetup(DevnetOptions options, SettlementLayer layer, IDataPublisher data, Action runRound, RollupKind<THash> kind) : base(options, layer, data, runRound)
    {
        Kind = Own(kind);
        _words = Own(new P256Signer(DevnetSeeds.Bytes(options.Seed, "sequencer")));
        Rules = kind.RulesOf(new DerivationRules(kind.Payments.ChainId, layer.Contracts.Inbox, layer.Contracts.Bridge, 0)
        {
            DataChallenge = layer.Contracts.DataChallenge,
            Limits = BatchLimits.Default with { MaxTransfers = Math.Max(options.BatchSize, FundingBatch) },
            // The settlement layer's blocks stay; a development node's could be undone, but nobody does.
            UndoBatches = 16,
        });
    }

    public RollupKind<THash> Kind { get; }

    public DerivationRules Rules { get; }

    /// <summary>A node that derives the rollup from its settlement layer and its data, and knows what claims about it are made of.</summary>
    /// <param name="follower">What derives in it.</param>
    public PaymentNode<THash> NewNode(out DerivationNode<Payment, THash> follower)
    {
        DerivationNode<Payment, THash> first = NewDerivation();
        follower = first;
        bool isFirst = true;
        // A dispute has the node derive a second time, apart from the first.
        return Own(new PaymentNode<THash>(Kind.Payments, Own(Kind.NewVerifier()), Layer.As(SettlementRole.Verifier), Layer.Contracts.StateChain, () =>
        {
            if (!isFirst) return NewDerivation();
            isFirst = false;
            return first;
        })
        { SegmentSteps = Kind.SegmentSteps });
    }

    /// <summary>A sequencer on somebody's account, with a journal in a file.</summary>
    public RollupSequencer<Payment, THash> NewSequencer(SettlementRole role, string journal)
    {
        // One that anybody may send any number to, a chunk of the workload at a time.
        var pool = new PoolOptions { Capacity = 1 << 21, MaxBytes = 1L << 40, SenderShare = 1 };
        var setup = new RollupSequencerSetup<Payment, THash>(Rules, Layer.As(role), Data, Transition, Kind.Codec, new PaymentAccess(Rules.ChainId), _words, Own(new FileTransactionJournal(journal)))
        {
            Genesis = Kind.Genesis, Unproven = Rules.IsBare ? () => Final : null,
        };
        return new RollupSequencer<Payment, THash>(setup, new RollupSequencerOptions { Pool = pool, Cores = Options.Parallelism });
    }

    /// <summary>Rules of payments of somebody's own.</summary>
    public Payments<THash> Transition() => new(Kind.Payments, Own(Kind.NewVerifier()));

    private DerivationNode<Payment, THash> NewDerivation() => new(Rules, Layer.As(SettlementRole.Verifier), Data, () => Kind.NewDeriver(Rules, Transition()));
}
