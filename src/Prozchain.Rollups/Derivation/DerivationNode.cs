using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Evm;
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
    private readonly Dictionary<ulong, ulong> _withheld = [];
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
        ulong? waits = await DeriveAsync(progress, cancellationToken).ConfigureAwait(false);
        while (await _follower.ReadAsync(cancellationToken).ConfigureAwait(false) is { } update)
        {
            if (update.RolledBackTo is { } standing) Rewind(standing);
            else Take(update);
            (_readTo, _finalized) = (update.ReadTo, update.Finalized);
            waits = await DeriveAsync(progress, cancellationToken).ConfigureAwait(false);
            // What starts over has taken in nothing yet.
            bool isFresh = _startedOver;
            _startedOver = false;
            if (isFresh) continue;
            ulong taken = _ahead.Count > 0 ? Math.Min(_ahead[0].Block - 1, _readTo) : _readTo;
            Deriver.Finalize(Math.Min(_finalized, taken));
        }
        var status = new DerivationStatus(Deriver.Tip, _readTo, _finalized, waits, _wasUndone);
        _wasUndone = false;
        return status;
    }

    private void Rewind(ulong standing)
    {
        _wasUndone = true;
        _ahead.RemoveAll(happening => happening.Block > standing);
        ulong[] reinstated = [.. _withheld.Where(entry => entry.Value > standing).Select(entry => entry.Key)];
        foreach (ulong batch in reinstated) _withheld.Remove(batch);
        bool isTooLate = reinstated.Any(batch => batch < Deriver.Tip.NextBatch);
        if (Deriver.TryRewind(standing) && !isTooLate) return;
        _withheld.Clear();
        StartOver();
    }

    // The batch is one of an empty source, for everybody: also for who had its data, and has to undo what came of it.
    private bool Withhold(ulong batch, ulong block)
    {
        if (!_withheld.TryAdd(batch, block) || batch >= Deriver.Tip.NextBatch) return false;
        StartOver();
        return true;
    }

    private void StartOver()
    {
        _wasUndone = _startedOver = true;
        _ahead.Clear();
        (Deriver, _follower) = (start(), new SettlementFollower(settlement, _contracts, rules.FirstBlock));
    }

    private void Take(SettlementUpdate update)
    {
        Dictionary<ulong, ulong> times = update.Blocks.ToDictionary(block => block.Number, block => block.TimestampSeconds);
        foreach (ChainLog log in update.Logs)
        {
            // Where all starts over, this is all read again.
            if (log.Contract == rules.DataChallenge && DataChallengeContract.Withheld.TryDecode(log.TopicList(), log.Data, out AbiValue withheld) == AbiReadResult.Ok
                && Withhold(withheld[0].ToUInt64(), log.Block)) return;
            if (log.Contract != rules.Inbox) continue;
            if (InboxContract.TryRead(log, out InboxForcedItem item)) _ahead.Add(new Happening(log, new ForcedItem(item.Index, item.Sender, item.Data, log.Block) { Head = item.Head, TimestampSeconds = item.Timestamp }, null));
            if (!InboxContract.TryRead(log, out InboxBatch batch)) continue;
            var posting = new PostedBatch(batch.Number, batch.Poster, (SourceKind)batch.Kind, batch.Commitment, batch.Length, batch.ForcedTaken, log.Block, times[log.Block]) { Head = batch.Head, ForcedHead = batch.ForcedHead };
            _ahead.Add(new Happening(log, default, posting));
        }
    }

    // Derives what is ahead; answers the batch whose data is missing, if one is.
    private async ValueTask<ulong?> DeriveAsync(IProgress<ExecutedBatch>? progress, CancellationToken cancellation)
    {
        int done = 0;
        try
        {
            for (; done < _ahead.Count; done++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_ahead[done].Posting is not { } posting)
                {
                    Deriver.Queue(_ahead[done].Item);
                    continue;
                }
                (SourceStatus status, ReadOnlyMemory<byte> source) = _withheld.ContainsKey(posting.Number)
                    ? (SourceStatus.NotAPosting, default) : await _sources.ReadAsync(posting, _ahead[done].Log, cancellation).ConfigureAwait(false);
                if (status == SourceStatus.NotTheData) return posting.Number;
                ulong? origin = Deriver.Open(posting, status == SourceStatus.Ok ? source : default);
                ChainBlock? block = origin is { } number ? await settlement.FindBlockAsync(number, ChainFinality.Latest, cancellation).ConfigureAwait(false) : null;
                // Gone only while the settlement layer reorganises, which the follower is about to find out.
                if (origin is not null && block is null)
                {
                    done = 0;
                    StartOver();
                    return null;
                }
                ExecutedBatch batch = Deriver.Execute(block?.TimestampSeconds ?? 0);
                progress?.Report(batch);
            }
            return null;
        }
        finally
        {
            _ahead.RemoveRange(0, Math.Min(done, _ahead.Count));
        }
    }

    private readonly record struct Happening(ChainLog Log, ForcedItem Item, PostedBatch? Posting)
    {
        public ulong Block => Log.Block;
    }
}
