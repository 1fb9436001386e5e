using System.Security.Cryptography;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>What of a model's world may happen besides blocks.</summary>
public enum ModelEnd { None, Freeze, Split, Merge, FreezeSecond, SplitSecond }

/// <summary>
/// Two or three shards and one or two transactions, every order of every step up to a depth: a step is a block of one shard with
/// one thing in it, and any record that was ever certified may be in it, so that late, lost, doubled and reordered ones
/// are all there. Each state goes through its bytes, so that each step is a restart as well. States are visited once.
/// </summary>
internal sealed class AtomicModel : IShardDirectory
{
    public const long DeadlineMs = 1000, RetentionMs = 1000;
    private const ulong Balance = 1000;

    private static readonly ShardRange[] s_ranges = [Range(1, 0x00, 1), Range(2, 0x80, 1), Range(3, 0x00, 2), Range(4, 0x40, 2), Range(5, 0x00, 0), Range(6, 0x80, 2), Range(7, 0xC0, 2), Range(8, 0x00, 1)];

    private readonly AtomicOptions _options;
    private readonly AtomicTransaction[] _transactions;
    private readonly Digest[] _wallets;
    private readonly ModelEnd _end;
    private readonly int _attempts, _lateness, _shards;

    public AtomicModel(bool locks, int transactions, ModelEnd end = ModelEnd.None, int attempts = 1, int lateness = 1, SafetyRule without = SafetyRule.None, int shards = 2)
    {
        (_end, _attempts, _lateness, _shards) = (end, attempts, lateness, shards);
        _options = new AtomicOptions
        {
            ChainId = TestNetwork.ChainId, Programs = new Dictionary<ushort, IAtomicProgram> { [1] = new MultiTransfer() },
            MaxValidityMs = DeadlineMs, RetentionMs = RetentionMs, MinBlockIntervalMs = 1, DecideWithinBlocks = 1000, LockBlocks = 1000, Without = without,
        };
        int a = AtomicWorld.WalletIn(s_ranges[2]), b = AtomicWorld.WalletIn(s_ranges[1]), c = AtomicWorld.WalletIn(s_ranges[3]);
        _wallets = [AtomicWorld.Key(a), AtomicWorld.Key(b), AtomicWorld.Key(c)];
        AtomicTransaction[] all = [Make(locks, (a, b, 5), (b, c, 3)), Make(locks, (b, a, 2), (a, b, 9))];
        _transactions = all[..transactions];
    }

    public int Commits { get; private set; }

    public int Aborts { get; private set; }

    public int States { get; private set; }

    /// <summary>Steps to the states farthest from the start.</summary>
    public int Depth { get; private set; }

    /// <summary>True if no state within the depth was left to go on from: all there are were visited.</summary>
    public bool IsExhausted { get; private set; }

    public bool TryGet(ShardId shard, out ShardRange range)
    {
        range = s_ranges[(int)shard.Value - 1];
        return true;
    }

    /// <summary>Visits every state within a number of steps. Null, or what went wrong with the steps that led to it.</summary>
    public string? Explore(int depth)
    {
        var start = new ModelState { Nodes = _shards == 2 ? [Start(s_ranges[0]), Start(s_ranges[1])] : [Start(s_ranges[1]), Start(s_ranges[2]), Start(s_ranges[3])], Records = [], Epoch = 1 };
        var seen = new HashSet<Digest>();
        var frontier = new List<ModelState> { start };
        for (int at = 0; frontier.Count > 0; at++)
        {
            Depth = at;
            var next = new List<ModelState>();
            foreach (ModelState world in frontier)
            {
                States++;
                // From every state all ends, on all sides alike, once everything arrives.
                if ((Split(world) ?? Finish(world)) is { } wrong) return wrong + ": " + world.Trace();
                if (at == depth) continue;
                foreach (ModelState after in Steps(world))
                {
                    if (seen.Add(KeyOf(after))) next.Add(after);
                }
            }
            frontier = next;
            IsExhausted = frontier.Count == 0 && at < depth;
        }
        return null;
    }

