using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Follows the final blocks of all shards of a bank through splits and merges, each block from the first node that has
/// it, and finds what must not be: two blocks or two results at one height, value made or lost with receipts under way
/// counted one by one, two outcomes of an atomic transaction.
/// </summary>
internal sealed class LineageAuditor
{
    private const int SealEvery = 5, CellBytes = Digest.Size + Account.Size;

    private readonly SortedDictionary<ShardId, Ledger> _ledgers = [];
    private readonly Dictionary<Digest, Account> _accounts = [];
    private readonly Dictionary<(ChannelId, ulong), List<(Digest Cell, ulong Amount)>> _underWay = [];
    private readonly Dictionary<Digest, Digest> _outcomes = [];
    private readonly Func<Digest, LayoutClass> _classOf;
    private readonly UInt128 _total;
    private readonly Dictionary<(Digest, ulong), long> _submitted = [];
    private UInt128 _value, _carried;

    public LineageAuditor(ShardLayout layout, IEnumerable<KeyValuePair<Digest, ulong>> balances, Func<Digest, LayoutClass> classOf)
    {
        _classOf = classOf;
        foreach (ShardInfo shard in layout.Shards) _ledgers.Add(shard.Id, new Ledger(shard, 0));
        foreach ((Digest cell, ulong balance) in balances)
        {
            _ledgers[layout.ShardOf(classOf(cell), cell)].Bytes += CellBytes;
            _accounts.Add(cell, new Account(0, balance));
            _total += balance;
        }
        _value = _total;
    }

    /// <summary>What is wrong, in words; null while nothing is.</summary>
    public string? Fault { get; private set; }

    public int Applied { get; private set; }

    public int Receipts { get; private set; }

    public int Commits => _outcomes.Count;

    public int Cuts { get; private set; }

    public int UnderWay => _underWay.Values.Sum(receipts => receipts.Count);

    /// <summary>Bundles of which receipts are under way.</summary>
    public IEnumerable<(ChannelId Channel, ulong Sequence)> Bundles => _underWay.Where(entry => entry.Value.Count > 0).Select(entry => entry.Key);

    public bool IsQuiet => UnderWay == 0 && _ledgers.Values.All(ledger => ledger.Open == 0);

    public List<LineageBirth> Births { get; } = [];

    public List<int> AppliedPerSlice { get; } = [];

    /// <summary>From a transfer's submission to its credit in a final block of another shard, milliseconds.</summary>
    public List<long> Latencies { get; } = [];

    /// <summary>Loads of the shards by their sealed blocks, as the beacon's stand-in follows them.</summary>
    public Dictionary<ShardId, LoadHistory> Loads { get; } = [];

    public ulong Epoch { get; set; }

    public ulong LowestHeight => _ledgers.Values.Where(ledger => !ledger.HasEnded).Min(ledger => (ulong)ledger.Blocks.Count);

    public ReadOnlyMemory<byte>? ValueOf(in Digest cell) => _accounts.TryGetValue(cell, out Account account) ? account.ToBytes() : (ReadOnlyMemory<byte>?)null;

    public int LockCommits { get; private set; }

    public ulong NonceOf(in Digest cell) => _accounts[cell].Nonce;

    /// <summary>A shard whose last block some node has.</summary>
    public bool HasEnded(ShardId shard) => _ledgers.TryGetValue(shard, out Ledger? ledger) && ledger.HasEnded;

    public void Submitted(Digest recipient, ulong amount, long elapsedMs) => _submitted.TryAdd((recipient, amount), elapsedMs);

    public ulong HeightOf(ShardId shard) => _ledgers.TryGetValue(shard, out Ledger? ledger) ? ledger.From + (ulong)ledger.Blocks.Count : 0;

    public bool HasBegun(ShardId shard) => _ledgers.TryGetValue(shard, out Ledger? ledger) && ledger.Blocks.Count > 0;

