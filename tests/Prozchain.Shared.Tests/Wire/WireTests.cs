using System.Buffers;

namespace Prozchain.Shared.Tests;

public class WireTests
{
    [Fact]
    public void Varint_EdgesOfEachLength_RoundTripInTheFewestBytes()
    {
        for (int bits = 0; bits <= 64; bits++)
        {
            ulong power = bits == 64 ? 0 : 1UL << bits;
            foreach (ulong value in (ulong[])[power - 1, power, power + 1])
            {
                byte[] encoded = Varint(value);
                Assert.Equal(WireWriter.VarintLength(value), encoded.Length);
                var reader = new WireReader(encoded);
                Assert.True(reader.TryReadVarint(out ulong read) && reader.IsAtEnd);
                Assert.Equal(value, read);
                for (int cut = 0; cut < encoded.Length; cut++) Refuses(encoded.AsSpan(0, cut));
            }
        }
        Assert.Equal(1, WireWriter.VarintLength(0));
        Assert.Equal(10, WireWriter.VarintLength(ulong.MaxValue));
    }

    [Fact]
    public void Varint_NotCanonicalOrTooLarge_IsRefusedAndConsumesNothing()
    {
        Refuses([0x80, 0x00]);
        Refuses([0xFF, 0x80, 0x00]);
        Refuses([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02]);
        Refuses([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x00]);
        Refuses([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]);
        Refuses([.. Enumerable.Repeat((byte)0x80, 20)]);
    }

    [Fact]
    public void Varint_AnyBytes_ReadsOnlyWhatTheWriterWrites() => BinaryTrieTests.Law(2000, (seed, size) =>
    {
        var bytes = new byte[1 + size % 12];
        var random = new Random(seed);
        random.NextBytes(bytes);
        if (random.Next(2) == 0) for (int i = 0; i < bytes.Length - 1; i++) bytes[i] |= 0x80;
        var reader = new WireReader(bytes);
        return reader.TryReadVarint(out ulong value)
            ? Varint(value).AsSpan().SequenceEqual(bytes.AsSpan(0, reader.Offset))
            : value == 0 && reader.Offset == 0;
    });

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(6, 5, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, -1, false)]
    [InlineData(ulong.MaxValue, int.MaxValue, false)]
    [InlineData(ulong.MaxValue, -1, false)]
    [InlineData(int.MaxValue, int.MaxValue, true)]
    [InlineData(0x1_0000_0001, int.MaxValue, false)]
    public void TryReadCount_AtTheLimit_IsExact(ulong value, int max, bool accepted)
    {
        var reader = new WireReader(Varint(value));
        Assert.Equal(accepted, reader.TryReadCount(max, out int count));
        Assert.Equal(accepted ? (int)value : 0, count);
        Assert.Equal(accepted, reader.IsAtEnd);
    }

    [Fact]
    public void Fields_WrittenInOrder_ReadBack()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        var digest = new Bytes32([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        writer.WriteByte(0xAB);
        writer.WriteUInt16(0x0102);
        writer.WriteUInt32(0x03040506);
        writer.WriteUInt64(0x0708090A0B0C0D0E);
        writer.WriteBytes32(digest);
        writer.WriteSpan("end"u8);
        Assert.Equal("AB" + "0201" + "06050403" + "0E0D0C0B0A090807", Convert.ToHexString(output.WrittenSpan[..15]));

        var reader = new WireReader(output.WrittenSpan);
        Assert.True(reader.TryReadByte(out byte b) && b == 0xAB);
        Assert.True(reader.TryReadUInt16(out ushort u16) && u16 == 0x0102);
        Assert.True(reader.TryReadUInt32(out uint u32) && u32 == 0x03040506);
        Assert.True(reader.TryReadUInt64(out ulong u64) && u64 == 0x0708090A0B0C0D0E);
        Assert.True(reader.TryReadBytes32(out Bytes32 read) && read.Equals(digest));
        Assert.False(reader.TryReadSpan(4, out ReadOnlySpan<byte> none) || !none.IsEmpty);
        Assert.False(reader.TryReadSpan(-1, out _));
        Assert.True(reader.TryReadSpan(3, out ReadOnlySpan<byte> end) && end.SequenceEqual("end"u8));
        Assert.True(reader.IsAtEnd && reader.Remaining == 0 && reader.Offset == output.WrittenCount);
        Assert.False(reader.TryReadByte(out _) || reader.TryReadVarint(out _) || reader.TryReadCount(9, out _));
    }

    [Fact]
    public void FixedWidth_TooShort_IsRefusedWithZero()
    {
        for (int length = 0; length < 32; length++)
        {
            var bytes = new byte[length];
            bytes.AsSpan().Fill(0xFF);
            var reader = new WireReader(bytes);
            Assert.True(length >= 1 || (!reader.TryReadByte(out byte b) && b == 0));
            Assert.True(length >= 2 || (!reader.TryReadUInt16(out ushort u16) && u16 == 0));
            Assert.True(length >= 4 || (!reader.TryReadUInt32(out uint u32) && u32 == 0));
            Assert.True(length >= 8 || (!reader.TryReadUInt64(out ulong u64) && u64 == 0));
            Assert.True(!reader.TryReadBytes32(out Bytes32 digest) && digest.IsZero);
            Assert.Equal(0, reader.Offset);
        }
    }

    private static void Refuses(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        Assert.False(reader.TryReadVarint(out ulong value));
        Assert.Equal(0UL, value);
        Assert.Equal(0, reader.Offset);
    }

    private static byte[] Varint(ulong value)
    {
        var output = new ArrayBufferWriter<byte>();
        new WireWriter(output).WriteVarint(value);
        return output.WrittenSpan.ToArray();
    }
}
