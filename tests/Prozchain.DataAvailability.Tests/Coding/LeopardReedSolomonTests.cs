using Prozchain.DataAvailability.Coding;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Coding;

public class LeopardReedSolomonTests
{
    private static readonly LeopardReedSolomon s_code = LeopardReedSolomon.Instance;

    /// <summary>Every shape of tree: each number of layers, one block and many, whole and ragged.</summary>
    private static readonly (int K, int M)[] s_shapes =
    [
        (1, 1), (1, 5), (2, 1), (9, 1), (2, 2), (3, 2), (2, 3), (5, 2), (4, 4), (7, 3), (8, 8), (9, 16), (13, 5), (16, 16), (17, 7), (30, 32),
        (32, 32), (33, 32), (60, 60), (64, 64), (100, 20), (128, 128), (127, 100), (250, 5), (129, 128), (200, 100), (256, 256), (300, 7),
        (5, 300), (512, 512), (513, 512), (700, 130), (600, 1000),
    ];

    [Fact]
    public void EverySizeAndStride_EqualsReference()
    {
        foreach ((int k, int m) in s_shapes)
            foreach (int size in k + m > 500 ? new[] { 64, 192 } : [64, 128, 192, 576, 1088]) CheckEqual(k, m, size, gap: size % 128 == 64 ? 64 : 0);
    }

    [Theory]
    [InlineData(65535, 1)]
    [InlineData(65534, 2)]
    [InlineData(1, 32768)]
    [InlineData(40000, 8192)]
    [InlineData(32768, 32768)]
    public void MostShards_EqualsReference(int k, int m) => CheckEqual(k, m, 64, gap: 0);

    [Fact]
    public void EverySizeAndStride_WithoutAvx512_EqualsReference() => IsaRerun.Without(InstructionSet.Avx512, CheckSome);

    [Fact]
    public void EverySizeAndStride_WithoutGfni_EqualsReference() => IsaRerun.Without(InstructionSet.Gfni, CheckSome);

    [Fact]
    public void EverySizeAndStride_WithoutAvx2_EqualsReference() => IsaRerun.Without(InstructionSet.Avx2, () =>
    {
        Assert.True(Gf16Nibbles128.IsSupported && !Gf16Nibbles256.IsSupported && !Gf16Affine256.IsSupported, "Expected lanes of 128 bits, got others.");
        CheckSome();
    });

    [Fact]
    public void EverySizeAndStride_WithoutIntrinsics_EqualsReference() => IsaRerun.Without(InstructionSet.All, CheckSome);

    [Fact]
    public void Reconstruct_EveryPatternOfSmallCodes_RestoresOrRefuses()
    {
        for (int k = 1; k <= 9; k++)
        {
            for (int m = 1; k + m <= 10; m++)
            {
                byte[] data = TestSquares.Random(k * 16 + m, k * 64), recovery = new byte[m * 64];
                s_code.Encode(new ReadOnlyShards(data, k, 64), new Shards(recovery, m, 64));
                for (int pattern = 0; pattern < 1 << (k + m); pattern++)
                {
                    var present = new bool[k + m];
                    for (int i = 0; i < k + m; i++) present[i] = (pattern >> i & 1) != 0;
                    byte[] someData = [.. data], someRecovery = [.. recovery];
                    for (int i = 0; i < k + m; i++)
                        if (!present[i]) (i < k ? someData.AsSpan(i * 64, 64) : someRecovery.AsSpan((i - k) * 64, 64)).Fill(0xA5);
                    DecodeResult result = s_code.Reconstruct(new Shards(someData, k, 64), new Shards(someRecovery, m, 64), present);
                    bool enough = present.Count(p => p) >= k;
                    Assert.Equal(enough ? DecodeResult.Restored : DecodeResult.NotEnoughShards, result);
                    if (enough) Assert.True(data.AsSpan().SequenceEqual(someData) && recovery.AsSpan().SequenceEqual(someRecovery), $"{k}+{m} {pattern:b}");
                }
            }
        }
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(20, 30)]
    [InlineData(40, 20)]
    [InlineData(260, 40)]
    public void GuardPages_OnEitherSide_AreNotTouched(int k, int m)
    {
        const int Size = 192;
        byte[] source = TestSquares.Random(k, k * Size);
        foreach (GuardSide side in (ReadOnlySpan<GuardSide>)[GuardSide.Before, GuardSide.After])
        {
            using GuardedMemory<byte> data = new(source, side), recovery = new(m * Size, side);
            s_code.Encode(new ReadOnlyShards(data.Span, k, Size), new Shards(recovery.Span, m, Size));
            byte[] parity = recovery.Span.ToArray();
            bool[] present = Erase(k, m, 3, data.Span, recovery.Span, Size, Size);
            Assert.Equal(DecodeResult.Restored, s_code.Reconstruct(new Shards(data.Span, k, Size), new Shards(recovery.Span, m, Size), present));
            Assert.True(source.AsSpan().SequenceEqual(data.Span) && parity.AsSpan().SequenceEqual(recovery.Span));
        }
    }