    /// <summary>A node begins to run an heir.</summary>
    public void OnBirth(ShardInfo heir, in OrderingAnchor anchor, IAuthenticatedStore cells)
    {
        if (_ledgers.ContainsKey(heir.Id)) return;
        var ledger = new Ledger(heir, anchor.Height);
        _ledgers.Add(heir.Id, ledger);
        foreach (ShardId parent in heir.Parents)
        {
            Ledger past = _ledgers[parent];
            ledger.Open += past.Open;
            ledger.EndedMs = Math.Max(ledger.EndedMs, past.EndedMs);
            if (--past.HeirsToCome == 0) past.Open = 0;
        }
        // A merge ends what one of the parents knew the end of.
        foreach (Digest cell in _accounts.Keys.Where(cell => heir.Contains(_classOf(cell), cell)).ToArray())
        {
            Set(cell, cells.TryGet(cell, out ReadOnlySpan<byte> value) ? Account.Read(value) : default);
            ledger.Bytes += CellBytes;
        }
    }

    public void OnFinal(MicroBlock block, ShardStep step, long elapsedMs)
    {
        ShardId shard = block.Header.Shard;
        Ledger ledger = _ledgers[shard];
        ulong place = block.Header.Height - ledger.From - 1;
        var seen = (block.Hash, step.ReceiptsRoot, step.WriteDigest);
        if (place < (ulong)ledger.Blocks.Count)
        {
            if (ledger.Blocks[(int)place] != seen) Fault ??= $"Expected one block and result at height {block.Header.Height} of shard {shard}, got {ledger.Blocks[(int)place]} and {seen}.";
            return;
        }
        if (place > (ulong)ledger.Blocks.Count) Fault ??= $"Expected block {ledger.From + (ulong)ledger.Blocks.Count + 1} of shard {shard} next, got {block.Header.Height}.";
        foreach (byte status in step.Statuses.Span)
            if (status is TransactionStatus.ForbiddenCell or TransactionStatus.InvalidStatus) Fault ??= $"Expected no transaction of status {status}, got one in block {block.Header.Height} of shard {shard}.";
        if (ledger.HasEnded && block.Header.BodyLength > 0) Fault ??= $"Expected nothing after the end of shard {shard}, got block {block.Header.Height}.";
        ledger.Blocks.Add(seen);
        if (ledger.Blocks.Count == 1 && ledger.From > 0) Births.Add(new LineageBirth(shard, ledger.Info.Parents.Count == 2, ledger.EndedMs, elapsedMs));
        Count(step.Counters.Applied, elapsedMs);
        TakeIn(block, step, ledger, elapsedMs);
        foreach (SentReceipt sent in step.Sent) Send(sent);
        foreach (StateWrite write in step.Writes.Span) Set(write.Key, write.IsDelete ? default : Account.Read(write.Value.Span));
        // The terminal block of an ended shard has no state of its own.
        if (!ledger.HasEnded) ledger.Open = step.OpenAtomic + step.DeferredReceipts;
        if (!step.After.Layout.IsLive(shard) && !ledger.HasEnded)
        {
            step.After.Layout.TryGetInfo(shard, out ShardInfo? past);
            (ledger.HasEnded, ledger.HeirsToCome) = (true, past!.Children.Count);
        }
        else if (!ledger.HasEnded) ledger.EndedMs = elapsedMs;
        Seal(block, step, ledger);
        Weigh(block);
    }

    private void Set(in Digest cell, Account now)
    {
        _value = _value - _accounts.GetValueOrDefault(cell).Balance + now.Balance;
        _accounts[cell] = now;
    }

    private void Weigh(MicroBlock block)
    {
        foreach (Ledger other in _ledgers.Values)
            if (other.Open > 0) return;
        Cuts++;
        if (_value + _carried != _total) Fault ??= $"Expected {_total} in all, got {_value} in accounts and {_carried} under way after block {block.Header.Height} of shard {block.Header.Shard}.";
    }

    private void Count(int applied, long elapsedMs)
    {
        Applied += applied;
        int slice = (int)(elapsedMs / 100);
        while (AppliedPerSlice.Count <= slice) AppliedPerSlice.Add(0);
        AppliedPerSlice[slice] += applied;
    }

