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

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(200)]
    public unsafe void SplitAndMergeOfWeights_EveryLength_EqualTheDefinition(byte bias)
    {
        var random = new SeededRandom(bias);
        for (int n = 0; n <= 300; n++)
        {
            byte[] elements = random.Bytes(2 * n), high = new byte[n], low = new byte[(n + 7) / 8 * 7];
            for (int i = 0; i < n; i++)
            {
                // Exponents from the bias on, and 127 more.
                elements[2 * i] = (byte)(elements[2 * i] & 0x7F | (bias & 1) << 7);
                int exponent = (byte)(bias + random.Next(128)), bits = (elements[2 * i + 1] & 0x80) << 8 | exponent << 7 | elements[2 * i] & 0x7F;
                BitConverter.TryWriteBytes(elements.AsSpan(2 * i), (ushort)bits);
                high[i] = (byte)((exponent - bias) << 1 | bits >> 6 & 1);
                int kept = (bits & 0x3F) << 1 | bits >> 15;
                for (int bit = 0; bit < 7; bit++) low[(7 * i + bit) / 8] |= (byte)((kept >> bit & 1) << (7 * i + bit) % 8);
            }
            using GuardedMemory<byte> source = new(elements), highs = new(n), lows = new(low.Length), merged = new(2 * n);
            Assert.True(WeightPlanes.Split(source.Span, bias, highs.Span, lows.Span));
            Assert.Equal(high, highs.Span.ToArray());
            Assert.Equal(low, lows.Span.ToArray());
            fixed (byte* first = highs.Span, second = lows.Span)
            {
                Assert.True(WeightPlanes.Merge(first, second, bias, merged.Span));
                Assert.Equal(elements, merged.Span.ToArray());
                if (n % 8 != 0)
                {
                    lows.Span[^1] |= 0x80;
                    Assert.False(WeightPlanes.Merge(first, second, bias, merged.Span));
                }
            }
            if (n == 0) continue;
            // One that does not fit, anywhere.
            int other = random.Next(n), outside = (byte)(bias + 128 + random.Next(128));
            BitConverter.TryWriteBytes(source.Span[(2 * other)..], (ushort)(outside << 7 | 5));
            Assert.False(WeightPlanes.Split(source.Span, bias, highs.Span, lows.Span));
            WeightPlanes.SetHigh(merged.Span.Slice(2 * other, 2), (byte)(high[other] ^ 0x55), bias);
            Assert.True(WeightPlanes.Split(merged.Span, bias, highs.Span, lows.Span));
            Assert.Equal(high[other] ^ 0x55, highs.Span[other]);
        }
    }

    [Fact]
    public void SplitAndMergeOfWeights_WithoutAvx512_EqualTheDefinition() => IsaRerun.Without(InstructionSet.Avx512, () => SplitAndMergeOfWeights_EveryLength_EqualTheDefinition(64));

    [Fact]
    public void SplitAndMergeOfWeights_Scalar_EqualTheDefinition() => IsaRerun.Without(InstructionSet.All, () => SplitAndMergeOfWeights_EveryLength_EqualTheDefinition(64));

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
