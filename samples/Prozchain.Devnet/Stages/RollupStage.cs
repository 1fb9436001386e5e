using System.Diagnostics;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Rollups;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// The rollup: one deposit through its bridge, paid on to the senders; a sequencer whose word is in its journal before
/// anybody has it; and a node that derives all of it again from the settlement layer and the posted data alone. What is done
/// next follows from what the settlement layer holds, so that a resumed run does the same.
/// </summary>
/// <typeparam name="THash">The hash of its state.</typeparam>
internal sealed class RollupStage<THash> : IRollupStage where THash : IStateHash
{
    private readonly DevnetOptions _options;
    private readonly RunStatistics _statistics;
    private readonly RunView _view;
    private readonly Genesis _genesis;
    private readonly RollupSetup<THash> _setup;
    private readonly RollupClaims _claims;
    private readonly RollupTrials<THash> _trials;
    private readonly RollupWithdrawal<THash> _withdrawal;
    private readonly CodedDataPublisher _publisher;
    private readonly AvailabilityStage _availability;
    private readonly PaymentNode<THash> _node;
    private readonly DerivationNode<Payment, THash> _follower;
    private readonly RollupSequencer<Payment, THash> _sequencer;
    private readonly RollupUser _user;
    private readonly Queue<Payment> _waiting = [];
    private readonly string _squares;

    // Own payments of posted batches, and those of a batch that a crash left open.
    private int _posted, _open;

    /// <param name="kind">What the rollup is by its mode; the stage's from now on.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="folder">Where squares and journals are.</param>
    /// <param name="genesis">Who is to have what.</param>
    /// <param name="layer">The settlement layer.</param>
    /// <param name="wallets">Who leaves, and whom the sequencer refuses.</param>
    /// <param name="firstSender">The first wallet that sends on the rollup; null for none.</param>
    /// <param name="statistics">Figures to fill in.</param>
    /// <param name="view">Where lines go.</param>
    /// <param name="runRound">Runs a round without workload lines.</param>
    public RollupStage(
        RollupKind<THash> kind, DevnetOptions options, RunFolder folder, Genesis genesis, SettlementLayer layer, Workloads.WalletBook wallets, string? firstSender, RunStatistics statistics, RunView view, Action runRound)
    {
        (_options, _genesis, _statistics, _view, _squares) = (options, genesis, statistics, view, folder.Squares);
        _publisher = new CodedDataPublisher(_squares, options.Availability);
        _availability = new AvailabilityStage(options, view);
        _setup = new RollupSetup<THash>(options, layer, _publisher, runRound, kind);
        _node = _setup.NewNode(out _follower);
        _sequencer = _setup.NewSequencer(SettlementRole.Sequencer, folder.SequencerJournal);
        _user = new RollupUser(layer.As(SettlementRole.Stranger), layer.Contracts);
        kind.Connect(_setup, _sequencer.FindSigned, view.Note);
        for (int i = 0; i < genesis.RollupSenders.Count && kind.NameOf(i) is { } given; i++) wallets.NameOnRollup(genesis.RollupSenders[i], given);
        _claims = new RollupClaims(_setup, _node, (source, told) => kind.Parties(_setup, source, told), statistics, view);
        _trials = new RollupTrials<THash>(_setup, _claims, folder, wallets, firstSender, statistics, view);
        _withdrawal = new RollupWithdrawal<THash>(_setup, wallets, firstSender, statistics, view);
    }

    /// <summary>Payments that wait for a batch.</summary>
    public int Pending => _waiting.Count + _open;

    /// <summary>What all accounts of the rollup have together, those who left not counted.</summary>
    public UInt128 TotalBalance => _setup.Kind.Sum(_follower.Deriver.State) - _trials.Left;

    /// <summary>What the bridge holds for the rollup.</summary>
    public UInt128 Escrow { get; private set; }

    /// <summary>What the bridge paid out.</summary>
    public UInt128 Left => _trials.Left + _withdrawal.Amount;

    public string StateRoot => _follower.Deriver.Tip.Root.ToString();

