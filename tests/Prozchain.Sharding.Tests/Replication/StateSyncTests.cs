using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Fetching a shard's state from strangers: the honest answer is taken, whatever others say before it.</summary>
public sealed class StateSyncTests : IDisposable
{
    private static readonly NodeId s_liar = new(1), s_honest = new(2);

    private readonly ShardInfo _shard = ShardLayout.Create(1).Shards[0];
    private readonly HeapTrieStore _cells;
    private readonly StateSnapshot _snapshot;
    private readonly List<MicroBlock> _blocks = [];

    public StateSyncTests()
    {
        using var machines = new MachineWorld().Shards[0];
        _shard = machines.Machine.Shard;
        _cells = new HeapTrieStore(1 << 22, _shard.Prefix, _shard.Depth);
        // More than one chunk.
        StateWrite[] cells = [.. Enumerable.Range(0, 4000).Select(TestNetwork.Key).Where(key => _shard.Contains(key)).Select((key, i) => new StateWrite(key, new byte[400]))];
        _cells.Stage(cells);
        _cells.Commit();
        _snapshot = new StateSnapshot(10, machines.State, _cells);
        Digest parent = TestNetwork.Key(1);
        for (ulong height = 10; height <= 13; height++)
        {
            var block = new MicroBlock(new MicroHeader
            {
                Kind = MicroBlockKind.Ordinary, ChainId = 7, Shard = _shard.Id, Epoch = 0, Instance = default, View = height, ParentView = height - 1, Height = height, Parent = parent, TimeMs = 5,
                BodyRoot = MicroBlock.RootOf([]), BodyLength = 0, ReceiptsRoot = default, WriteDigest = default, StateRoot = height == 10 ? _snapshot.State.StateRoot(_cells.Root) : default,
            }, default);
            _blocks.Add(block);
            parent = block.Hash;
        }
    }

    public void Dispose() => _snapshot.Dispose();

    private enum Lie
    {
        Silence, Garbage, OtherCells, OtherState, OtherBlocks, CellsLeftOut,
    }

    public static TheoryData<int> Lies => [.. Enumerable.Range(0, Enum.GetValues<Lie>().Length)];

    [Theory]
    [MemberData(nameof(Lies))]
    public void Fetch_FirstHostLies_SecondIsBelieved(int lie)
    {
        StateSync sync = Sync();
        long now = 1000;
        for (int turn = 0; turn < 500 && sync.Result is null; turn++)
        {
            var asked = new List<(NodeId To, byte[] Question)>();
            now = Math.Max(now + 1, Math.Min(sync.Advance(now, Ask), now + 500));
            sync.Advance(now, Ask);
            for (int i = 0; i < asked.Count; i++)
            {
                byte[]? answer = Answer(now, asked[i].Question);
                if (asked[i].To == s_liar) answer = Twist((Lie)lie, asked[i].Question, answer);
                if (answer is not null) sync.Receive(now, asked[i].To, answer, Ask);
            }

            void Ask(NodeId to, byte[] question) => asked.Add((to, question));
        }
        FetchedState fetched = Assert.IsType<FetchedState>(sync.Result);
        Assert.Equal(_cells.Count, fetched.Cells.Count);
        Assert.Equal(_blocks.Select(block => block.Hash), fetched.Blocks.Select(block => block.Hash));
        var again = new HeapTrieStore(1 << 22, _shard.Prefix, _shard.Depth);
        again.Stage([.. fetched.Cells]);
        again.Commit();
        Assert.Equal(_cells.Root, again.Root);
        // What goes to the log comes back.
        FetchedState read = FetchedState.TryRead(fetched.Encode())!;
        Assert.Equal((fetched.Height, fetched.Run, fetched.Cells.Count, fetched.Blocks.Count), (read.Height, read.Run, read.Cells.Count, read.Blocks.Count));
    }

    [Fact]
    public void Receive_AnyBytes_NeverThrows()
    {
        var random = new Random(TestSettings.Seed is var seed ? (int)seed : 0);
        byte[][] answers = [StateMessages.State(_snapshot), StateMessages.Blocks([.. Enumerable.Reverse(_blocks)]), StateMessages.Cells(_snapshot, default)];
        using var server = new StateServer(100);
        for (int i = 0; i < 2000; i++)
        {
            StateSync sync = Sync();
            sync.Advance(1000, (_, _) => { });
            foreach (byte[] answer in answers)
            {
                byte[] changed = [.. answer.AsSpan(0, random.Next(answer.Length + 1))];
                if (changed.Length > 0 && random.Next(2) == 0) changed[random.Next(Math.Min(changed.Length, 200))] ^= (byte)(1 + random.Next(255));
                sync.Receive(1001, s_liar, random.Next(3) == 0 ? answer : changed, (_, _) => { });
                Assert.True(server.Answer(1001 + 200L * i, changed, new ShardHistory(4), _cells, _ => null) is null or { Length: > 0 });
            }
        }
    }

    private StateSync Sync() => new(_shard, new OrderingAnchor(_blocks[^1].Hash, 13, 5), default, hasEnded: false, [s_liar, s_honest], firstSeal: 5, delayMs: 50, maxBytes: 1 << 24);

    private byte[]? Answer(long nowMs, byte[] question)
    {
        _ = nowMs;
        return (StateMessage)question[0] switch
        {
            StateMessage.WantState => StateMessages.State(_snapshot),
            StateMessage.WantBlocks => new StateServer(1).Answer(0, question, new ShardHistory(1), null, hash => _blocks.Find(block => block.Hash == hash)),
            _ => StateMessages.Cells(_snapshot, new Digest(question.AsSpan(9, 32))),
        };
    }

    private byte[]? Twist(Lie lie, byte[] question, byte[]? answer)
    {
        var type = (StateMessage)question[0];
        switch (lie)
        {
            case Lie.Silence: return null;
            case Lie.Garbage: return [.. Enumerable.Repeat((byte)question[0], 40)];
            case Lie.OtherBlocks when type == StateMessage.WantBlocks: return StateMessages.Blocks([_blocks[0], _blocks[1]]);
            case Lie.OtherCells when type == StateMessage.WantState:
                answer![20] ^= 1; // of the cells' root
                return answer;
            case Lie.OtherState when type == StateMessage.WantState:
                answer![^1] ^= 1;
                return answer;
            case Lie.CellsLeftOut when type == StateMessage.WantCells:
                var fewer = new HeapTrieStore(1 << 22, _shard.Prefix, _shard.Depth);
                fewer.Stage([.. Enumerable.Range(0, 3999).Select(TestNetwork.Key).Where(key => _shard.Contains(key)).Select(key => new StateWrite(key, new byte[400]))]);
                fewer.Commit();
                return StateMessages.Cells(_snapshot with { Cells = fewer }, new Digest(question.AsSpan(9, 32)));
            default: return answer;
        }
    }
}
