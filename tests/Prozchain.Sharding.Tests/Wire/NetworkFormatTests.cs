using System.Security.Cryptography;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>What validators say to each other: docs/formats/sharding-network.md.</summary>
public sealed class NetworkFormatTests : IDisposable
{
    private const string FrozenState = "8a6e3cf8e5b7290ec62dc33b32690820d705245839d516843224bf73bc06f481";
    private const string FrozenBlocks = "f4d4d27da7128cfb59639333c4fccb2ebb3bad05e162ac1a0d22d9579954d027";
    private const string FrozenCells = "918f0a6283d3af00688eb38bcc237597959e7e3978b847f94e2af0245f1efa6d";
    private const string FrozenBase = "326433e26d30b3b9503c6da1dfc062f678bb48b75d90cc10ed7613ed5bdf3658";

    private readonly ShardInfo _shard;
    private readonly StateSnapshot _snapshot;
    private readonly MicroBlock[] _blocks;

    public NetworkFormatTests()
    {
        ShardLayout layout = ShardLayout.Create(1);
        _shard = layout.Shards[0];
        var cells = new HeapTrieStore(1 << 20, _shard.Prefix, _shard.Depth);
        cells.Stage([.. Enumerable.Range(0, 20).Select(i => new StateWrite(TestNetwork.Key(i), new byte[] { 1, 2, (byte)i }))]);
        cells.Commit();
        _snapshot = new StateSnapshot(5, TestNetwork.State(), cells);
        MicroBlock seal = Block(5, TestNetwork.Key(1), _snapshot.State.StateRoot(cells.Root));
        _blocks = [Block(6, seal.Hash), seal];
    }

    public void Dispose() => _snapshot.Dispose();

    private FetchedState Fetched => new(5, _snapshot.State, [new StateWrite(TestNetwork.Key(1), new byte[] { 4, 5 })], [.. _blocks.Reverse()], new RunKey(3, 1), true);

    private byte[][] Answers => [StateMessages.State(_snapshot), StateMessages.Blocks(_blocks), StateMessages.Cells(_snapshot, default)];

    [Fact]
    public void Envelope_Bytes_AreFrozen()
    {
        byte[] message = NetworkMessage.Write(NetworkMessageKind.Run, [0xAA, 0xBB], new ShardId(0x0102030405060708), 9, new ShardId(3), 258);
        Assert.Equal("00" + "42" + "0807060504030201" + "0900000000000000" + "0300000000000000" + "0201" + "aabb", Convert.ToHexStringLower(message));
        Assert.True(NetworkMessage.TryRead(message, out NetworkMessage read));
        Assert.True(read is { Kind: NetworkMessageKind.Run, Shard.Value: 0x0102030405060708, Epoch: 9, Moment: 258, Source.Value: 3 } && read.Payload.SequenceEqual((byte[])[0xAA, 0xBB]));
        byte[] kinds = [.. Enum.GetValues<NetworkMessageKind>().Select(kind => NetworkMessage.Write(kind, [])[1])];
        Assert.Equal("404142434445", Convert.ToHexStringLower(kinds));
    }

    [Fact]
    public void Envelope_WrongBytes_AreRefused()
    {
        byte[] good = NetworkMessage.Write(NetworkMessageKind.Beacon, [1, 2, 3], new ShardId(4), 5, new ShardId(6));
        for (int length = 0; length < 26; length++) Assert.False(NetworkMessage.TryRead(good.AsSpan(0, length), out _));
        Assert.True(NetworkMessage.TryRead(good.AsSpan(0, 26), out NetworkMessage empty) && empty.Payload.IsEmpty);
        foreach (byte kind in (byte[])[0, 63, 70, 255]) Assert.False(NetworkMessage.TryRead([0, kind, .. good[2..]], out _));
        Assert.False(NetworkMessage.TryRead([1, .. good[1..]], out _));
        // Of a shard's run: a moment more.
        byte[] run = NetworkMessage.Write(NetworkMessageKind.Run, [1, 2, 3], new ShardId(4), 5, new ShardId(6), 7);
        for (int length = 0; length < 28; length++) Assert.False(NetworkMessage.TryRead(run.AsSpan(0, length), out _));
        HostileBytes.Feed([good, run], bytes =>
        {
            if (NetworkMessage.TryRead(bytes, out NetworkMessage read)) Assert.Equal(bytes.ToArray(), NetworkMessage.Write(read.Kind, read.Payload, read.Shard, read.Epoch, read.Source, read.Moment));
        }, 20_000);
    }

    [Fact]
    public void Questions_Bytes_AreFrozen()
    {
        Assert.Equal("01" + "0500000000000000", Convert.ToHexStringLower(StateMessages.WantState(5)));
        Assert.Equal("03" + Convert.ToHexStringLower(TestNetwork.Key(1).Span) + "0700000000000000", Convert.ToHexStringLower(StateMessages.WantBlocks(TestNetwork.Key(1), 7)));
        Assert.Equal("05" + "0800000000000000" + Convert.ToHexStringLower(TestNetwork.Key(2).Span), Convert.ToHexStringLower(StateMessages.WantCells(8, TestNetwork.Key(2))));
    }

    [Fact]
    public void AnswersAndBase_Bytes_AreFrozen()
    {
        string expected = string.Join(' ', FrozenState, FrozenBlocks, FrozenCells, FrozenBase);
        string actual = string.Join(' ', ((byte[][])[.. Answers, Fetched.Encode()]).Select(bytes => Convert.ToHexStringLower(SHA256.HashData(bytes))));
        Assert.True(expected == actual, $"Expected {expected}, got {actual}.");
    }

