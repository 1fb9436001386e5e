using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;
using Prozchain.Rollups;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;

namespace Prozchain.Devnet.Stages;

/// <summary>The ordinary way out (--withdraw): a wallet withdraws on the rollup, and once the batch is final the bridge pays it.</summary>
internal sealed class RollupWithdrawal<THash>(RollupSetup<THash> setup, WalletBook wallets, string? name, RunStatistics statistics, RunView view) where THash : IStateHash
{
    // A thousandth of what the bridge holds: little enough to be paid at once.
    private const uint Part = 1_000;

    private readonly RollupUser _user = new(setup.Layer.As(SettlementRole.Stranger), setup.Layer.Contracts);
    private readonly L1Address _purse = new(DevnetSeeds.Bytes(setup.Options.Seed, "purse").AsSpan(0, L1Address.Size));
    private ExecutedBatch? _batch;

    /// <summary>What left the rollup.</summary>
    public UInt128 Amount => _batch is null ? 0 : _batch.Effects[0].Amount;

    /// <summary>True until a batch has the withdrawal.</summary>
    public bool IsToBeMade => setup.Options.Withdraw && _batch is null;

    /// <summary>Notes a batch that was derived. Returns the withdrawals in it, 0 or 1.</summary>
    public int Take(ExecutedBatch batch)
    {
        if (batch.Effects.Count == 0) return 0;
        _batch = batch;
        return 1;
    }

    /// <summary>The withdrawal, signed; null if the wallet has nothing left.</summary>
    /// <param name="state">The newest state.</param>
    /// <param name="escrow">What the bridge holds.</param>
    public Payment? Sign(StateStore<THash> state, UInt128 escrow)
    {
        string from = name ?? throw new InvalidOperationException("Expected a wallet on the rollup.");
        Synchronize(state);
        UInt128 balance = setup.Kind.Find(state, wallets[from].RollupName)?.Balance ?? 0;
        UInt128 amount = UInt128.Min(balance, UInt128.Max(1, escrow / Part));
        return amount == 0 ? null : wallets.SignRollupWithdrawal(from, _purse, amount);
    }

    /// <summary>Sets the wallet's nonce to what the rollup says: a resumed run has not sent what is there.</summary>
    public void Synchronize(StateStore<THash> state)
    {
        if (name is not null && setup.Kind.Find(state, wallets[name].RollupName) is { } account) wallets[name].RollupNonce = account.Nonce;
    }

    /// <summary>Fetches what left, once that is final.</summary>
    /// <param name="deposit">What came in by the bridge.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="RunBrokenException">The bridge does not pay.</exception>
    public async Task PayAsync(UInt128 deposit, CancellationToken cancellationToken)
    {
        if (_batch is not { } batch) return;
        await setup.RunAsync(_user.WithdrawAsync(batch, 0, cancellationToken), cancellationToken).ConfigureAwait(false);
        // A run that was resumed may find that it was paid already.
        if (await _user.EscrowAsync(0, cancellationToken).ConfigureAwait(false) > deposit - Amount) throw new RunBrokenException($"the bridge did not pay a withdrawal of {Amount} in batch {batch.Posting.Number}");
        string sentence = FormattableString.Invariant($"{name} withdrew {Amount} base units in batch {batch.Posting.Number}; it is final, and the bridge pays {_purse}");
        view.Note("withdraw: " + sentence);
        statistics.Trials.Add(new TrialNote("withdraw", sentence));
    }
}
