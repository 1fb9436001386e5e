using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Follows the final blocks of all shards, each from the first node that has it, and finds what must not be, whatever
/// the transition: two blocks or two results at one height, a bundle twice, out of order or out of nothing, two outcomes
/// of an atomic transaction.
/// </summary>
internal sealed class ShardAudit
{
    private readonly SortedDictionary<ShardId, Ledger> _ledgers = [];
    private readonly Dictionary<Digest, Digest> _outcomes = [];
    private readonly List<IShardAuditor> _auditors = [];
    private readonly byte[] _suspect;

    public ShardAudit(ShardLayout layout, Func<LayoutClass, IEnumerable<StateWrite>> genesisOf, IReadOnlyList<byte> suspect)
    {
        foreach (ShardInfo shard in layout.Shards) _ledgers.Add(shard.Id, new Ledger());
        Cut = new ShardCut(layout, genesisOf);
        _suspect = [.. suspect];
    }

    /// <summary>What is wrong, in words; null while nothing is.</summary>
    public string? Fault { get; private set; }

    public ShardCut Cut { get; }

    public int Applied { get; private set; }

    public int Failed { get; private set; }

    public int Receipts { get; private set; }

    /// <summary>Of transactions with locks.</summary>
    public int LockCommits { get; private set; }

    public int Commits => _outcomes.Count;

    /// <summary>Cuts at which nothing was half-way.</summary>
    public int Cuts { get; private set; }

    public bool IsQuiet => Cut.BundlesInFlight == 0 && _ledgers.Values.All(ledger => ledger.Open == 0);

    public void Add(IShardAuditor auditor) => _auditors.Add(auditor);

    public ulong HeightOf(ShardId shard) => (ulong)_ledgers[shard].Blocks.Count;

    /// <summary>A node has taken a block over. Null if it is not the first.</summary>
    public FinalBlock? OnFinal(MicroBlock block, ShardStep step, long nowMs)
    {
        Ledger ledger = _ledgers[block.Header.Shard];
        ulong height = block.Header.Height;
        var seen = (block.Hash, step.ReceiptsRoot, step.WriteDigest);
        if (height <= (ulong)ledger.Blocks.Count)
        {
            if (ledger.Blocks[(int)height - 1] != seen) Fail($"Expected one block and result at height {height} of shard {block.Header.Shard}, got {ledger.Blocks[(int)height - 1]} and {seen}.");
            return null;
        }
        if (height != (ulong)ledger.Blocks.Count + 1 || ShardBody.TryRead(block.Body) is not { } body)
        {
            Fail($"Expected a block {ledger.Blocks.Count + 1} of shard {block.Header.Shard} that can be read, got {height}.");
            return null;
        }
        ledger.Blocks.Add(seen);
        var final = new FinalBlock(block, body, step, nowMs);
        Follow(final, ledger);
        return final;
    }

    public void Fail(string words) => Fault ??= words;

    private void Follow(FinalBlock final, Ledger ledger)
    {
        ShardStep step = final.Step;
        Applied += step.Counters.Applied;
        Failed += final.TransactionCount - step.Counters.Applied;
        Receipts += final.TakenIn.Count;
        for (int i = 0; i < final.TransactionCount; i++)
            if (Array.IndexOf(_suspect, final.Status(i)) >= 0) Fail($"Expected no transaction of status {final.Status(i)}, got transaction {i} of block {final.Height} of shard {final.Shard}.");
        for (int i = 0; i < final.Body.Bundles.Count; i++)
            if (step.Bundles[i] == ChannelResult.Applied) TakeIn(final.Body.Bundles[i].Bundle!, ledger);
        foreach (SentReceipt sent in step.Sent) Hear(sent);
        Cut.Apply(final);
        ledger.Open = step.OpenAtomic + step.DeferredReceipts;
        foreach (IShardAuditor auditor in _auditors)
            if (auditor.OnFinal(final, Cut) is { } words) Fail(words);
        foreach (Ledger other in _ledgers.Values)
            if (other.Open > 0) return;
        Cuts++;
        foreach (IShardAuditor auditor in _auditors)
            if (auditor.AtCut(Cut) is { } words) Fail($"{words} (after block {final.Height} of shard {final.Shard})");
    }

    private void TakeIn(ChannelBundle bundle, Ledger ledger)
    {
        ulong before = ledger.Watermarks.GetValueOrDefault(bundle.Channel);
        if (bundle.Sequence != before + 1 || !Cut.TryTakeIn(bundle)) Fail($"Expected bundle {before + 1} of {bundle.Channel} next, sent and not yet applied, got {bundle.Sequence}.");
        ledger.Watermarks[bundle.Channel] = bundle.Sequence;
    }

    private void Hear(SentReceipt sent)
    {
        if (sent.Kind != ReceiptKind.Record || AtomicRecord.TryRead(sent.Encoding.Span, out AtomicRecord? record) != ReadResult.Ok) return;
        if (record!.Kind is not (AtomicRecordKind.ExecutionCertificate or AtomicRecordKind.Decision) || !record.IsCommit) return;
        if (record.Kind == AtomicRecordKind.Decision)
        {
            LockCommits++;
            if (_outcomes.ContainsKey(record.Transaction)) Fail($"Expected one commit of {record.Transaction}, got another at shard {record.Shard}.");
        }
        if (!_outcomes.TryAdd(record.Transaction, record.Outcome) && _outcomes[record.Transaction] != record.Outcome)
            Fail($"Expected one outcome of {record.Transaction}, got {_outcomes[record.Transaction]} and {record.Outcome}.");
    }

    private sealed class Ledger
    {
        public readonly List<(Digest Hash, Digest Receipts, Digest Writes)> Blocks = [];
        public readonly Dictionary<ChannelId, ulong> Watermarks = [];
        public int Open;
    }
}