    private void Seal(MicroBlock block, ShardStep step, Ledger ledger)
    {
        ledger.Gas += step.Counters.GasUsed;
        ledger.Bytes += step.Counters.StateBytes;
        if (block.Header.Height % SealEvery != 0 || ledger.HasEnded) return;
        if (!Loads.TryGetValue(block.Header.Shard, out LoadHistory? load)) Loads.Add(block.Header.Shard, load = new LoadHistory());
        load.Add(block.Header.Height, Epoch, new ShardLoad((ulong)Math.Max(0, ledger.Bytes), ledger.Gas, (ulong)step.DeferredReceipts));
        ledger.Gas = 0;
    }

    private void TakeIn(MicroBlock block, ShardStep step, Ledger ledger, long elapsedMs)
    {
        if (ShardBody.TryRead(block.Body) is not { } body) return;
        for (int i = 0; i < body.Bundles.Count; i++)
        {
            if (step.Bundles[i] != ChannelResult.Applied) continue;
            ChannelBundle bundle = body.Bundles[i].Bundle!;
            if (!_underWay.TryGetValue((bundle.Channel, bundle.Sequence), out List<(Digest Cell, ulong Amount)>? receipts))
            {
                Fault ??= $"Expected a bundle that was sent, got {bundle.Sequence} of {bundle.Channel} in shard {ledger.Info.Id}.";
                return;
            }
            foreach ((Digest cell, ulong amount) in receipts)
            {
                if (!ledger.Info.Contains(cell)) continue;
                (_carried, Receipts) = (_carried - amount, Receipts + 1);
                if (_submitted.Remove((cell, amount), out long submittedMs)) Latencies.Add(elapsedMs - submittedMs);
            }
            receipts.RemoveAll(receipt => ledger.Info.Contains(receipt.Cell));
        }
    }

    private void Send(SentReceipt sent)
    {
        if (sent.Kind == ReceiptKind.Bundle && ChannelBundle.TryRead(sent.Encoding.Span, out ChannelBundle? bundle) == Wire.ReadResult.Ok)
        {
            var receipts = new List<(Digest, ulong)>();
            var list = new ReceiptList(bundle!.Messages.Span);
            while (list.MoveNext())
            {
                ulong amount = BinaryPrimitives.ReadUInt64LittleEndian(list.Payload);
                receipts.Add((list.Cell, amount));
                _carried += amount;
            }
            if (!_underWay.TryAdd((bundle.Channel, bundle.Sequence), receipts)) Fault ??= $"Expected each sequence once, got {bundle.Sequence} of {bundle.Channel} again.";
        }
        if (sent.Kind != ReceiptKind.Record || AtomicRecord.TryRead(sent.Encoding.Span, out AtomicRecord? record) != Wire.ReadResult.Ok) return;
        if (record!.Kind is not (AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.Decision) || !record.IsCommit) return;
        if (record.Kind == AtomicRecordKind.Decision)
        {
            LockCommits++;
            if (_outcomes.ContainsKey(record.Transaction)) Fault ??= $"Expected one commit of {record.Transaction}, got another at shard {record.Shard}.";
        }
        if (!_outcomes.TryAdd(record.Transaction, record.Outcome) && _outcomes[record.Transaction] != record.Outcome)
            Fault ??= $"Expected one outcome of {record.Transaction}, got {_outcomes[record.Transaction]} and {record.Outcome}.";
    }

    private sealed class Ledger(ShardInfo info, ulong from)
    {
        public readonly List<(Digest Hash, Digest Receipts, Digest Writes)> Blocks = [];

        public ShardInfo Info { get; } = info;

        public ulong From { get; } = from;

        public int Open { get; set; }

        public bool HasEnded { get; set; }

        public int HeirsToCome { get; set; }

        public long EndedMs { get; set; }

        public ulong Gas { get; set; }

        public long Bytes { get; set; }
    }
}
