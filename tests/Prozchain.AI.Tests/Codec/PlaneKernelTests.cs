using Prozchain.AI.Codec;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Codec;

public class PlaneKernelTests
{
    [Fact]
    public void SplitAndMerge_EveryLength_EqualTheDefinition()
    {
        var random = new SeededRandom(1);
        foreach (int width in (int[])[2, 4])
        {
            for (int n = 0; n <= 200; n++)
            {
                byte[] elements = random.Bytes(width * n), expected = new byte[width * n];
                for (int i = 0; i < n; i++)
                {
                    uint bits = width == 2 ? BitConverter.ToUInt16(elements, 2 * i) : BitConverter.ToUInt32(elements, 4 * i);
                    bits = bits << 1 | bits >> (8 * width - 1);
                    for (int plane = 0; plane < width; plane++) expected[plane * n + i] = (byte)(bits >> (8 * (width - 1 - plane)));
                }
                using GuardedMemory<byte> source = new(elements), planes = new(width * n), merged = new(width * n);
                BytePlanes.Split(source.Span, planes.Span, n, width);
                Assert.Equal(expected, planes.Span.ToArray());
                Merge(planes.Span, n, width, merged.Span);
                Assert.Equal(elements, merged.Span.ToArray());
            }
        }
    }

    [Fact]
    public void Xor_EveryLength_EqualsTheDefinition()
    {
        var random = new SeededRandom(2);
        for (int n = 0; n <= 200; n++)
        {
            byte[] x = random.Bytes(n), y = random.Bytes(n);
            using GuardedMemory<byte> first = new(x), second = new(y);
            BytePlanes.Xor(first.Span, second.Span, first.Span);
            Assert.Equal(x.Zip(y, (a, b) => (byte)(a ^ b)), first.Span.ToArray());
        }
    }

    [Theory]
    [InlineData(120, 12)]
    [InlineData(3, 2)]
    [InlineData(250, 20)]
    [InlineData(128, 90)]
    [InlineData(0, 0)]
    public void Add_NearAndFar_CountsEveryByte(int middle, int spread)
    {
        var random = new SeededRandom((ulong)middle);
        foreach (int length in (int[])[0, 1, 7, 8, 1000, 16384, 8160 * 3, 50_001])
        {
            // Mostly around the middle, some anywhere.
            byte[] bytes = [.. random.Bytes(length).Select(_ => random.Next(100) == 0 ? (byte)random.Next(256) : (byte)Math.Clamp(middle + random.Next(-spread, spread + 1) / 2, 0, 255))];
            uint[] counts = new uint[256], expected = new uint[256];
            counts[5] = expected[5] = 10;
            foreach (byte b in bytes) expected[b]++;
            using var guarded = new GuardedMemory<byte>(bytes);
            ByteHistogram.Add(guarded.Span, counts);
            Assert.Equal(expected, counts);
        }
    }

    private static unsafe void Merge(ReadOnlySpan<byte> planes, int n, int width, Span<byte> elements)
    {
        fixed (byte* from = planes)
        {
            byte** starts = stackalloc byte*[4];
            for (int i = 0; i < width; i++) starts[i] = from + i * n;
            BytePlanes.Merge(starts, width, elements);
        }
    }
}