    /// <summary>Derives what was posted before, starts the sequencer where it ended, and sees to it that every sender has its fund. Returns the workload's payments in batches so far.</summary>
    /// <exception cref="RunUnusableException">The data of a posted batch is gone.</exception>
    public async Task<long> StartAsync(CancellationToken cancellationToken)
    {
        if (_genesis.Deposit == 0) return 0;
        await SyncAsync(cancellationToken).ConfigureAwait(false);
        await _sequencer.StartAsync(cancellationToken).ConfigureAwait(false);
        await PostClosedAsync(cancellationToken).ConfigureAwait(false);
        await _claims.SettleAsync(cancellationToken).ConfigureAwait(false);
        RollupStanding standing = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        // What was opened before a crash goes on; what is forced in later is not for this sequencer.
        if (standing.Forced <= 1 && _sequencer.Extend() is { } word) _open = (int)word.Position + 1;
        if (standing.Forced == 0)
        {
            if (!await _setup.RunAsync(_user.DepositAsync(_genesis.Deposit, AccountAddress.FromPublicKey(_setup.Kind.Treasury.PublicKey.Span), cancellationToken), cancellationToken).ConfigureAwait(false))
                throw new RunBrokenException($"the bridge refused the deposit of {_genesis.Deposit}");
            _view.Note(FormattableString.Invariant($"bridge: {_genesis.Deposit} base units deposited, to be paid on to {_genesis.RollupSenders.Count} senders on the rollup"));
            await _sequencer.FollowAsync(cancellationToken).ConfigureAwait(false);
        }
        await FundAsync(cancellationToken).ConfigureAwait(false);
        return _posted + _open - _genesis.RollupSenders.Count;
    }

    /// <summary>Hands one payment in.</summary>
    public void Submit(in Payment payment) => _waiting.Enqueue(payment);

