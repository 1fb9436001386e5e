using Prozchain.DataAvailability.Coding;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Coding;

public class DenseReedSolomonTests
{
    private static readonly DenseReedSolomon s_code = DenseReedSolomon.Instance;

    /// <summary>The answer that klauspost/reedsolomon and Backblaze's JavaReedSolomon print in their own tests of 5 + 5.</summary>
    [Fact]
    public void Encode_FivePlusFive_MatchesPublishedAnswer()
    {
        byte[] data = [0, 1, 4, 5, 2, 3, 6, 7, 8, 9], recovery = new byte[10];
        s_code.Encode(new ReadOnlyShards(data, 5, 2), new Shards(recovery, 5, 2));
        Assert.Equal([12, 13, 10, 11, 14, 15, 90, 91, 94, 95], recovery);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(10, 4)]
    [InlineData(17, 3)]
    [InlineData(100, 156)]
    [InlineData(255, 1)]
    public void Encode_Counts_MatchesVandermondeMadeSystematic(int k, int m)
    {
        byte[] data = TestSquares.Random(k, k), recovery = new byte[m];
        s_code.Encode(new ReadOnlyShards(data, k, 1), new Shards(recovery, m, 1));
        Assert.Equal(VandermondeOracle.Recovery(data, m), recovery);
    }

    [Fact]
    public void Reconstruct_EveryPatternOfSmallCodes_RestoresOrRefuses()
    {
        for (int k = 1; k <= 9; k++)
        {
            for (int m = 1; k + m <= 10; m++)
            {
                (byte[] data, byte[] recovery) = Codeword(k, m, 5);
                for (int pattern = 0; pattern < 1 << (k + m); pattern++) CheckPattern(data, recovery, k, m, pattern);
            }
        }
    }

    private static void CheckPattern(byte[] data, byte[] recovery, int k, int m, int pattern)
    {
        const int Size = 5;
        var present = new bool[k + m];
        byte[] someData = [.. data], someRecovery = [.. recovery];
        for (int i = 0; i < k + m; i++)
        {
            present[i] = (pattern >> i & 1) != 0;
            if (!present[i]) (i < k ? someData.AsSpan(i * Size, Size) : someRecovery.AsSpan((i - k) * Size, Size)).Fill(0xEE);
        }
        byte[] dataBefore = [.. someData], recoveryBefore = [.. someRecovery];
        DecodeResult decoded = s_code.Decode(new Shards(someData, k, Size), new ReadOnlyShards(someRecovery, m, Size), present);
        bool enough = int.PopCount(pattern) >= k;
        Assert.Equal(enough ? DecodeResult.Restored : DecodeResult.NotEnoughShards, decoded);
        Assert.Equal(enough ? data : dataBefore, someData);
        Assert.Equal(recoveryBefore, someRecovery);

        dataBefore.CopyTo(someData, 0);
        Assert.Equal(decoded, s_code.Reconstruct(new Shards(someData, k, Size), new Shards(someRecovery, m, Size), present));
        Assert.Equal(enough ? data : dataBefore, someData);
        Assert.Equal(enough ? recovery : recoveryBefore, someRecovery);
    }

    [Theory]
    [InlineData(10, 4, 777)]
    [InlineData(128, 128, 130)]
    [InlineData(32, 224, 64)]
    [InlineData(250, 6, 1)]
    public void Reconstruct_RandomPatterns_RestoresEveryShard(int k, int m, int size)
    {
        (byte[] data, byte[] recovery) = Codeword(k, m, size);
        var random = new Random(k + m);
        for (int run = 0; run < 20; run++)
        {
            var present = new bool[k + m];
            present.AsSpan(0, k).Fill(true);
            random.Shuffle(present);
            byte[] someData = [.. data], someRecovery = [.. recovery];
            for (int i = 0; i < k + m; i++)
                if (!present[i]) random.NextBytes(i < k ? someData.AsSpan(i * size, size) : someRecovery.AsSpan((i - k) * size, size));
            Assert.Equal(DecodeResult.Restored, s_code.Reconstruct(new Shards(someData, k, size), new Shards(someRecovery, m, size), present));
            Assert.True(data.AsSpan().SequenceEqual(someData) && recovery.AsSpan().SequenceEqual(someRecovery));
        }
    }

