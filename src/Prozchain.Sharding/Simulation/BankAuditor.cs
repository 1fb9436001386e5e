using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Follows the final blocks of all shards of a bank, each from the first node that has it, and finds what must not be:
/// two blocks or two results at one height, value made or lost, a bundle twice or out of order, words of atomic
/// transactions that contradict.
/// </summary>
internal sealed class BankAuditor
{
    private readonly SortedDictionary<ShardId, Ledger> _ledgers = [];
    private readonly Dictionary<(ChannelId, ulong), ulong> _inFlight = [];
    private readonly Dictionary<(Digest, ulong), long> _submitted = [];
    private readonly Dictionary<Digest, Digest> _outcomes = [];
    private readonly UInt128 _total;
    private UInt128 _value, _carried;

    public BankAuditor(ShardLayout layout, IEnumerable<KeyValuePair<Digest, ulong>> balances)
    {
        foreach (ShardInfo shard in layout.Shards) _ledgers.Add(shard.Id, new Ledger());
        foreach ((Digest cell, ulong balance) in balances)
        {
            _ledgers[layout.ShardOf(cell)].Accounts.Add(cell, new Account(0, balance));
            _total += balance;
        }
        _value = _total;
    }

    /// <summary>What is wrong, in words; null while nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>From a transfer's submission to its credit in a final block of another shard, milliseconds.</summary>
    public List<long> Latencies { get; } = [];

    public int Applied { get; private set; }

    public int Commits => _outcomes.Count;

    /// <summary>Cuts at which value was counted: no atomic transaction half-way.</summary>
    public int Cuts { get; private set; }

    public bool IsQuiet => _inFlight.Count == 0 && _ledgers.Values.All(ledger => ledger.Open == 0);

    public ulong HeightOf(ShardId shard) => (ulong)_ledgers[shard].Blocks.Count;

    /// <summary>An account after the last final block of its shard.</summary>
    public Account AccountOf(ShardId shard, in Digest cell) => _ledgers[shard].Accounts.GetValueOrDefault(cell);

    public void Submitted(in Digest recipient, ulong amount, long nowMs) => _submitted.TryAdd((recipient, amount), nowMs);

    public void OnFinal(MicroBlock block, ShardStep step, long nowMs)
    {
        Ledger ledger = _ledgers[block.Header.Shard];
        ulong height = block.Header.Height;
        var seen = (block.Hash, step.ReceiptsRoot, step.WriteDigest);
        if (height <= (ulong)ledger.Blocks.Count)
        {
            if (ledger.Blocks[(int)height - 1] != seen) Fault ??= $"Expected one block and result at height {height} of shard {block.Header.Shard}, got {ledger.Blocks[(int)height - 1]} and {seen}.";
            return;
        }
        ledger.Blocks.Add(seen);
        Applied += step.Counters.Applied;
        TakeIn(block, step, ledger, nowMs);
        foreach (SentReceipt sent in step.Sent) Send(sent);
        foreach (StateWrite write in step.Writes.Span)
        {
            Account now = write.IsDelete ? default : Account.Read(write.Value.Span);
            ref Account before = ref CollectionsMarshal.GetValueRefOrAddDefault(ledger.Accounts, write.Key, out _);
            _value = _value - before.Balance + now.Balance;
            before = now;
        }
        ledger.Open = step.OpenAtomic + step.DeferredReceipts;
        foreach (Ledger other in _ledgers.Values)
            if (other.Open > 0) return;
        Cuts++;
        if (_value + _carried != _total) Fault ??= $"Expected {_total} in all, got {_value} in accounts and {_carried} under way after block {height} of shard {block.Header.Shard}.";
    }

    private void TakeIn(MicroBlock block, ShardStep step, Ledger ledger, long nowMs)
    {
        if (ShardBody.TryRead(block.Body) is not { } body) return;
        for (int i = 0; i < body.Bundles.Count; i++)
        {
            if (step.Bundles[i] != ChannelResult.Applied) continue;
            ChannelBundle bundle = body.Bundles[i].Bundle!;
            ulong before = ledger.Watermarks.GetValueOrDefault(bundle.Channel);
            if (bundle.Sequence != before + 1 || !_inFlight.Remove((bundle.Channel, bundle.Sequence), out ulong carried))
                Fault ??= $"Expected bundle {before + 1} of {bundle.Channel} next, sent and not yet applied, got {bundle.Sequence}.";
            else _carried -= carried;
            ledger.Watermarks[bundle.Channel] = bundle.Sequence;
            var receipts = new ReceiptList(bundle.Messages.Span);
            while (receipts.MoveNext())
                if (_submitted.Remove((receipts.Cell, BinaryPrimitives.ReadUInt64LittleEndian(receipts.Payload)), out long submittedMs)) Latencies.Add(nowMs - submittedMs);
        }
    }

    private void Send(SentReceipt sent)
    {
        if (sent.Kind == ReceiptKind.Bundle && ChannelBundle.TryRead(sent.Encoding.Span, out ChannelBundle? bundle) == ReadResult.Ok)
        {
            _inFlight.Add((bundle!.Channel, bundle.Sequence), bundle.Value);
            _carried += bundle.Value;
        }
        if (sent.Kind != ReceiptKind.Record || AtomicRecord.TryRead(sent.Encoding.Span, out AtomicRecord? record) != ReadResult.Ok) return;
        if (record!.Kind != AtomicRecordKind.ExecutionCertificate || !record.IsCommit) return;
        if (!_outcomes.TryAdd(record.Transaction, record.Outcome) && _outcomes[record.Transaction] != record.Outcome)
            Fault ??= $"Expected one outcome of {record.Transaction}, got {_outcomes[record.Transaction]} and {record.Outcome}.";
    }

    private sealed class Ledger
    {
        public readonly List<(Digest Hash, Digest Receipts, Digest Writes)> Blocks = [];
        public readonly Dictionary<Digest, Account> Accounts = [];
        public readonly Dictionary<ChannelId, ulong> Watermarks = [];
        public int Open;
    }
}