    private IEnumerable<ModelState> Steps(ModelState world)
    {
        for (int i = 0; i < world.Nodes.Length; i++)
        {
            ModelNode node = world.Nodes[i];
            foreach (AtomicTransaction transaction in _transactions)
            {
                if (!transaction.Cells.IsEmpty)
                {
                    if (Do(world, i, "admit", shard => shard.Admit(transaction)) is { } admitted) yield return admitted;
                    continue;
                }
                DeclaredCell[] cells = [.. _wallets.Where(key => node.Range.Contains(key)).Select(key => new DeclaredCell(key, true))];
                ShardId[] participants = [.. world.Nodes.Select(each => each.Range.Id)];
                for (uint number = 1; number <= _attempts; number++)
                {
                    var attempt = new Attempt(number, 1);
                    AtomicRecord[] provisions = [.. world.Records.Values.Select(entry => entry.Record).Where(record => record.Kind == AtomicRecordKind.Provision
                        && record.Transaction == transaction.Id && record.Attempt == attempt && participants.Contains(record.Shard))];
                    if (Do(world, i, $"acquire {number}", shard => shard.Acquire(transaction, attempt, cells)) is { } acquired) yield return acquired;
                    if (Do(world, i, $"prepare {number}", shard => shard.Prepare(transaction.Id, attempt, participants, provisions)) is { } prepared) yield return prepared;
                }
            }
            foreach ((AtomicRecord record, RecordOrigin origin) in world.Records.Values)
            {
                if (record.Shard != node.Range.Id && Do(world, i, $"{record.Kind} {record.IsCommit} of {record.Shard}", shard => Deliver(world, shard, record, origin)) is { } heard) yield return heard;
            }
            foreach ((ShardEnding ending, TrieStore settled) in world.Endings)
            {
                if (Do(world, i, "ending", shard => shard.Accept(ending)) is { } told) yield return told;
                foreach (AtomicTransaction transaction in _transactions)
                {
                    for (uint number = transaction.Cells.IsEmpty ? 1u : 0; number <= (transaction.Cells.IsEmpty ? _attempts : 0); number++)
                    {
                        var attempt = new Attempt(number, number == 0 ? 0ul : 1);
                        if (Do(world, i, "settle", shard => Settle(shard, ending, settled, transaction.Id, attempt)) is { } sure) yield return sure;
                    }
                }
            }
            if (node.Lateness < _lateness && Do(world, i, "late", _ => { }, node.Lateness == 0 ? DeadlineMs + 1 : DeadlineMs + RetentionMs + 100) is { } late) yield return late;
        }
        if (_end != ModelEnd.None && world.Endings.Length == 0) yield return End(world);
    }

    private static void Deliver(ModelState world, AtomicShard shard, AtomicRecord record, RecordOrigin origin)
    {
        if (shard.Accept(record, origin) != AtomicResult.EndedShard) return;
        (ShardEnding ending, TrieStore settled) = world.Endings.Single(entry => entry.Ending.Shard == record.Shard);
        Settle(shard, ending, settled, record.Transaction, record.Attempt);
    }

    private static void Settle(AtomicShard shard, ShardEnding ending, TrieStore settled, Digest transaction, Attempt attempt)
    {
        Digest key = ShardEnding.KeyOf(transaction, attempt);
        settled.TryGet(key, out ReadOnlySpan<byte> value);
        shard.Settle(ending.Shard, transaction, attempt, value, settled.Prove(key));
    }

