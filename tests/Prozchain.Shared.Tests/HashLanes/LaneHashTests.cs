using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

/// <summary>A kernel's rows entry: messages of one length, digests of 32 bytes.</summary>
public delegate void RowsHash(ReadOnlySpan<byte> messages, int length, Span<byte> digests);

/// <summary>A kernel's tile entry: sixteen messages of words in lanes.</summary>
public delegate void TileHash(ReadOnlySpan<uint> words, Span<byte> digests);

/// <summary>The family of tests of every many-messages-at-once hash, against the same hash of one message.</summary>
public abstract class LaneHashTests
{
    private const int MaxCount = 40, MaxLength = 300;

    /// <summary>The dispatched entry first, then every width, whether this machine has it or not.</summary>
    protected abstract IReadOnlyList<RowsHash> Rows { get; }

    protected abstract IReadOnlyList<TileHash> Tiles { get; }

    protected abstract void HashOne(ReadOnlySpan<byte> message, Span<byte> digest);

    protected abstract (string Text, string Digest) KnownAnswer { get; }

    [Fact]
    public void HashRows_KnownAnswer_InEveryLane()
    {
        byte[] text = System.Text.Encoding.ASCII.GetBytes(KnownAnswer.Text);
        foreach (RowsHash rows in Rows)
        {
            byte[] messages = [.. Enumerable.Repeat(text, 21).SelectMany(bytes => bytes)], digests = new byte[21 * 32];
            rows(messages, text.Length, digests);
            Assert.All(digests.Chunk(32), digest => Assert.Equal(KnownAnswer.Digest, Convert.ToHexStringLower(digest)));
        }
    }

    [Fact]
    public void HashRows_EveryCountAndLength_EqualsOneByOne() => CheckRows(Rows);

    [Fact]
    public void HashRows_LongMessages_EqualsOneByOne()
    {
        foreach (int length in (int[])[319, 1023, 1024, 1025, 2047, 2048, 2049, 3073, 4096, 5248, 7168, 9000, 40_000])
            foreach (RowsHash rows in Rows)
                foreach (int count in (int[])[2, 5, 16, 17]) CheckOne(rows, Bytes(length * count, length), length, count);
    }

    [Fact]
    public void HashTile_EveryLength_EqualsOneByOne() => CheckTiles(Tiles);

    [Fact]
    public void HashRows_OnGuardPages_StaysWithin()
    {
        foreach (GuardSide side in (GuardSide[])[GuardSide.After, GuardSide.Before])
            foreach (int length in (int[])[0, 1, 3, 7, 8, 9, 31, 32, 63, 64, 65, 127, 128, 135, 136, 137, 200])
                foreach (RowsHash rows in Rows)
                    foreach (int count in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17])
                    {
                        byte[] messages = Bytes(length * count, count);
                        using var guarded = new GuardedMemory<byte>(messages, side);
                        using var digests = new GuardedMemory<byte>(32 * count, side);
                        rows(guarded.Span, length, digests.Span);
                        Assert.Equal(OneByOne(messages, length, count), digests.Span.ToArray());
                        Assert.Equal(messages, guarded.Span.ToArray());
                    }
    }

    [Fact]
    public void HashTile_OnGuardPages_StaysWithin()
    {
        foreach (GuardSide side in (GuardSide[])[GuardSide.After, GuardSide.Before])
            for (int words = 0; words < 70; words++)
                foreach (TileHash tile in Tiles)
                {
                    uint[] source = Words(words * 16);
                    using var guarded = new GuardedMemory<uint>(source, side);
                    using var digests = new GuardedMemory<byte>(16 * 32, side);
                    tile(guarded.Span, digests.Span);
                    Assert.Equal(source, guarded.Span.ToArray());
                }
    }

    [Fact]
    public void Hashing_WarmedUp_AllocatesNothing()
    {
        byte[] messages = Bytes(5248 * 33, 1), digests = new byte[33 * 32];
        uint[] words = Words(16 * 100);
        (RowsHash rows, TileHash tile) = (Rows[0], Tiles[0]);
        AllocationAssert.None(() =>
        {
            rows(messages, 5248, digests);
            rows(messages.AsSpan(0, 64 * 33), 64, digests);
            tile(words, digests.AsSpan(0, 512));
        });
    }

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void Hashing_WithoutInstructionSets_EqualsOneByOne(InstructionSet set) => IsaRerun.Without(set, () =>
    {
        CheckRows([Rows[0]], step: 7);
        CheckTiles([Tiles[0]]);
        CheckOne(Rows[0], Bytes(5249 * 17, 3), 5249, 17);
    });

    private void CheckRows(IReadOnlyList<RowsHash> entries, int step = 1)
    {
        byte[] messages = Bytes(MaxCount * MaxLength, 7), digests = new byte[MaxCount * 32];
        for (int length = 0; length <= MaxLength; length += step)
        {
            byte[] expected = OneByOne(messages, length, MaxCount);
            foreach (RowsHash rows in entries)
                for (int count = 0; count <= MaxCount; count++)
                {
                    rows(messages.AsSpan(0, length * count), length, digests.AsSpan(0, 32 * count));
                    Assert.True(digests.AsSpan(0, 32 * count).SequenceEqual(expected.AsSpan(0, 32 * count)), $"{count} messages of {length} bytes differ.");
                }
        }
    }

    private void CheckTiles(IReadOnlyList<TileHash> entries)
    {
        var digests = new byte[16 * 32];
        foreach (int length in (int[])[.. Enumerable.Range(0, 80), 255, 256, 257, 511, 513, 1312, 1313])
        {
            uint[] words = Words(16 * length);
            var rows = new byte[64 * length];
            for (int row = 0; row < 16; row++)
                for (int word = 0; word < length; word++) BitConverter.TryWriteBytes(rows.AsSpan(4 * (row * length + word)), words[16 * word + row]);
            byte[] expected = OneByOne(rows, 4 * length, 16);
            foreach (TileHash tile in entries)
            {
                tile(words, digests);
                Assert.True(digests.AsSpan().SequenceEqual(expected), $"A tile of {length} words a row differs.");
            }
        }
    }

    private void CheckOne(RowsHash rows, byte[] messages, int length, int count)
    {
        var digests = new byte[32 * count];
        rows(messages, length, digests);
        Assert.Equal(OneByOne(messages, length, count), digests);
    }

    private byte[] OneByOne(ReadOnlySpan<byte> messages, int length, int count)
    {
        var digests = new byte[32 * count];
        for (int i = 0; i < count; i++) HashOne(messages.Slice(i * length, length), digests.AsSpan(32 * i));
        return digests;
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static uint[] Words(int length) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(Bytes(4 * length, length)).ToArray();
}
