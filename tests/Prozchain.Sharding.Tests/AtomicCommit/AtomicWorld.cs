using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>
/// Shards as sequential machines: each makes blocks; what a block certifies may reach any other shard at any time, in
/// any order, any number of times, or not until the fair end. Shards split, merge, freeze and restart in between.
/// </summary>
internal sealed class AtomicWorld : IShardDirectory
{
    public const int Wallets = 24;
    public const ulong Balance = 1_000_000;

    private readonly Dictionary<ShardId, ShardRange> _ranges = [];
    private readonly Dictionary<AtomicRecord, int> _heights = new(ReferenceEqualityComparer.Instance);
    private ulong _lastId;

    public AtomicWorld(int depth = 2, AtomicOptions? options = null)
    {
        Options = options ?? Defaults;
        for (int i = 0; i < 1 << depth; i++)
        {
            var prefix = new byte[Digest.Size];
            prefix[0] = (byte)(i << (8 - depth));
            Add(NewRange(new Digest(prefix), depth), new TestCells(), null);
        }
        for (int i = 0; i < Wallets; i++) HolderOf(Key(i)).Cells.Write(Key(i), new Account(0, Balance).ToBytes());
    }

    public static AtomicOptions Defaults => new()
    {
        ChainId = TestNetwork.ChainId, Programs = new Dictionary<ushort, IAtomicProgram> { [1] = new MultiTransfer() },
        MaxValidityMs = 10_000, RetentionMs = 20_000, DecideWithinBlocks = 8, LockBlocks = 12,
    };

    public AtomicOptions Options { get; }

    public long NowMs { get; set; } = 1000;

    public ulong Epoch { get; set; } = 1;

    public SortedDictionary<ShardId, AtomicNode> Live { get; } = [];

    /// <summary>All that blocks ever certified.</summary>
    public List<(AtomicRecord Record, RecordOrigin Origin)> Archive { get; } = [];

    public List<(ShardEnding Ending, TrieStore Settled)> Endings { get; } = [];

    public List<AtomicTransaction> Transactions { get; } = [];

    /// <summary>Height of the block that certified a record.</summary>
    public int HeightOf(AtomicRecord record) => _heights[record];

    public static Digest Key(int wallet) => TestNetwork.AddressOf(wallet).Digest;

    public bool TryGet(ShardId shard, out ShardRange range) => _ranges.TryGetValue(shard, out range);

    public AtomicNode HolderOf(Digest key) => Live.Values.Single(node => node.Range.Contains(key));

    /// <summary>The first wallet from an index on whose account lies in a range.</summary>
    public static int WalletIn(ShardRange range, int from = 0)
    {
        while (!range.Contains(Key(from))) from++;
        return from;
    }

    /// <summary>A ring of payments: each wallet pays the next, the last the first, amounts all different.</summary>
    public AtomicTransaction Ring(int[] wallets, ulong amount, long validityMs = 5000, bool declared = true, long? beginMs = null)
    {
        var moves = new MultiTransfer.Move[wallets.Length];
        for (int i = 0; i < moves.Length; i++) moves[i] = new MultiTransfer.Move(Key(wallets[i]), Key(wallets[(i + 1) % moves.Length]), amount + (ulong)i);
        long begin = beginMs ?? NowMs;
        var transaction = AtomicTransaction.Sign(new AtomicTransaction.Header(TestNetwork.ChainId, begin, begin + validityMs, 1),
            declared ? wallets.Select(wallet => new DeclaredCell(Key(wallet), true)) : [], MultiTransfer.Encode(moves), [.. wallets.Select(TestNetwork.Wallet)]);
        Transactions.Add(transaction);
        return transaction;
    }

    public ulong Total() => (ulong)Live.Values.Sum(node => node.Cells.Values.Sum(value => (long)Account.Read(value).Balance));

    /// <summary>One block of one shard.</summary>
    public List<AtomicRecord> Block(AtomicNode node, Action<AtomicNode>? body = null)
    {
        node.TimeMs = Math.Max(node.TimeMs + Options.MinBlockIntervalMs, NowMs);
        Assert.True(node.Shard.BeginBlock(++node.Height, node.TimeMs, Epoch));
        body?.Invoke(node);
        var records = new List<AtomicRecord>();
        node.Shard.EndBlock(records);
        foreach (AtomicRecord record in records)
        {
            Archive.Add((record, new RecordOrigin(node.Range.Id, Epoch)));
            _heights.Add(record, (int)node.Height);
        }
        return records;
    }

    /// <summary>Hands a certified record in, and the settled set's word where the shard asks for that.</summary>
    public AtomicResult Deliver(AtomicNode node, AtomicRecord record, RecordOrigin origin)
    {
        if (record.Shard == node.Range.Id) return AtomicResult.Duplicate;
        AtomicResult result = node.Shard.Accept(record, origin);
        if (result != AtomicResult.EndedShard) return result;
        return Settle(node, Endings.Last(ending => ending.Ending.Shard == record.Shard), record.Transaction, record.Attempt);
    }

    public static AtomicResult Settle(AtomicNode node, (ShardEnding Ending, TrieStore Settled) ended, Digest transaction, Attempt attempt)
    {
        Digest key = ShardEnding.KeyOf(transaction, attempt);
        ended.Settled.TryGet(key, out ReadOnlySpan<byte> value);
        return node.Shard.Settle(ended.Ending.Shard, transaction, attempt, value, ended.Settled.Prove(key));
    }