    /// <summary>One block; null if it changed nothing, whether or not its body was refused.</summary>
    private ModelState? Do(ModelState world, int at, string name, Action<AtomicShard> body, long? timeMs = null)
    {
        ModelNode node = world.Nodes[at];
        (AtomicShard shard, TestCells cells) = Restore(node);
        long time = timeMs ?? node.TimeMs + 1;
        if (!shard.BeginBlock(node.Height + 1, time, world.Epoch)) throw new InvalidOperationException("Expected the block to follow.");
        body(shard);
        var records = new List<AtomicRecord>();
        shard.EndBlock(records);
        ModelNode after = Save(node.Range, shard, cells, node.Height + 1, time, node.Lateness + (timeMs is null ? 0 : 1));
        if (timeMs is null && records.Count == 0 && after.Core.SequenceEqual(node.Core)) return null;
        ModelNode[] nodes = [.. world.Nodes];
        nodes[at] = after;
        return world with { Nodes = nodes, Records = With(world, node.Range.Id, records), Before = world, Step = $"{name} at {node.Range.Id}" };
    }

    private ModelState End(ModelState world)
    {
        bool isFreeze = _end is ModelEnd.Freeze or ModelEnd.FreezeSecond;
        ModelNode[] parents = _end == ModelEnd.Merge ? world.Nodes[^2..] : [world.Nodes[_end is ModelEnd.Freeze or ModelEnd.Split ? 0 : 1]];
        ShardRange[] heirs = isFreeze ? [parents[0].Range] : _end == ModelEnd.Merge ? [s_ranges[_shards == 2 ? 4 : 7]] : _end == ModelEnd.Split ? [s_ranges[2], s_ranges[3]] : [s_ranges[5], s_ranges[6]];
        var shards = new List<AtomicShard>();
        var joined = new TestCells();
        var endings = new List<(ShardEnding, TrieStore)>();
        SortedList<Digest, (AtomicRecord Record, RecordOrigin Origin)> records = world.Records;
        foreach (ModelNode parent in parents)
        {
            (AtomicShard shard, TestCells cells) = Restore(parent);
            shard.BeginBlock(parent.Height + 1, parent.TimeMs + 1, world.Epoch);
            endings.Add((shard.End([.. heirs.Select(heir => heir.Id)], out TrieStore settled), settled));
            var said = new List<AtomicRecord>();
            shard.EndBlock(said);
            records = With(world with { Records = records }, parent.Range.Id, said);
            shards.Add(shard);
            joined = TestCells.Join(joined, cells);
        }
        long time = parents.Max(parent => parent.TimeMs) + 1;
        IEnumerable<ModelNode> next = heirs.Select(heir =>
        {
            TestCells cells = isFreeze ? joined : joined.Slice(heir);
            return Save(heir, isFreeze ? shards[0] : AtomicShard.Inherit(heir, cells, this, [.. shards]), cells, parents[0].Height + 1, time, parents.Max(parent => parent.Lateness));
        });
        return world with { Nodes = [.. next.Concat(world.Nodes.Except(parents)).OrderBy(node => node.Range.Id)], Records = records, Endings = [.. endings], Epoch = 2, Before = world, Step = _end.ToString() };
    }

    /// <summary>No transaction, or attempt, is committed on one side and aborted on another.</summary>
    private string? Split(ModelState world)
    {
        for (int t = 0; t < _transactions.Length; t++)
        {
            foreach (ModelNode one in world.Nodes)
            {
                if (one.Ends[t] is not { IsCommit: true } commit) continue;
                foreach (ModelNode other in world.Nodes)
                {
                    if (other.Ends[t] is { IsCommit: false } abort && abort.Attempt >= commit.Attempt) return $"{one.Range.Id} committed, {other.Range.Id} aborted transaction {t}";
                }
            }
        }
        return null;
    }