    [Fact]
    public void Decode_OfData_LeavesRecoveryAlone()
    {
        byte[] data = TestSquares.Random(1, 40 * 64), recovery = new byte[24 * 64], expected = [.. data];
        s_code.Encode(new ReadOnlyShards(data, 40, 64), new Shards(recovery, 24, 64));
        bool[] present = Erase(40, 24, 5, data, recovery, 64, 64);
        byte[] before = [.. recovery];
        Assert.Equal(DecodeResult.Restored, s_code.Decode(new Shards(data, 40, 64), new ReadOnlyShards(recovery, 24, 64), present));
        Assert.Equal(expected, data);
        Assert.Equal(before, recovery);
    }

    [Theory]
    [InlineData(32, 32, 512)]
    [InlineData(100, 20, 192)]
    [InlineData(512, 512, 64)]
    public void EncodeAndReconstruct_Warm_AllocateNothing(int k, int m, int size)
    {
        byte[] data = TestSquares.Random(m, k * size), recovery = new byte[m * size];
        bool[] present = new bool[k + m];
        present.AsSpan(m).Fill(true);
        new Random(k).Shuffle(present);
        AllocationAssert.None(() => s_code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size)));
        AllocationAssert.None(() => s_code.Reconstruct(new Shards(data, k, size), new Shards(recovery, m, size), present));
    }

    private static void CheckSome()
    {
        foreach ((int k, int m) in s_shapes)
            if (k + m <= 600) CheckEqual(k, m, k % 2 == 0 ? 192 : 128, gap: m % 3 * 64);
    }

    private static void CheckEqual(int k, int m, int size, int gap)
    {
        int stride = size + gap;
        byte[] data = TestSquares.Random(k * 7 + m, k * stride), expected = TestSquares.Random(m, m * stride), actual = [.. expected];
        NaiveReedSolomon.Instance.Encode(new ReadOnlyShards(data, k, size, stride), new Shards(expected, m, size, stride));
        s_code.Encode(new ReadOnlyShards(data, k, size, stride), new Shards(actual, m, size, stride));
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"encode {k}+{m} x {size}");

        for (int seed = 0; seed < 3; seed++)
        {
            byte[] someData = [.. data], someRecovery = [.. expected];
            bool[] present = Erase(k, m, seed, someData, someRecovery, size, stride);
            DecodeResult result = s_code.Reconstruct(new Shards(someData, k, size, stride), new Shards(someRecovery, m, size, stride), present);
            Assert.Equal(DecodeResult.Restored, result);
            Assert.True(data.AsSpan().SequenceEqual(someData) && expected.AsSpan().SequenceEqual(someRecovery), $"decode {k}+{m} x {size}, {seed}");
        }
    }

    /// <summary>Overwrites random shards: as many as may be lost, a random number, or one.</summary>
    private static bool[] Erase(int k, int m, int seed, Span<byte> data, Span<byte> recovery, int size, int stride)
    {
        var random = new Random(seed);
        var present = new bool[k + m];
        present.AsSpan(0, k + (seed % 3 == 0 ? 0 : seed % 3 == 1 ? random.Next(m + 1) : m - 1)).Fill(true);
        random.Shuffle(present);
        for (int i = 0; i < k + m; i++)
            if (!present[i]) (i < k ? data.Slice(i * stride, size) : recovery.Slice((i - k) * stride, size)).Fill(0x5A);
        return present;
    }
}
