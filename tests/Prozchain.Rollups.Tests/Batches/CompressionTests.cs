using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class CompressionTests
{
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * i >> 7))];

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    public void Batches_ComeBack(int? quality)
    {
        ReadOnlyMemory<byte>[] batches = [s_data, new byte[] { 1 }, s_data.AsMemory(0, 300)];
        byte[] content = Content(batches, quality);
        var read = new List<ReadOnlyMemory<byte>>();
        Assert.Equal(BatchFault.None, ChannelContent.TryRead(content, 60_000, read));
        Assert.Equal(batches.Select(batch => batch.ToArray()), read.Select(batch => batch.ToArray()));
        Assert.Equal(BatchFault.LimitExceeded, ChannelContent.TryRead(content, 50_303, read));
        Assert.Equal(3, read.Count);
        if (quality is null) return;
        Assert.InRange(content.Length, 0, s_data.Length);
        Assert.Equal(BatchFault.Truncated, ChannelContent.TryRead(content.AsSpan(0, content.Length - 1), 60_000, read));
        Assert.Equal(BatchFault.TrailingBytes, ChannelContent.TryRead((byte[])[.. content, 0], 60_000, read));
    }

    [Fact]
    public void ABomb_StopsAtTheBound()
    {
        var bomb = new ArrayBufferWriter<byte>();
        BatchCompression.WriteBrotli(new byte[64 << 20], 9, bomb);
        Assert.InRange(bomb.WrittenCount, 0, 1_000);
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(BatchFault.LimitExceeded, BatchCompression.TryRead(bomb.WrittenSpan, 100_000, output));
        Assert.InRange(output.WrittenCount, 0, 100_000);
        Assert.InRange(output.Capacity, 0, 1 << 19);
    }

    [Fact]
    public void TheBound_IsExact()
    {
        var bytes = new ArrayBufferWriter<byte>();
        BatchCompression.WriteBrotli(s_data, BatchCompression.DefaultQuality, bytes);
        Assert.Equal(BatchFault.None, BatchCompression.TryRead(bytes.WrittenSpan, s_data.Length, new ArrayBufferWriter<byte>()));
        Assert.Equal(BatchFault.LimitExceeded, BatchCompression.TryRead(bytes.WrittenSpan, s_data.Length - 1, new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void HostileContent_IsRefusedWholeOrReadWhole()
    {
        byte[][] seeds = [Content([s_data.AsMemory(0, 2_000), s_data.AsMemory(0, 30)], 6), Content([s_data.AsMemory(0, 90), s_data.AsMemory(0, 30)], null)];
        var faults = new HashSet<BatchFault>();
        HostileBytes.Feed(seeds, bytes =>
        {
            var read = new List<ReadOnlyMemory<byte>>();
            BatchFault fault = ChannelContent.TryRead(bytes, 4_000, read);
            faults.Add(fault);
            if (fault != BatchFault.None) Assert.Empty(read);
            Assert.InRange(read.Sum(batch => batch.Length), 0, 4_000);
        }, count: 10_000);
        Assert.InRange(faults.Count, 4, int.MaxValue);
        Assert.Throws<ArgumentException>(() => Content([default], null));
        Assert.Throws<ArgumentOutOfRangeException>(() => Content([s_data], 12));
    }

    private static byte[] Content(IEnumerable<ReadOnlyMemory<byte>> batches, int? quality)
    {
        var output = new ArrayBufferWriter<byte>();
        ChannelContent.Write(batches, quality, output);
        return output.WrittenSpan.ToArray();
    }
}
