using Prozchain.Devnet.Adapters;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Devnet.Stages;

/// <summary>What everybody around the rollup is made of: its rules, its settlement layer, its data, and who waits for blocks.</summary>
internal sealed class RollupSetup : IDisposable
{
    /// <summary>Payments of funds in one batch at most.</summary>
    public const int FundingBatch = 2_000;

    private readonly Action _runRound;
    private readonly List<IDisposable> _owned = [];
    private readonly P256Signer _words;

    public RollupSetup(DevnetOptions options, SettlementLayer layer, IDataPublisher data, Action runRound)
    {
        (Options, Layer, Data, _runRound) = (options, layer, data, runRound);
        Treasury = Own(TreasuryOf(options));
        _words = Own(new P256Signer(DevnetSeeds.Bytes(options.Seed, "sequencer")));
        Payments = PaymentsOf(Treasury);
        Rules = new DerivationRules(DevnetChain.RollupChainId, layer.Contracts.Inbox, layer.Contracts.Bridge, 0)
        {
            DataChallenge = layer.Contracts.DataChallenge,
            IsListed = true,
            Limits = BatchLimits.Default with { MaxTransfers = Math.Max(options.BatchSize, FundingBatch) },
            // The settlement layer's blocks stay; a development node's could be undone, but nobody does.
            UndoBatches = 16,
        };
    }

    public DevnetOptions Options { get; }

    public SettlementLayer Layer { get; }

    public IDataPublisher Data { get; }

    public DerivationRules Rules { get; }

    public PaymentRules Payments { get; }

    /// <summary>The account that gets the one deposit and pays it on; it holds nothing afterwards.</summary>
    public ISigner Treasury { get; }

    public AccountAddress TreasuryAddress => AccountAddress.FromPublicKey(Treasury.PublicKey.Span);

    /// <summary>A run's settlement layer: on the beacon, or on a node of its own.</summary>
    /// <exception cref="RunUnusableException">The node does not start.</exception>
    public static async Task<SettlementLayer> StartLayerAsync(DevnetOptions options, RunFolder folder, CancellationToken cancellationToken)
    {
        using var treasury = TreasuryOf(options);
        PaymentRules payments = PaymentsOf(treasury);
        byte[] KeyOf(SettlementRole role) => DevnetSeeds.Bytes(options.Seed, "settlement", (ulong)role);
        if (options.Settlement == SettlementKind.Evm)
            return await AnvilSettlement.StartAsync(options.Npm, folder.Path, DevnetChain.GenesisTimeMs / 1000, KeyOf, addressOf => Plan(options, addressOf, payments), cancellationToken).ConfigureAwait(false);
        // On the beacon nobody signs: a role's address is all there is of it.
        L1Address AddressOf(SettlementRole role) => new(KeyOf(role).AsSpan(0, L1Address.Size));
        return await BeaconSettlement.StartAsync(DevnetChain.GenesisTimeMs, DevnetChain.BlockTimeMs, AddressOf, Plan(options, AddressOf, payments), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A day to contest a claim and six hours to ask for data, the least that is accepted; all else as it is by default.</summary>
    public static RollupPlan Plan(DevnetOptions options, Func<SettlementRole, L1Address> addressOf, PaymentRules payments) => new()
    {
        Sequencer = addressOf(SettlementRole.Sequencer),
        Proposer = addressOf(SettlementRole.Proposer),
        Deputy = addressOf(SettlementRole.Sequencer),
        Council = [.. Enumerable.Range(0, 8).Select(member => new L1Address(DevnetSeeds.Bytes(options.Seed, "council", (ulong)member).AsSpan(0, L1Address.Size)))],
        GenesisRoot = default,
        Payments = payments,
        Mode = new RollupMode(options.Rollup, options.Settlement),
        Finality = new FinalityParameters { Mode = options.Rollup, OptimisticPeriod = FinalityParameters.LeastOptimisticPeriod },
        Tournament = new TournamentParameters { ChallengePeriod = FinalityParameters.LeastOptimisticPeriod },
        DataWindow = 6 * 3_600,
        Rollup = DevnetChain.RollupChainId,
    };

    public static ITransactionCodec<Payment> Codec(IStateView view) => new PaymentCodec(new StateAccountNames<KeccakTree>(view), PaymentLimits.Default);

    /// <summary>A node that derives the rollup from its settlement layer and its data, and knows what claims about it are made of.</summary>
    /// <param name="follower">What derives in it.</param>
    public PaymentNode<KeccakTree> NewNode(out DerivationNode<Payment, KeccakTree> follower)
    {
        DerivationNode<Payment, KeccakTree> first = NewDerivation();
        follower = first;
        bool isFirst = true;
        // A dispute has the node derive a second time, apart from the first.
        return Own(new PaymentNode<KeccakTree>(Payments, Own(new P256Verifier()), Layer.As(SettlementRole.Verifier), Layer.Contracts.StateChain, () =>
        {
            if (!isFirst) return NewDerivation();
            isFirst = false;
            return first;
        }));
    }

    /// <summary>A sequencer on somebody's account, with a journal in a file.</summary>
    public RollupSequencer<Payment, KeccakTree> NewSequencer(SettlementRole role, string journal)
    {
        // One that anybody may send any number to, a chunk of the workload at a time.
        var pool = new PoolOptions { Capacity = 1 << 21, MaxBytes = 1L << 40, SenderShare = 1 };
        return new RollupSequencer<Payment, KeccakTree>(
            new RollupSequencerSetup<Payment, KeccakTree>(Rules, Layer.As(role), Data, Transition, Codec, new PaymentAccess(Rules.ChainId), _words, Own(new FileTransactionJournal(journal))),
            new RollupSequencerOptions { Pool = pool, Cores = Options.Parallelism });
    }

    /// <summary>Sees work on the settlement layer to its end.</summary>
    public async Task<T> RunAsync<T>(ValueTask<T> work, CancellationToken cancellationToken)
    {
        Task<T> task = work.AsTask();
        await Layer.RunAsync(task, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            _runRound();
        }).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <summary>Moves the settlement layer's clock on.</summary>
    public Task AdvanceAsync(ulong seconds, CancellationToken cancellationToken) => RunAsync(Advance(seconds, cancellationToken), cancellationToken);

    public void Dispose()
    {
        foreach (IDisposable owned in _owned) owned.Dispose();
    }

    private DerivationNode<Payment, KeccakTree> NewDerivation() =>
        new(Rules, Layer.As(SettlementRole.Verifier), Data, () => new Deriver<Payment, KeccakTree>(Rules, Transition(), Codec, new PaymentAccess(Rules.ChainId)));

    private static P256Signer TreasuryOf(DevnetOptions options) => new(DevnetSeeds.Bytes(options.Seed, "treasury"));

    // Fees are none; the treasury would get them.
    private static PaymentRules PaymentsOf(ISigner treasury) => new(DevnetChain.RollupChainId, AccountAddress.FromPublicKey(treasury.PublicKey.Span));

    private async ValueTask<bool> Advance(ulong seconds, CancellationToken cancellationToken)
    {
        await Layer.AdvanceAsync(seconds, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private Payments<KeccakTree> Transition() => new(Payments, Own(new P256Verifier()));

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