    private string? Finish(ModelState world)
    {
        for (int round = 0; round < 12; round++)
        {
            ModelState before = world;
            for (int i = 0; i < world.Nodes.Length; i++)
            {
                ModelState now = world;
                world = Do(world, i, "finish", shard =>
                {
                    foreach ((ShardEnding ending, _) in now.Endings) shard.Accept(ending);
                    foreach ((AtomicRecord record, RecordOrigin origin) in now.Records.Values) Deliver(now, shard, record, origin);
                    foreach ((ShardEnding ending, TrieStore settled) in now.Endings)
                        foreach (AtomicTransaction transaction in _transactions)
                            foreach (Attempt attempt in now.Records.Values.Where(entry => entry.Record.Transaction == transaction.Id).Select(entry => entry.Record.Attempt).Distinct())
                                Settle(shard, ending, settled, transaction.Id, attempt);
                }, now.Nodes[i].TimeMs > DeadlineMs ? null : DeadlineMs + 1) ?? world;
            }
            if (Split(world) is { } wrong) return wrong;
            if (ReferenceEquals(world, before)) break;
        }
        ulong total = 0;
        foreach (ModelNode node in world.Nodes)
        {
            if (node.Open > 0) return $"{node.Range.Id} never ends what it began";
            foreach (byte[] value in node.Cells.Values) total += Account.Read(value).Balance;
        }
        for (int t = 0; t < _transactions.Length; t++)
        {
            if (world.Nodes.Any(node => node.Ends[t] is { IsCommit: true })) Commits++; else Aborts++;
        }
        return total == Balance * (ulong)_wallets.Length ? null : $"Expected {Balance * (ulong)_wallets.Length} in all, got {total}";
    }

    private (AtomicShard, TestCells) Restore(ModelNode node)
    {
        TestCells cells = node.Cells.Slice(s_ranges[4]);
        var shard = new AtomicShard(node.Range, _options, cells, this);
        return shard.TryRestore(node.State) ? (shard, cells) : throw new InvalidOperationException("Expected a state that can be read.");
    }

    private ModelNode Start(ShardRange range)
    {
        var cells = new TestCells();
        foreach (Digest wallet in _wallets)
        {
            if (range.Contains(wallet)) cells.Write(wallet, new Account(0, Balance).ToBytes());
        }
        return Save(range, new AtomicShard(range, _options, cells, this), cells, 0, 100, 0);
    }

    private ModelNode Save(ShardRange range, AtomicShard shard, TestCells cells, ulong height, long timeMs, int lateness) =>
        new(range, TestNetwork.Encode(shard.Write), cells, height, timeMs, lateness, shard.Open, [.. _transactions.Select(transaction => shard.EndOf(transaction.Id))]);

    private static SortedList<Digest, (AtomicRecord, RecordOrigin)> With(ModelState world, ShardId shard, List<AtomicRecord> records)
    {
        if (records.Count == 0) return world.Records;
        var all = new SortedList<Digest, (AtomicRecord, RecordOrigin)>(world.Records);
        foreach (AtomicRecord record in records) all.TryAdd(new Digest(SHA256.HashData(TestNetwork.Encode(record.Write))), (record, new RecordOrigin(shard, world.Epoch)));
        return all;
    }

    private static Digest KeyOf(ModelState world)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ModelNode node in world.Nodes)
        {
            hash.AppendData([(byte)node.Range.Id.Value, (byte)node.Lateness]);
            hash.AppendData(node.Core);
            foreach (byte[] value in node.Cells.Values) hash.AppendData(value);
        }
        foreach (Digest leaf in world.Records.Keys) hash.AppendData(leaf.Span);
        return new Digest(hash.GetHashAndReset());
    }

    private static AtomicTransaction Make(bool locks, params (int From, int To, ulong Amount)[] moves)
    {
        int[] wallets = [.. moves.SelectMany(move => (int[])[move.From, move.To]).Distinct()];
        byte[] input = MultiTransfer.Encode([.. moves.Select(move => new MultiTransfer.Move(AtomicWorld.Key(move.From), AtomicWorld.Key(move.To), move.Amount))]);
        return AtomicTransaction.Sign(new AtomicTransaction.Header(TestNetwork.ChainId, 50, DeadlineMs, 1), locks ? [] : wallets.Select(wallet => new DeclaredCell(AtomicWorld.Key(wallet), true)),
            input, [.. wallets.Select(TestNetwork.Wallet)]);
    }

    private static ShardRange Range(ulong id, byte prefix, int depth) => new(new ShardId(id), new Digest([prefix, .. new byte[31]]), depth);
}
