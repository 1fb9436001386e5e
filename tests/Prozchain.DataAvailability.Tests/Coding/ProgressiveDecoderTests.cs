using Prozchain.DataAvailability.Coding;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Coding;

public class ProgressiveDecoderTests
{
    public static TheoryData<IErasureCode> Codes => [DenseReedSolomon.Instance, NaiveReedSolomon.Instance];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Finish_AnyOrderAndPattern_RestoresTheData(IErasureCode code)
    {
        var random = new Random(5);
        foreach ((int k, int m) in ((int, int)[])[(1, 1), (1, 4), (4, 1), (3, 5), (10, 4), (40, 30)])
        {
            (byte[] data, byte[] recovery) = Codeword(code, k, m);
            var decoder = new ProgressiveDecoder(code, k, m, Size);
            for (int run = 0; run < 20; run++)
            {
                int[] order = [.. Enumerable.Range(0, k + m)];
                random.Shuffle(order);
                byte[] target = TestSquares.Random(run, k * Size), before = [.. target];
                for (int i = 0; i < k; i++)
                {
                    Assert.Equal(k - i, decoder.Missing);
                    Assert.False(decoder.IsComplete);
                    Assert.Equal(DecodeResult.NotEnoughShards, decoder.Finish(new Shards(target, k, Size)));
                    Assert.Equal(before, target);
                    Assert.Equal(AddShardResult.Added, decoder.Add(order[i], Shard(data, recovery, k, order[i])));
                    Assert.True(decoder.Has(order[i]));
                }
                Assert.True(decoder.IsComplete);
                Assert.Equal(AddShardResult.NotNeeded, decoder.Add(order[k], Shard(data, recovery, k, order[k])));
                for (int twice = 0; twice < 2; twice++)
                {
                    target.AsSpan().Clear();
                    Assert.Equal(DecodeResult.Restored, decoder.Finish(new Shards(target, k, Size)));
                    Assert.Equal(data, target);
                }
                decoder.Reset();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Add_WhatAStrangerSends_IsNamedAndChangesNothing(IErasureCode code)
    {
        const int k = 3, m = 2;
        (byte[] data, byte[] recovery) = Codeword(code, k, m);
        var decoder = new ProgressiveDecoder(code, k, m, Size);
        Assert.Equal(AddShardResult.WrongIndex, decoder.Add(5, data.AsSpan(0, Size)));
        Assert.Equal(AddShardResult.WrongIndex, decoder.Add(-1, data.AsSpan(0, Size)));
        Assert.Equal(AddShardResult.WrongSize, decoder.Add(0, data.AsSpan(0, Size - 1)));
        Assert.Equal(AddShardResult.WrongSize, decoder.Add(0, []));
        Assert.Equal(k, decoder.Missing);
        foreach (int index in (int[])[4, 0])
        {
            Assert.Equal(AddShardResult.Added, decoder.Add(index, Shard(data, recovery, k, index)));
            // The same index again, with other bytes: the first ones stay.
            Assert.Equal(AddShardResult.Duplicate, decoder.Add(index, TestSquares.Random(1, Size)));
        }
        Assert.Equal(1, decoder.Missing);
        Assert.False(decoder.Has(int.MaxValue));
        Assert.Equal(AddShardResult.Added, decoder.Add(3, Shard(data, recovery, k, 3)));
        var target = new byte[k * 2 * Size];
        Assert.Equal(DecodeResult.Restored, decoder.Finish(new Shards(target, k, Size, 2 * Size)));
        for (int i = 0; i < k; i++)
        {
            Assert.Equal(data.AsSpan(i * Size, Size), target.AsSpan(2 * i * Size, Size));
            Assert.False(target.AsSpan((2 * i + 1) * Size, Size).ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void AddAndFinish_DenseCode_AllocateNothing()
    {
        const int k = 10, m = 4;
        (byte[] data, byte[] recovery) = Codeword(DenseReedSolomon.Instance, k, m);
        var decoder = new ProgressiveDecoder(DenseReedSolomon.Instance, k, m, Size);
        var target = new byte[k * Size];
        AllocationAssert.None(() =>
        {
            decoder.Reset();
            for (int i = 3; i < k + 3; i++) decoder.Add(i, Shard(data, recovery, k, i));
            decoder.Finish(new Shards(target, k, Size));
        });
        Assert.Equal(data, target);
    }

    [Fact]
    public void Constructor_Misuse_ThrowsWithExpectedAndGot()
    {
        Throws("supports, got 200 data and 57", () => _ = new ProgressiveDecoder(DenseReedSolomon.Instance, 200, 57, 1));
        Throws("multiple of 64 bytes, got 65", () => _ = new ProgressiveDecoder(NaiveReedSolomon.Instance, 2, 2, 65));
        Throws("got shards of 1073741824", () => _ = new ProgressiveDecoder(DenseReedSolomon.Instance, 2, 1, 1 << 30));
        Throws("shardSize", () => _ = new ProgressiveDecoder(DenseReedSolomon.Instance, 2, 1, 0));
        var decoder = new ProgressiveDecoder(DenseReedSolomon.Instance, 2, 1, 8);
        Throws("Expected 2 shards of 8 bytes, got 3 of 8", () => decoder.Finish(new Shards(new byte[24], 3, 8)));

        static void Throws(string expected, Action misuse) => Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(misuse).Message, StringComparison.Ordinal);
    }

    private const int Size = 192;

    private static ReadOnlySpan<byte> Shard(byte[] data, byte[] recovery, int k, int index) =>
        index < k ? data.AsSpan(index * Size, Size) : recovery.AsSpan((index - k) * Size, Size);

    private static (byte[] Data, byte[] Recovery) Codeword(IErasureCode code, int k, int m)
    {
        byte[] data = TestSquares.Random(k * 256 + m, k * Size), recovery = new byte[m * Size];
        code.Encode(new ReadOnlyShards(data, k, Size), new Shards(recovery, m, Size));
        return (data, recovery);
    }
}