    /// <summary>Claims what is posted, then batches, posts and claims while enough payments wait.</summary>
    /// <param name="all">True at the end of the workload: a last batch may be short.</param>
    /// <param name="cancellationToken">Ends the work between two rounds.</param>
    public async Task SettleAsync(bool all, CancellationToken cancellationToken)
    {
        while (Pending >= _options.BatchSize || (all && Pending > 0))
            await PostBatchAsync(Take(_options.BatchSize - _open), cancellationToken).ConfigureAwait(false);
        if (_genesis.Deposit > 0) await _claims.SettleAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows what was asked for, and lets time pass until every batch is final.</summary>
    /// <exception cref="RunBrokenException">Something is final that does not follow from the posted data.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_genesis.Deposit == 0) return;
        if (_withdrawal.IsToBeMade && _withdrawal.Sign(_follower.Deriver.State, _genesis.Deposit) is { } withdrawal) await PostBatchAsync([withdrawal], cancellationToken).ConfigureAwait(false);
        _withdrawal.Synchronize(_follower.Deriver.State);
        if (_options.Censor)
        {
            await _trials.CensorAsync(cancellationToken).ConfigureAwait(false);
            await _sequencer.FollowAsync(cancellationToken).ConfigureAwait(false);
            await SyncAsync(cancellationToken).ConfigureAwait(false);
        }
        await _claims.FinishAsync(cancellationToken).ConfigureAwait(false);
        RollupStanding standing = await _user.StandingAsync(cancellationToken).ConfigureAwait(false);
        Digest32 final = standing.Final == 0 ? default : await _user.FinalRootAsync(standing.Final - 1, cancellationToken).ConfigureAwait(false);
        // Where all is proven, a root is kept for those who need it alone.
        if (_options.Rollup == FinalityMode.Validity && final == default) final = _follower.Deriver.Tip.Root;
        if (standing.Final != standing.Batches || final != _follower.Deriver.Tip.Root) throw new RunBrokenException($"{standing.Final} of {standing.Batches} batches are final, with root {final}, not {_follower.Deriver.Tip.Root}");
        await _withdrawal.PayAsync(_genesis.Deposit, cancellationToken).ConfigureAwait(false);
        if (_options.Escape) await _trials.EscapeAsync(_follower.Deriver.State, cancellationToken).ConfigureAwait(false);
        Escrow = await _user.EscrowAsync(0, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _setup.Dispose();

    // One deposit for all, paid on by payments as any others: the first batches are these.
    private async Task FundAsync(CancellationToken cancellationToken)
    {
        int senders = _genesis.RollupSenders.Count;
        while (_posted < senders)
        {
            int first = _posted + _open, end = Math.Min(senders, (_posted / RollupSetup.FundingBatch + 1) * RollupSetup.FundingBatch);
            var payments = new Payment[end - first];
            for (int i = 0; i < payments.Length; i++)
            {
                var payment = new Payment { Sender = _setup.Kind.TreasuryName, Nonce = (ulong)(first + i), Recipient = _genesis.RollupSenders[first + i], Amount = _options.Fund };
                payments[i] = PaymentMessage.Sign(payment, _setup.Kind.Treasury, _setup.Rules.ChainId);
            }
            await PostBatchAsync(payments, cancellationToken).ConfigureAwait(false);
        }
    }

    private Payment[] Take(int count)
    {
        var payments = new Payment[Math.Min(count, _waiting.Count)];
        for (int i = 0; i < payments.Length; i++) payments[i] = _waiting.Dequeue();
        return payments;
    }

    private async Task PostBatchAsync(Payment[] payments, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        var results = new PoolResult[payments.Length];
        _sequencer.Submit(payments, results);
        if (Array.Find(results, static result => result != PoolResult.Accepted) is var refused and not PoolResult.Accepted) throw new RunBrokenException($"the sequencer refused a payment: {refused}");
        uint last = _sequencer.Extend()?.Position ?? throw new RunBrokenException("the sequencer opened no batch");
        if (last + 1 != _open + payments.Length) throw new RunBrokenException($"the sequencer took {last + 1} of {_open + payments.Length} payments");
        TimeSpan word = Stopwatch.GetElapsedTime(start);
        _sequencer.Close();
        _statistics.RollupSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        _statistics.BatchedHere += payments.Length;
        _open = 0;
        await PostClosedAsync(cancellationToken).ConfigureAwait(false);

        PostedData posted = _publisher.Latest ?? throw new UnreachableException();
        BatchSummary summary = _statistics.Batches[^1];
        AvailabilityResult availability = await _availability.CheckAsync(posted, (ulong)summary.Index, cancellationToken).ConfigureAwait(false);
        summary.Availability = availability;
        summary.DataRoot = Convert.ToHexStringLower(posted.Commitment);
        string what = summary.Transfers == summary.Payments ? $"{summary.Transfers} transfers" : summary.Withdrawals > 0 ? "1 withdrawal" : FormattableString.Invariant($"{summary.Payments} payments of funds");
        _view.Note(FormattableString.Invariant(
            $"batch {summary.Index}: {what}, last one confirmed after {word.TotalMilliseconds:F0} ms, {(double)(summary.Bytes - summary.SignatureBytes) / summary.Payments:F1} bytes each and {_setup.Kind.SignatureBytes} of signature; {availability.Shape}, {availability.Sampled} {availability.Unit}s sampled for {AvailabilityStage.Floor(availability.Confidence):P4} confidence, repaired from a random half; post root {summary.PostRoot[..16]}"));
        await _claims.SettleAsync(cancellationToken).ConfigureAwait(false);
    }

    // Posts what is closed and no more than closed, and derives it again.
    private async Task PostClosedAsync(CancellationToken cancellationToken)
    {
        // A second time where a crash kept a batch back for so long that it has to be made again.
        for (int i = 0; i < 2; i++)
        {
            await _setup.RunAsync(new ValueTask<int>(_sequencer.PostAsync(cancellationToken)), cancellationToken).ConfigureAwait(false);
            await _sequencer.FollowAsync(cancellationToken).ConfigureAwait(false);
        }
        if (_sequencer.Refusal is { } refusal) throw new RunBrokenException($"the Inbox refused a batch: {refusal}");
        await SyncAsync(cancellationToken).ConfigureAwait(false);
        if (_follower.Deriver.Tip.Root != _sequencer.Tip.Root) throw new RunBrokenException($"the node derived {_follower.Deriver.Tip.Root}, the sequencer made {_sequencer.Tip.Root}");
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        var batches = new List<ExecutedBatch>();
        DerivationStatus status = await _node.SyncAsync(new Listed(batches), cancellationToken).ConfigureAwait(false);
        if (status.WaitsFor is { } missing) throw new RunUnusableException($"The folder '{_squares}' lacks the data of batch {missing}, or has it damaged.");
        foreach (ExecutedBatch batch in batches)
        {
            int own = batch.Statuses.Length - batch.ForcedCount, withdrawals = _withdrawal.Take(batch);
            // A batch of forced items alone has none of its own.
            if (batch.Verdict != BatchVerdict.Executed && (batch.Verdict != BatchVerdict.NoBatch || batch.ForcedCount == 0)) throw new RunBrokenException($"batch {batch.Posting.Number} counts as {batch.Verdict}");
            int funds = Math.Clamp(_genesis.RollupSenders.Count - _posted, 0, own);
            // A withdrawal is no line of the workload.
            _posted += own - withdrawals;
            _statistics.Batches.Add(new BatchSummary
            {
                Index = (long)batch.Posting.Number,
                Transfers = own - funds - withdrawals,
                Payments = own,
                Withdrawals = withdrawals,
                Forced = batch.ForcedCount,
                Bytes = (long)batch.Posting.Length,
                SignatureBytes = _setup.Kind.SignatureBytes * own,
                Commitment = batch.Posting.Data.ToString(),
                PostRoot = batch.PostRoot.ToString(),
            });
        }
    }

    private sealed class Listed(List<ExecutedBatch> batches) : IProgress<ExecutedBatch>
    {
        public void Report(ExecutedBatch value) => batches.Add(value);
    }
}
