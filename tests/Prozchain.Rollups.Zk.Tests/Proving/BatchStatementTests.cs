using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Keccak = Prozchain.Zk.Hashing.Keccak256;

namespace Prozchain.Rollups.Zk.Tests.Proving;

public sealed class BatchStatementTests
{
    [Fact]
    public void Bytes_OfASeededStatement_AreFrozen()
    {
        byte[] bytes = BatchCase.Write(BatchCase.Any(1)), unread = BatchCase.Write(Unread(BatchCase.Any(2)));
        string digest = Convert.ToHexStringLower(SHA256.HashData([.. bytes, .. unread]));
        Assert.True(digest == "4a9616bfe0b836e61769bb44e892ce5caba278bb8aa44668fab9e4f987ac257d", $"Got {digest}.");
    }

    [Fact]
    public void TryRead_OfWhatWasWritten_GivesTheSame()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            BatchStatement statement = seed % 3 == 0 ? Unread(BatchCase.Any(seed)) : seed % 3 == 1 ? BatchCase.Any(seed) : BatchCase.Any(seed) with { Previous = null, Forced = [] };
            byte[] bytes = BatchCase.Write(statement);
            Assert.True(BatchStatementWire.TryRead(bytes, out BatchStatement? read));
            Assert.Equal(bytes, BatchCase.Write(read!));
            Assert.Equal(statement.Asked(), read!.Asked());
            Assert.Equal(statement.Digest(), read.Digest());
            Assert.Equal((statement.IsLive, statement.IsWithheld, statement.Kind, statement.Data, statement.MessageRoot()), (read.IsLive, read.IsWithheld, read.Kind, read.Data, read.MessageRoot()));
        }
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndTakesOneEncoding()
    {
        byte[][] seeds = [BatchCase.Write(BatchCase.Any(1)), BatchCase.Write(Unread(BatchCase.Any(2))), BatchCase.Write(BatchCase.Any(3) with { Previous = null, Forced = [] })];
        int read = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (!BatchStatementWire.TryRead(copy, out BatchStatement? statement)) return;
            read++;
            Assert.Equal(copy, BatchCase.Write(statement!));
            statement!.Asked();
        }, 5_000);
        Assert.True(read > 100, $"Expected some mutations to be statements, got {read}.");
        foreach (byte[] seed in seeds)
            for (int length = 0; length < seed.Length; length += 1 + length / 40) Assert.False(BatchStatementWire.TryRead(seed.AsMemory(0, length), out _));
        Assert.False(BatchStatementWire.TryRead((byte[])[.. seeds[0], 0], out _));
    }

    [Fact]
    public void TryRead_ManyExitsInFewBytes_TakesNoRoomForThem()
    {
        byte[] bytes = BatchCase.Write(Unread(BatchCase.Any(2)) with { Forced = [], Exits = [], Payloads = [] });
        Assert.Equal([0, 0, 0], bytes[^3..]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(BatchStatementWire.TryRead((byte[])[.. bytes[..^2], 0x80, 0x80, 0x04, 0], out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_000);
    }

    [Fact]
    public void Digest_EachField_ChangesIt()
    {
        BatchStatement statement = BatchCase.Any(5);
        var random = new SeededRandom(6);
        BatchStatement[] others =
        [
            statement, statement with { Setup = BatchCase.Digest(random) }, statement with { ChainId = 8 }, statement with { ProtocolVersion = 2 }, statement with { RootBefore = BatchCase.Digest(random) },
            statement with { ExitRootBefore = default }, statement with { RootAfter = BatchCase.Digest(random) }, statement with { IsLive = false }, statement with { Time = 1 }, statement with { Block = 1 },
            statement with { BlockTime = 1 }, statement with { Items = default }, statement with { Count = 1 }, statement with { Length = 1 }, statement with { Chunks = [] }, statement with { Head = default },
            statement with { Previous = statement.Previous!.Value with { Block = 1 } }, statement with { Forced = [] }, statement with { Exits = [] }, statement with { Payloads = [statement.Payloads[1]] },
        ];
        Assert.Equal(others.Length, others.Select(static other => other.Digest()).Distinct().Count());
    }

    [Fact]
    public void Asked_AgainstTheFormatsByHand_IsTheSame()
    {
        BatchStatement s = BatchCase.Any(7);
        InboxHead p = s.Previous!.Value;
        byte[] before = Hash(p.Before.Span, Word(p.Number), Word((ulong)p.Kind), p.Commitment.Span, Word(p.ForcedTaken), p.ForcedHead.Span, Word(p.Block), Word(p.BlockTime)), forced = p.ForcedHead.Span.ToArray();
        foreach (ForcedItem item in s.Forced)
            forced = Hash(forced, Hash([.. new byte[12], .. item.Sender.Span], Hash(item.Data.Span)), Word(item.Block), Word(item.TimestampSeconds));
        byte[] data = Hash(Word(s.Length), Hash([0x14], s.Chunks[0].Span, s.Chunks[1].Span));
        byte[] commitment = Hash(data, s.Items.Span, Word(s.Count), Word(s.Time));
        byte[] head = Hash(before, Word(s.Number), Word(2), commitment, Word(p.ForcedTaken + 3), forced, Word(s.Block), Word(s.BlockTime));
        byte[][] leaves =
        [
            Hash(Word(1), Word(BatchCase.Chain), Word(s.Number), Word(0), Word(s.Exits[0].Token), Word(s.Exits[0].Amount), Address(s.Exits[0].Recipient)),
            Hash(Word(2), Word(BatchCase.Chain), Word(s.Number), Word(1), Word(4), [0, 0, 0, 18, .. new byte[28]], Address(s.Exits[1].Recipient), Hash(s.Payloads[1].Bytes.Span)),
            Hash(Word(1), Word(BatchCase.Chain), Word(s.Number), Word(2), Word(0), Word(s.Exits[2].Amount), Address(s.Exits[2].Recipient)),
        ];
        byte[] exits = Hash(Hash(leaves[0], leaves[1]), Hash(leaves[2], new byte[32]));
        Assert.Equal(new(new(Hash(s.RootBefore.Span, s.ExitRootBefore.Span)), new(Hash(s.RootAfter.Span, exits)), new(head)), s.Asked());
        Assert.Equal(new Digest32(Hash(Word(2), Word(BatchCase.Chain), Word(s.Number), Word(0), Word(4), [0, 0, 0, 18, .. new byte[28]], Address(s.Exits[1].Recipient), Hash(s.Payloads[1].Bytes.Span))), s.MessageRoot());
    }

    [Fact]
    public void Data_OfChunksHashes_IsTheCommitment()
    {
        foreach (int length in (int[])[0, 1, ChunkCommitment.ChunkSize, 3 * ChunkCommitment.ChunkSize + 5])
        {
            byte[] bytes = new SeededRandom(1).Bytes(length);
            BatchStatement statement = BatchCase.Any(1) with { Length = (ulong)length, Chunks = ChunkCommitment.HashesOf(bytes) };
            Assert.Equal(ChunkCommitment.Compute(bytes), statement.Data);
            Assert.Equal(statement.Data, (statement with { Chunks = length == 0 ? [] : [ChunkCommitment.Root(bytes)] }).Data);
        }
    }

    [Fact]
    public void Write_OfWhatNobodyReads_SaysSo()
    {
        BatchStatement statement = BatchCase.Any(3);
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Unread = BatchCase.Digest(new SeededRandom(1)) }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { IsWithheld = true }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Head = new byte[38] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Chunks = new Digest32[BatchStatementWire.MaxChunks + 1] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Forced = [statement.Forced[1]] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Exits = [statement.Exits[0] with { Kind = 0 }] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Exits = [statement.Exits[1] with { Token = 1 }] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Payloads = [] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Payloads = [.. statement.Payloads.Reverse()] }));
        Assert.Throws<ArgumentException>(() => BatchCase.Write(statement with { Payloads = [new(4, 3, default)] }));
    }

    private static BatchStatement Unread(BatchStatement statement) =>
        statement with { IsWithheld = true, IsLive = false, Length = 0, Chunks = [], Head = default, Unread = BatchCase.Digest(new SeededRandom(9)), Exits = [], Payloads = [] };

    private static byte[] Word(UInt128 value)
    {
        var word = new byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(word.AsSpan(16), value);
        return word;
    }

    private static byte[] Address(L1Address address) => [.. new byte[12], .. address.Span];

    private static byte[] Hash(ReadOnlySpan<byte> bytes)
    {
        var digest = new byte[32];
        Keccak.Hash(bytes, digest);
        return digest;
    }

    private static byte[] Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> a = default, ReadOnlySpan<byte> b = default, ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default, ReadOnlySpan<byte> e = default, ReadOnlySpan<byte> f = default) =>
        Hash((byte[])[.. first, .. second, .. a, .. b, .. c, .. d, .. e, .. f]);
}