    public void Split(AtomicNode node, Action<AtomicNode>? body = null)
    {
        ShardRange left = NewRange(node.Range.Prefix, node.Range.Depth + 1);
        byte[] prefix = node.Range.Prefix.Span.ToArray();
        prefix[node.Range.Depth >> 3] |= (byte)(0x80 >> (node.Range.Depth & 7));
        ShardRange right = NewRange(new Digest(prefix), node.Range.Depth + 1);
        End(node, [left.Id, right.Id], body);
        Live.Remove(node.Range.Id);
        foreach (ShardRange heir in (ShardRange[])[left, right]) Add(heir, node.Cells.Slice(heir), AtomicShard.Inherit, node);
    }

    public void Merge(AtomicNode one, AtomicNode other)
    {
        ShardRange range = NewRange(one.Range.Prefix, one.Range.Depth - 1);
        foreach (AtomicNode node in (AtomicNode[])[one, other])
        {
            End(node, [range.Id], null);
            Live.Remove(node.Range.Id);
        }
        Add(range, TestCells.Join(one.Cells, other.Cells), AtomicShard.Inherit, one, other);
    }

    /// <summary>The beacon freezes the committee; a new one goes on from the same state in the next epoch.</summary>
    public void Freeze(AtomicNode node)
    {
        End(node, [node.Range.Id], null);
        Epoch++;
    }

    /// <summary>The shard of a live sibling, if the two can merge.</summary>
    public AtomicNode? SiblingOf(AtomicNode node) =>
        node.Range.Depth == 0 ? null : Live.Values.FirstOrDefault(other => other != node && other.Range.Depth == node.Range.Depth
            && new ShardRange(default, node.Range.Prefix, node.Range.Depth - 1).Contains(other.Range.Prefix));

    /// <summary>The state goes through its bytes and comes back.</summary>
    public void Restart(AtomicNode node)
    {
        byte[] bytes = TestNetwork.Encode(node.Shard.Write);
        Digest before = node.Shard.Digest;
        node.Shard = new AtomicShard(node.Range, Options, node.Cells, this);
        Assert.True(node.Shard.TryRestore(bytes));
        Assert.Equal(before, node.Shard.Digest);
    }

    /// <summary>Everything reaches everybody, and time goes on, until nothing is open.</summary>
    public void RunToEnd()
    {
        for (int round = 0; round < 40; round++)
        {
            NowMs += 3000;
            foreach (AtomicNode node in Live.Values.ToArray())
            {
                Block(node, _ =>
                {
                    foreach (var (ending, _) in Endings) node.Shard.Accept(ending);
                    foreach (var (record, origin) in Archive.ToArray()) Deliver(node, record, origin);
                    foreach (var ended in Endings)
                        foreach (AtomicTransaction transaction in Transactions)
                            foreach (Attempt attempt in AttemptsOf(transaction)) Settle(node, ended, transaction.Id, attempt);
                });
            }
            if (Live.Values.All(node => node.Shard.Open == 0)) return;
        }
        Assert.Fail("Expected every transaction to end, got open ones at " + string.Join(", ", Live.Values.Where(node => node.Shard.Open > 0).Select(node => node.Range.Id)));
    }

    /// <summary>The attempts that any record names; the default one for a transaction over declared cells.</summary>
    public Attempt[] AttemptsOf(AtomicTransaction transaction) =>
        [.. Archive.Select(entry => entry.Record).Where(record => record.Transaction == transaction.Id).Select(record => record.Attempt).Distinct()];

    public void AssertConserved()
    {
        Assert.Equal(Wallets * Balance, Total());
        Assert.All(Live.Values, node => Assert.Equal(0, node.Shard.Claimed));
    }

    private void End(AtomicNode node, ShardId[] heirs, Action<AtomicNode>? body) => Block(node, _ =>
    {
        body?.Invoke(node);
        ShardEnding ending = node.Shard.End(heirs, out TrieStore settled);
        Endings.Add((ending, settled));
    });

    private ShardRange NewRange(Digest prefix, int depth)
    {
        byte[] bits = prefix.Span.ToArray();
        for (int bit = depth; bit < 256; bit++) bits[bit >> 3] &= (byte)~(0x80 >> (bit & 7));
        var range = new ShardRange(new ShardId(++_lastId), new Digest(bits), depth);
        _ranges.Add(range.Id, range);
        return range;
    }

    private delegate AtomicShard Heir(in ShardRange heir, ICellStore cells, IShardDirectory directory, params ReadOnlySpan<AtomicShard> parents);

    private void Add(ShardRange range, TestCells cells, Heir? inherit, params AtomicNode[] parents)
    {
        AtomicShard shard = inherit is null ? new AtomicShard(range, Options, cells, this) : inherit(range, cells, this, [.. parents.Select(parent => parent.Shard)]);
        Live.Add(range.Id, new AtomicNode(range, cells, shard) { TimeMs = parents.Select(parent => parent.TimeMs).DefaultIfEmpty().Max() });
    }
}

/// <summary>One shard of the world.</summary>
internal sealed class AtomicNode(ShardRange range, TestCells cells, AtomicShard shard)
{
    public ShardRange Range { get; } = range;

    public TestCells Cells { get; } = cells;

    public AtomicShard Shard { get; set; } = shard;

    public ulong Height { get; set; }

    public long TimeMs { get; set; }
}
