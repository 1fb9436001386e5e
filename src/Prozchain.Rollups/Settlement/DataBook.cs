using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// The batches that data can be asked for, and what was asked for, out of events. What it holds can be read again at any
/// time, so a driver that was stopped loses nothing.
/// </summary>
internal sealed class DataBook(ISettlementChain chain, RollupAddresses at, ulong firstBlock)
{
    private readonly SettlementFollower _follower = new(chain, [at.Inbox, at.DataChallenge], firstBlock);
    private readonly SortedDictionary<ulong, AskableBatch> _batches = [];
    private readonly SortedDictionary<(ulong Batch, ulong Index), AskedData> _asked = [];
    private readonly List<(ulong First, ulong End, ulong Block)> _withheld = [];
    private Digest32 _head;
    private ulong _finalized;

    /// <summary>How often the settlement layer took something back.</summary>
    public int Undone { get; private set; }

    /// <summary>What was asked for and not shown so far, by batch.</summary>
    public IEnumerable<KeyValuePair<(ulong Batch, ulong Index), AskedData>> Running => _asked.Where(static entry => entry.Value.AnsweredIn is null);

    /// <summary>Reads what is new.</summary>
    public async ValueTask UpdateAsync(CancellationToken cancellationToken)
    {
        while (await _follower.ReadAsync(cancellationToken).ConfigureAwait(false) is { } update)
        {
            if (update.RolledBackTo is { } standing) Rewind(standing);
            Dictionary<ulong, ulong> times = update.Blocks.ToDictionary(block => block.Number, block => block.TimestampSeconds);
            foreach (ChainLog log in update.Logs) Read(log, times);
            _finalized = update.Finalized;
        }
    }

    /// <summary>A batch; null if it was not appended, or was forgotten.</summary>
    public AskableBatch? Find(ulong number) => _batches.TryGetValue(number, out AskableBatch batch) ? batch : null;

    /// <summary>What was asked for of a batch; null if nobody did.</summary>
    public AskedData? FindAsked(ulong batch, ulong index) => _asked.TryGetValue((batch, index), out AskedData asked) ? asked : null;

    public bool IsWithheld(ulong batch) => _withheld.Exists(range => range.First <= batch && batch < range.End);

    /// <summary>Forgets batches from before a time, but for the newest, and says which the first is that it still has.</summary>
    public ulong ForgetBefore(ulong time)
    {
        while (_batches.Count > 1 && _batches.First() is { Value: var batch, Key: var number } && batch.Time < time && batch.Block <= _finalized)
        {
            _batches.Remove(number);
            foreach ((ulong, ulong) key in _asked.Keys.TakeWhile(key => key.Batch <= number).ToArray()) _asked.Remove(key);
        }
        return _batches.Count == 0 ? 0 : _batches.First().Key;
    }

    private void Rewind(ulong standing)
    {
        Undone++;
        AskableBatch[] gone = [.. _batches.Values.Where(batch => batch.Block > standing)];
        if (gone.Length > 0) _head = gone[0].Before;
        foreach (AskableBatch batch in gone) _batches.Remove(batch.Batch.Number);
        foreach (((ulong, ulong) key, AskedData asked) in _asked.ToArray())
        {
            if (asked.Block > standing) _asked.Remove(key);
            else if (asked.AnsweredIn > standing) _asked[key] = asked with { AnsweredIn = null };
        }
        _withheld.RemoveAll(range => range.Block > standing);
    }

    private void Read(in ChainLog log, Dictionary<ulong, ulong> times)
    {
        if (log.Contract == at.Inbox)
        {
            if (!InboxContract.TryRead(log, out InboxBatch batch)) return;
            _batches[batch.Number] = new AskableBatch(batch, _head, log.Block, times[log.Block]);
            _head = batch.Head;
            return;
        }
        Digest32[] topics = log.TopicList();
        if (C.Challenged.TryDecode(topics, log.Data, out AbiValue e) == AbiReadResult.Ok) _asked[(e[0].ToUInt64(), e[1].ToUInt64())] = new AskedData(e[2].ToAddress(), e[4].ToUInt64(), log.Block, null);
        else if (C.Answered.TryDecode(topics, log.Data, out e) == AbiReadResult.Ok)
        {
            (ulong, ulong) key = (e[0].ToUInt64(), e[1].ToUInt64());
            if (_asked.TryGetValue(key, out AskedData asked)) _asked[key] = asked with { AnsweredIn = log.Block };
        }
        else if (C.Withheld.TryDecode(topics, log.Data, out e) == AbiReadResult.Ok) _withheld.Add((e[0].ToUInt64(), e[2].ToUInt64(), log.Block));
    }
}

/// <summary>A batch as the Inbox hashed it, head before it, block and time of the block included.</summary>
internal readonly record struct AskableBatch(InboxBatch Batch, Digest32 Before, ulong Block, ulong Time)
{
    /// <summary>As calls name it.</summary>
    public AbiValue Fields => AbiValue.List(Before, (ulong)Batch.Kind, Batch.Commitment, Batch.ForcedTaken, Batch.ForcedHead, Block, Time);

    /// <summary>Its list, as calls name it.</summary>
    public AbiValue List => InboxContract.ListOf(Batch.Items, Batch.Count, Batch.Time);
}

/// <summary>A chunk, or a piece of a list, that was asked for: by whom, until when it can be shown, and the blocks of both.</summary>
internal readonly record struct AskedData(L1Address Challenger, ulong Deadline, ulong Block, ulong? AnsweredIn);
