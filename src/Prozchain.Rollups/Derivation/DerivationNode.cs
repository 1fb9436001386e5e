using System.Diagnostics;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Derivation;

/// <summary>
/// Follows a rollup: reads the Inbox's logs from the settlement layer, fetches sources, and lets a <see cref="Deriver{TTransaction, THash}"/>
/// do the rest. Keeps nothing: a new one reaches the same roots from the settlement layer and the data alone. Not thread-safe.
/// </summary>
/// <param name="rules">What everybody agrees on.</param>
/// <param name="settlement">The settlement layer.</param>
/// <param name="data">Where data off the settlement layer is.</param>
/// <param name="start">Makes a deriver at the genesis.</param>
/// <param name="blobs">Where blobs are; without it, batches in blobs wait.</param>
/// <param name="committer">Checks blobs.</param>
public sealed class DerivationNode<TTransaction, THash>(
    DerivationRules rules, ISettlementChain settlement, IDataPublisher data, Func<Deriver<TTransaction, THash>> start, IBlobSource? blobs = null, IBlobCommitter? committer = null)
    where THash : IStateHash
{
    private readonly SourceReader _sources = new(rules, data, blobs, committer);
    private readonly L1Address[] _contracts = rules.DataChallenge.IsZero ? [rules.Inbox] : [rules.Inbox, rules.DataChallenge];
    // Batches that were withheld, and those executed from what was shown, by the block that says so.
    private readonly Dictionary<ulong, ulong> _withheld = [], _fromShown = [];
    // Of those withheld, the ones that the settlement layer has to say again, after all started over.
    private readonly Dictionary<ulong, ulong> _unconfirmed = [];
    private readonly ShownItems _shown = new();
    private readonly List<Happening> _ahead = [];
    private SettlementFollower _follower = new(settlement, rules.DataChallenge.IsZero ? [rules.Inbox] : [rules.Inbox, rules.DataChallenge], rules.FirstBlock);
    private ulong _readTo, _finalized;
    private bool _wasUndone, _startedOver;

    /// <summary>The deriver; another one after a reorganisation deeper than it can undo.</summary>
    public Deriver<TTransaction, THash> Deriver { get; private set; } = start();

    /// <summary>Reads and derives as far as it goes now.</summary>
    /// <param name="progress">Is told of each batch. One that is undone by a reorganisation is told again when it is derived again.</param>
    /// <param name="cancellationToken">Ends the work between two batches; it goes on at the next call.</param>
    public async Task<DerivationStatus> SyncAsync(IProgress<ExecutedBatch>? progress, CancellationToken cancellationToken)
    {
        Waiting? waits = await DeriveAsync(progress, cancellationToken).ConfigureAwait(false);
        while (await _follower.ReadAsync(cancellationToken).ConfigureAwait(false) is { } update)
        {
            if (update.RolledBackTo is { } standing) Rewind(standing);
            else Take(update);
            if (!_startedOver && HasUnsaid(update.ReadTo)) StartOver();
            (_readTo, _finalized) = (update.ReadTo, update.Finalized);
            waits = await DeriveAsync(progress, cancellationToken).ConfigureAwait(false);
            // What starts over has taken in nothing yet.
            bool isFresh = _startedOver;
            _startedOver = false;
            if (isFresh) continue;
            ulong taken = _ahead.Count > 0 ? Math.Min(_ahead[0].Block - 1, _readTo) : _readTo;
            Deriver.Finalize(Math.Min(_finalized, taken));
        }
        var status = new DerivationStatus(Deriver.Tip, _readTo, _finalized, waits?.Batch, waits?.Why, _wasUndone);
        _wasUndone = false;
        return status;
    }

    private void Rewind(ulong standing)
    {
        _wasUndone = true;
        _ahead.RemoveAll(happening => happening.Block > standing);
        _shown.Rewind(standing);
        // What was executed as it never was said to be.
        bool isTooLate = Reinstate(_withheld, standing) | Reinstate(_fromShown, standing);
        Reinstate(_unconfirmed, standing);
        if (!Deriver.TryRewind(standing) || isTooLate) StartOver();
    }

    private bool Reinstate(Dictionary<ulong, ulong> said, ulong standing)
    {
        ulong[] batches = [.. said.Where(entry => entry.Value > standing).Select(entry => entry.Key)];
        foreach (ulong batch in batches) said.Remove(batch);
        return batches.Any(batch => batch < Deriver.Tip.NextBatch);
    }

    // A reorganisation between starting over and reading that far again is one that nobody saw.
    private bool HasUnsaid(ulong readTo)
    {
        ulong[] batches = [.. _unconfirmed.Where(entry => entry.Value <= readTo).Select(entry => entry.Key)];
        foreach (ulong batch in batches) _withheld.Remove(batch);
        foreach (ulong batch in batches) _unconfirmed.Remove(batch);
        return batches.Any(batch => batch < Deriver.Tip.NextBatch);
    }

    // The batches are ones of an empty source, for everybody: also for who had their data, and has to undo what came of it.
    private bool Withhold(ulong first, ulong end, ulong block)
    {
        bool isTooLate = false;
        for (ulong batch = first; batch < end; batch++)
        {
            _unconfirmed.Remove(batch);
            isTooLate |= _withheld.TryAdd(batch, block) && batch < Deriver.Tip.NextBatch;
        }
        if (isTooLate) StartOver();
        return isTooLate;
    }

    private void StartOver()
    {
        _wasUndone = _startedOver = true;
        _ahead.Clear();
        _shown.Clear();
        _fromShown.Clear();
        foreach ((ulong batch, ulong block) in _withheld) _unconfirmed[batch] = block;
        (Deriver, _follower) = (start(), new SettlementFollower(settlement, _contracts, rules.FirstBlock));
    }

    private void Take(SettlementUpdate update)
    {
        Dictionary<ulong, ulong> times = update.Blocks.ToDictionary(block => block.Number, block => block.TimestampSeconds);
        foreach (ChainLog log in update.Logs)
        {
            if (log.Contract == rules.DataChallenge)
            {
                // Where all starts over, this is all read again.
                if (DataChallengeContract.Withheld.TryDecode(log.TopicList(), log.Data, out AbiValue withheld) == AbiReadResult.Ok && Withhold(withheld[0].ToUInt64(), withheld[2].ToUInt64(), log.Block)) return;
                if (DataChallengeContract.ItemsShown.TryDecode(log.TopicList(), log.Data, out AbiValue shown) == AbiReadResult.Ok) Show(shown, log.Block);
                continue;
            }
            if (InboxContract.TryRead(log, out InboxForcedItem item)) _ahead.Add(new Happening(log, new ForcedItem(item.Index, item.Sender, item.Data, log.Block) { Head = item.Head, TimestampSeconds = item.Timestamp }, null));
            if (!InboxContract.TryRead(log, out InboxBatch batch)) continue;
            var posting = new PostedBatch(
                batch.Number, batch.Poster, (SourceKind)batch.Kind, batch.Data, batch.Length, batch.Items, batch.Count, batch.Time, batch.ForcedTaken, log.Block)
            {
                Head = batch.Head, ForcedHead = batch.ForcedHead, BlockTime = times[log.Block], Posted = (batch.Items, batch.Count),
            };
            _ahead.Add(new Happening(log, default, posting));
        }
    }

    // What was executed already had the same items. A batch that is undone takes with it what was shown of it, in later blocks.
    private void Show(AbiValue shown, ulong block)
    {
        ulong batch = shown[0].ToUInt64();
        if (!rules.IsListed || batch < Deriver.Tip.NextBatch) return;
        var items = new ReadOnlyMemory<byte>[shown[2].Items.Length];
        for (int i = 0; i < items.Length; i++) items[i] = shown[2][i].Bytes;
        _shown.Add(batch, shown[1].ToUInt64(), block, items);
    }

    // Derives what is ahead; answers the batch that it cannot go on at, if there is one.
    private async ValueTask<Waiting?> DeriveAsync(IProgress<ExecutedBatch>? progress, CancellationToken cancellation)
    {
        int done = 0;
        try
        {
            while (done < _ahead.Count)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_ahead[done].Posting is not { } posting)
                {
                    Deriver.Queue(_ahead[done++].Item);
                    continue;
                }
                using Activity? activity = RollupInstruments.Activities.StartActivity("derivation.batch")?.SetTag(RollupInstruments.Batch, posting.Number);
                (ExecutedBatch? batch, WaitReason why) = await ExecuteAsync(posting, _ahead[done].Log, cancellation).ConfigureAwait(false);
                if (batch is null)
                {
                    RollupInstruments.Waits.AddOne(why);
                    return new Waiting(posting.Number, why);
                }
                RollupInstruments.Derived.AddOne(batch.Verdict);
                RollupInstruments.DerivedTransactions.Add(batch.Statuses.Length - batch.ForcedCount);
                _shown.Remove(posting.Number);
                done++;
                progress?.Report(batch);
            }
            return null;
        }
        finally
        {
            _ahead.RemoveRange(0, done);
        }
    }

    private async ValueTask<(ExecutedBatch? Batch, WaitReason Why)> ExecuteAsync(PostedBatch posting, ChainLog log, CancellationToken cancellation)
    {
        if (_withheld.ContainsKey(posting.Number)) return (Deriver.Execute(posting with { Items = default, Count = 0, IsWithheld = true }, default(ReadOnlyMemory<byte>)), default);
        if (rules.IsListed && posting.Count == 0) return (Deriver.Execute(posting, default(ReadOnlyMemory<byte>)), default);
        if (rules.IsListed && _shown.Find(posting.Number, posting.Count) is { } shown)
        {
            _fromShown[posting.Number] = shown.Block;
            return (Deriver.Execute(posting, shown.Items), default);
        }
        (SourceStatus status, ReadOnlyMemory<byte> source) = await _sources.ReadAsync(posting, log, cancellation).ConfigureAwait(false);
        return status == SourceStatus.NotTheData ? (null, WaitReason.MissingData) : (Deriver.Execute(posting, status == SourceStatus.Ok ? source : default), WaitReason.WrongList);
    }

    private readonly record struct Waiting(ulong Batch, WaitReason Why);

    private readonly record struct Happening(ChainLog Log, ForcedItem Item, PostedBatch? Posting)
    {
        public ulong Block => Log.Block;
    }
}
