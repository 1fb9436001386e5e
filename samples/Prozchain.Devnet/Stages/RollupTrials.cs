using System.Buffers;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;
using Prozchain.Rollups;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;

namespace Prozchain.Devnet.Stages;

/// <summary>What a user can do against those who run the rollup: force a transaction in (--censor), and leave (--escape).</summary>
/// <typeparam name="THash">The hash of its state.</typeparam>
internal sealed class RollupTrials<THash> where THash : IStateHash
{
    // A day, and some, after which the Inbox is open to all if its queue was left alone.
    private const ulong Silence = 86_400 + 60;

    private readonly RollupSetup<THash> _setup;
    private readonly RollupClaims _claims;
    private readonly RunFolder _folder;
    private readonly WalletBook _wallets;
    private readonly string? _name;
    private readonly RunStatistics _statistics;
    private readonly RunView _view;
    private readonly RollupUser _user;

    /// <param name="setup">The rollup.</param>
    /// <param name="claims">Who has something to do whenever time has passed.</param>
    /// <param name="folder">Where a stranger's journal goes.</param>
    /// <param name="wallets">Everybody's keys.</param>
    /// <param name="name">The wallet that is wronged; null if there is none on the rollup.</param>
    /// <param name="statistics">Where what happened is noted.</param>
    /// <param name="view">Where lines go.</param>
    public RollupTrials(RollupSetup<THash> setup, RollupClaims claims, RunFolder folder, WalletBook wallets, string? name, RunStatistics statistics, RunView view)
    {
        (_setup, _claims, _folder, _wallets, _name, _statistics, _view) = (setup, claims, folder, wallets, name, statistics, view);
        _user = new RollupUser(setup.Layer.As(SettlementRole.Stranger), setup.Layer.Contracts);
    }

    /// <summary>What the bridge paid to those who left.</summary>
    public UInt128 Left { get; private set; }

    private string Name => _name ?? throw new InvalidOperationException("Expected a wallet on the rollup.");

    /// <summary>The sequencer takes nothing of a wallet any more: its payment goes into the forced queue, and when the sequencer leaves that alone, somebody else appends it.</summary>
    /// <exception cref="RunBrokenException">The payment does not get in.</exception>
    public async Task CensorAsync(CancellationToken cancellationToken)
    {
        RollupStanding standing = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        if (standing.Forced == 1)
        {
            Payment payment = _wallets.SignRollupTransfer(Name, _setup.Kind.TreasuryName, 0);
            if (!await _setup.RunAsync(_user.ForceAsync(ItemOf(payment), cancellationToken), cancellationToken).ConfigureAwait(false)) throw new RunBrokenException("the Inbox refused a forced payment");
            Note("censor", $"the sequencer takes nothing of {Name}, who puts a payment into the forced queue");
            standing = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        }
        if (standing.ForcedTaken == standing.Forced) return;
        if (!standing.IsOpen)
        {
            await _setup.AdvanceAsync(Silence, cancellationToken).ConfigureAwait(false);
            await _claims.SettleAsync(cancellationToken).ConfigureAwait(false);
            Note("censor", "the sequencer leaves it there for a day, and loses its right to be the only one");
        }
        RollupSequencer<Payment, THash> stranger = _setup.NewSequencer(SettlementRole.Stranger, _folder.StrangerJournal);
        await stranger.StartAsync(cancellationToken).ConfigureAwait(false);
        stranger.Extend();
        stranger.Close();
        await _setup.RunAsync(new ValueTask<int>(stranger.PostAsync(cancellationToken)), cancellationToken).ConfigureAwait(false);
        RollupStanding after = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        if (after.ForcedTaken != after.Forced) throw new RunBrokenException("nobody could append a forced payment");
        Note("censor", FormattableString.Invariant($"a stranger appends it as batch {after.Batches - 1}"));
    }

    /// <summary>Nothing becomes final any more: after the exit delay somebody freezes the rollup, and a wallet leaves with its balance in the last final state.</summary>
    /// <param name="state">That state.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="RunBrokenException">It cannot leave.</exception>
    public async Task EscapeAsync(StateStore<THash> state, CancellationToken cancellationToken)
    {
        SettlementLayer layer = _setup.Layer;
        ISettlementChain chain = layer.As(SettlementRole.Stranger);
        EscapeProof proof = FindProof(state, out string name);
        if (!(await _user.StandingAsync(cancellationToken).ConfigureAwait(false)).IsFrozen)
        {
            ulong delay = RollupSetup.Plan(_setup.Options, role => layer.As(role).Account, _setup.Kind.Payments).Exit.Seconds;
            if (!await FreezeAsync(cancellationToken).ConfigureAwait(false))
            {
                await _setup.AdvanceAsync(delay + 1, cancellationToken).ConfigureAwait(false);
                await _claims.SettleAsync(cancellationToken).ConfigureAwait(false);
                if (!await FreezeAsync(cancellationToken).ConfigureAwait(false)) throw new RunBrokenException("a rollup that stands still could not be frozen");
            }
            Note("escape", FormattableString.Invariant($"nothing becomes final for {delay / 86_400.0:F1} days, and a stranger freezes the rollup"));
        }
        var recipient = new L1Address(DevnetSeeds.Bytes(_setup.Options.Seed, "refuge").AsSpan(0, L1Address.Size));
        (ReadOnlyMemory<byte> key, byte[] signature) = _wallets.SignOnRollup(name, proof.Message(layer.ChainId, layer.Contracts.EscapeHatch, recipient));
        ChainCall call = proof.Call(layer.Contracts.EscapeHatch, recipient, key.Span, signature);
        // A run that was resumed may find that it has left already.
        UInt128 before = await _user.EscrowAsync(0, cancellationToken).ConfigureAwait(false);
        if ((await chain.CallAsync(call, cancellationToken).ConfigureAwait(false)).IsOk) await _setup.RunAsync(chain.SendAsync(call, cancellationToken), cancellationToken).ConfigureAwait(false);
        UInt128 after = await _user.EscrowAsync(0, cancellationToken).ConfigureAwait(false);
        if (before - after != proof.Amount && before != after) throw new RunBrokenException($"the bridge held {before} before a wallet left with {proof.Amount}, and {after} after");
        Left = proof.Amount;
        Note("escape", FormattableString.Invariant($"{name} leaves with {proof.Amount} base units by a Merkle proof of {proof.BalancePath.Count} siblings against the last final root"));
    }

    private Task<bool> FreezeAsync(CancellationToken cancellationToken) => _setup.RunAsync(_user.FreezeAsync(cancellationToken), cancellationToken);

    private static ReadOnlyMemory<byte> ItemOf(in Payment payment)
    {
        var item = new ArrayBufferWriter<byte>();
        new PaymentAccess(DevnetChain.RollupChainId).WriteItem(payment, item);
        return item.WrittenMemory;
    }

    // The wronged wallet, or the next that has anything left.
    private EscapeProof FindProof(StateStore<THash> state, out string name)
    {
        foreach (string candidate in _wallets.Names.Prepend(Name))
        {
            name = candidate;
            if (EscapeProof.TryMake(state, _wallets[candidate].RollupAddress, 0) is { } proof) return proof;
        }
        throw new RunBrokenException("nobody has anything on the rollup");
    }

    private void Note(string trial, string sentence)
    {
        _view.Note($"{trial}: {sentence}");
        _statistics.Trials.Add(new TrialNote(trial, sentence));
    }
}
