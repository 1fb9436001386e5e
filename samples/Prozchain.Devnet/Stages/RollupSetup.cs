using Prozchain.Devnet.Adapters;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Stages;

/// <summary>What everybody around the rollup is made of, whatever its hash: its settlement layer, its data, and who waits for blocks.</summary>
internal abstract class RollupSetup : IDisposable
{
    /// <summary>Payments of funds in one batch at most.</summary>
    public const int FundingBatch = 2_000;

    private readonly Action _runRound;
    private readonly List<IDisposable> _owned = [];

    protected RollupSetup(DevnetOptions options, SettlementLayer layer, IDataPublisher data, Action runRound) => (Options, Layer, Data, _runRound) = (options, layer, data, runRound);

    public DevnetOptions Options { get; }

    public SettlementLayer Layer { get; }

    public IDataPublisher Data { get; }

    /// <summary>Batches that are final: of others the sequencer's journal keeps the signatures, where they are not posted.</summary>
    public ulong Final { get; set; }

    /// <summary>A run's settlement layer: on the beacon, or on a node of its own.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="folder">Where a node keeps what it must remember.</param>
    /// <param name="change">Makes another plan of that of a rollup whose steps are executed again, on a chain in process; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RunUnusableException">The node does not start.</exception>
    public static async Task<SettlementLayer> StartLayerAsync(DevnetOptions options, RunFolder folder, Func<InProcessChain, RollupPlan, RollupPlan>? change, CancellationToken cancellationToken)
    {
        using var treasury = TreasuryOf(options);
        PaymentRules payments = PaymentsOf(treasury);
        byte[] KeyOf(SettlementRole role) => DevnetSeeds.Bytes(options.Seed, "settlement", (ulong)role);
        if (options.Settlement == SettlementKind.Evm)
            return await AnvilSettlement.StartAsync(options.Npm, folder.Path, DevnetChain.GenesisTimeMs / 1000, KeyOf, addressOf => Plan(options, addressOf, payments), cancellationToken).ConfigureAwait(false);
        // On the beacon nobody signs: a role's address is all there is of it.
        L1Address AddressOf(SettlementRole role) => new(KeyOf(role).AsSpan(0, L1Address.Size));
        RollupPlan plan = Plan(options, AddressOf, payments);
        return await BeaconSettlement.StartAsync(DevnetChain.GenesisTimeMs, DevnetChain.BlockTimeMs, AddressOf, chain => change?.Invoke(chain, plan) ?? plan, cancellationToken).ConfigureAwait(false);
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
        Mode = new RollupMode(FinalityMode.Optimistic, options.Settlement),
        Finality = new FinalityParameters { OptimisticPeriod = FinalityParameters.LeastOptimisticPeriod },
        Tournament = new TournamentParameters { ChallengePeriod = FinalityParameters.LeastOptimisticPeriod },
        DataWindow = 6 * 3_600,
        Rollup = DevnetChain.RollupChainId,
    };

    /// <summary>The treasury's key where keys are of P-256.</summary>
    public static P256Signer TreasuryOf(DevnetOptions options) => new(DevnetSeeds.Bytes(options.Seed, "treasury"));

    /// <summary>Rules where accounts are by address. Fees are none; the treasury would get them.</summary>
    public static PaymentRules PaymentsOf(ISigner treasury) => new(DevnetChain.RollupChainId, AccountAddress.FromPublicKey(treasury.PublicKey.Span));

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

    protected T Own<T>(T owned)
    {
        if (owned is IDisposable disposable) _owned.Add(disposable);
        return owned;
    }

    private async ValueTask<bool> Advance(ulong seconds, CancellationToken cancellationToken)
    {
        await Layer.AdvanceAsync(seconds, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