    [Fact]
    public void Answers_Honest_GiveTheState()
    {
        FetchedState fetched = Assert.IsType<FetchedState>(Fetch(Answers));
        Assert.Equal((5UL, 20, 2), (fetched.Height, fetched.Cells.Count, fetched.Blocks.Count));
    }

    [Fact]
    public void Answers_HostileBytes_AreNeverBelieved()
    {
        byte[][] answers = Answers;
        for (int changed = 0; changed < answers.Length; changed++)
        {
            byte[][] told = [.. answers];
            HostileBytes.Feed([answers[changed]], bytes =>
            {
                told[changed] = bytes.ToArray();
                // Trailing bytes are nobody's; whatever comes out leads to the block that is known to be final.
                if (Fetch(told) is { } fetched) Assert.Equal((5UL, 20, _blocks[0].Hash), (fetched.Height, fetched.Cells.Count, fetched.Blocks[^1].Hash));
            }, 2_000);
        }
        // Counts and lengths that nothing follows.
        Assert.Null(Fetch([answers[0], [4, 0xFF, 0xFF, .. answers[1][3..]], answers[2]]));
        Assert.Null(Fetch([answers[0], [4, 0x01, 0x01, .. answers[1][3..]], answers[2]]));
        Assert.Null(Fetch([[.. answers[0][..41], 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], answers[1], answers[2]]));
        Assert.Null(Fetch([[.. answers[0], .. new byte[StateMessages.MaxStateBytes]], answers[1], answers[2]]));
    }

    [Fact]
    public void Server_HostileQuestions_NeverThrow()
    {
        using var server = new StateServer(1);
        var history = new ShardHistory(4);
        foreach (MicroBlock block in Enumerable.Reverse(_blocks)) history.Add(block, _snapshot.State, []);
        long now = 0;
        int answered = 0;
        HostileBytes.Feed([StateMessages.WantState(5), StateMessages.WantBlocks(_blocks[0].Hash, 5), StateMessages.WantCells(5, default)], bytes =>
        {
            if (server.Answer(now += 2, bytes, history, _snapshot.Cells, hash => Array.Find(_blocks, block => block.Hash == hash)) is not null) answered++;
        }, 20_000);
        Assert.True(answered > 10, $"Expected some to be answered, got {answered}.");
    }

    [Fact]
    public void Base_HostileBytes_AreReadBackOrRefused()
    {
        byte[] good = Fetched.Encode();
        Assert.NotNull(FetchedState.TryRead(good));
        for (int length = 0; length < good.Length; length++) Assert.Null(FetchedState.TryRead(good.AsSpan(0, length)));
        HostileBytes.Feed([good], bytes => FetchedState.TryRead(bytes), 20_000);
        // Declared lengths of 2^35 - 1: of the state, and of cells.
        byte[] most = [0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
        Assert.Null(FetchedState.TryRead([.. good[..17], .. most, .. good[18..]]));
        Assert.Null(FetchedState.TryRead([.. good[..17], 0, .. most]));
        Assert.Null(FetchedState.TryRead([.. good[..17], 0, 0, .. most]));
    }

    [Fact]
    public void PeerName_IsFrozenAndBounded()
    {
        NodeId name = PeerName.Of(new ShardId(3), new NodeId(5));
        Assert.Equal(3 << 12 | 5, name.Value);
        Assert.Equal((new ShardId(3), new NodeId(5)), (PeerName.ShardOf(name), PeerName.HostOf(name)));
        name = PeerName.Of(new ShardId((1 << 19) - 1), new NodeId(4095));
        Assert.Equal((new ShardId((1 << 19) - 1), new NodeId(4095)), (PeerName.ShardOf(name), PeerName.HostOf(name)));
        Assert.Throws<ArgumentException>(() => PeerName.Of(new ShardId(1 << 19), new NodeId(0)));
        Assert.Throws<ArgumentException>(() => PeerName.Of(new ShardId(1), new NodeId(4096)));
        Assert.Throws<ArgumentException>(() => PeerName.Of(new ShardId(1), new NodeId(-1)));
    }

    private MicroBlock Block(ulong height, Digest parent, Digest state = default) => new(new MicroHeader
    {
        Kind = MicroBlockKind.Ordinary, ChainId = 7, Shard = _shard.Id, Epoch = 3, Instance = TestNetwork.Key(4), View = height, ParentView = height - 1, Height = height, Parent = parent, TimeMs = 5,
        BodyRoot = MicroBlock.RootOf([]), BodyLength = 0, ReceiptsRoot = default, WriteDigest = default, StateRoot = state,
    }, default);

    // From one host that answers each question with these, some times over.
    private FetchedState? Fetch(byte[][] answers)
    {
        var sync = new StateSync(_shard, new OrderingAnchor(_blocks[0].Hash, 6, 5), new RunKey(3, 1), hasEnded: true, [new NodeId(1)], firstSeal: 5, delayMs: 50, maxBytes: 1 << 20);
        var asked = new Queue<byte[]>();
        for (int turn = 0; turn < 3 && sync.Result is null; turn++)
        {
            sync.Advance(1_000 + 1_000 * turn, (_, question) => asked.Enqueue(question));
            for (int left = 6; left > 0 && asked.TryDequeue(out byte[]? question); left--) sync.Receive(1_001 + 1_000 * turn, new NodeId(1), answers[question[0] / 2], (_, next) => asked.Enqueue(next));
        }
        return sync.Result;
    }
}