    [Fact]
    public void EncodeAndReconstruct_Columns_EqualContiguousShards()
    {
        const int k = 5, m = 3, size = 67, stride = 3 * size;
        byte[] matrix = TestSquares.Random(3, (k + m) * stride), before = [.. matrix];
        byte[] data = new byte[k * size], recovery = new byte[m * size];
        for (int i = 0; i < k; i++) matrix.AsSpan(i * stride + size, size).CopyTo(data.AsSpan(i * size));
        s_code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));

        s_code.Encode(Column(0, k), Column(k, m));
        for (int i = 0; i < m; i++) Assert.Equal(recovery.AsSpan(i * size, size), matrix.AsSpan((k + i) * stride + size, size));
        byte[] whole = [.. matrix];
        var present = new bool[] { true, false, true, false, true, true, false, true };
        for (int i = 0; i < present.Length; i++) if (!present[i]) matrix.AsSpan(i * stride + size, size).Clear();
        Assert.Equal(DecodeResult.Restored, s_code.Reconstruct(Column(0, k), Column(k, m), present));
        Assert.Equal(whole, matrix);
        for (int i = 0; i < k + m; i++) Assert.Equal(before.AsSpan(i * stride, size), matrix.AsSpan(i * stride, size));

        Shards Column(int first, int count) => new(matrix.AsSpan(first * stride + size), count, size, stride);
    }

    [Fact]
    public void Decode_MorePatternsThanTheCacheHolds_RestoresFromManyThreads()
    {
        const int k = 6, m = 6, size = 64;
        var code = new DenseReedSolomon(cachedMatrices: 4);
        (byte[] data, byte[] recovery) = Codeword(k, m, size);
        Parallel.For(0, 4, worker =>
        {
            var random = new Random(worker);
            for (int run = 0; run < 2000; run++)
            {
                var present = new bool[k + m];
                present.AsSpan(0, k).Fill(true);
                random.Shuffle(present);
                byte[] some = [.. data];
                for (int i = 0; i < k; i++) if (!present[i]) some.AsSpan(i * size, size).Clear();
                Assert.Equal(DecodeResult.Restored, code.Decode(new Shards(some, k, size), new ReadOnlyShards(recovery, m, size), present));
                Assert.True(data.AsSpan().SequenceEqual(some));
            }
        });
    }

    [Fact]
    public void EncodeDecodeRepair_WarmedUp_AllocateNothing()
    {
        const int k = 10, m = 4, size = 1000;
        (byte[] data, byte[] recovery) = Codeword(k, m, size);
        byte[] shard = new byte[size];
        bool[] present = [.. Enumerable.Range(0, k + m).Select(i => i is not (1 or 4 or 11))];
        AllocationAssert.None(() =>
        {
            s_code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));
            s_code.Decode(new Shards(data, k, size), new ReadOnlyShards(recovery, m, size), present);
            s_code.Reconstruct(new Shards(data, k, size), new Shards(recovery, m, size), present);
            s_code.RepairShard(new ReadOnlyShards(data, k, size), new ReadOnlyShards(recovery, m, size), present, 11, shard);
        });
    }

    [Fact]
    public void Encode_Misuse_ThrowsWithExpectedAndGot()
    {
        byte[] bytes = new byte[4096];
        Throws("at most 256 shards, got 200 data and 57", () => s_code.Encode(new ReadOnlyShards(bytes, 200, 1), new Shards(new byte[57], 57, 1)));
        Throws("64 bytes as the data's, got 128", () => s_code.Encode(new ReadOnlyShards(bytes, 2, 64), new Shards(new byte[256], 2, 128)));
        Throws("overlaps", () => s_code.Encode(new ReadOnlyShards(bytes, 2, 64), new Shards(bytes.AsSpan(64), 2, 64)));
        Throws("Expected 4 entries", () => s_code.Decode(new Shards(bytes, 2, 64), new ReadOnlyShards(new byte[128], 2, 64), new bool[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DenseReedSolomon(0));

        static void Throws(string expected, Action misuse) => Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(misuse).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(255, 1, true)]
    [InlineData(1, 255, true)]
    [InlineData(128, 129, false)]
    [InlineData(0, 1, false)]
    [InlineData(1, 0, false)]
    [InlineData(int.MaxValue, int.MaxValue, false)]
    [InlineData(-1, 5, false)]
    public void Supports_Counts_FollowsTheLimit(int k, int m, bool expected) => Assert.Equal(expected, s_code.Supports(k, m));

    private static (byte[] Data, byte[] Recovery) Codeword(int k, int m, int size)
    {
        byte[] data = TestSquares.Random(k * 256 + m, k * size), recovery = new byte[m * size];
        s_code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));
        return (data, recovery);
    }
}
