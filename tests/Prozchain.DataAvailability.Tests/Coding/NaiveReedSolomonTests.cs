using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Tests.Coding;

public class NaiveReedSolomonTests
{
    private static readonly NaiveReedSolomon s_code = NaiveReedSolomon.Instance;

    /// <summary>Leopard-RS itself: data of SplitMix64 from the seed, shards of 64 bytes.</summary>
    [Theory]
    [InlineData(2, 1, 1005UL, "9176f4d5a73f61c429615625f0632d47d8c5fe400036ff524a485cf94dd318e5a231d6886326150480092d5dcd1b708a5a981d301cab4035e9b68eb0d87d8af8")]
    [InlineData(2, 2, 1008UL, "f65b5b4bb6b02085134b9e103c2125de33d817e3ea2a32e8be3d506c38e45372f4d866cacbd455d27fe7245d971a6bf4e0559d0b1d58fd3d46c4d42ed99e6aff8810038ff3c7897e58b6484dbcc4a8586cc11590983d7f63dcd9484f5b27783293a26d329018f9c5a4cab2324755301ede09882577b6480ec3f8401d15fdfe7f")]
    [InlineData(3, 2, 1011UL, "47353a7ade589a4b84e7696ed14705bdc548f0dde1a736a6ca4010ec51ff0b98212a455687571b817ed05d7ea6bb1455f85349cafc80056a3be53d6b50d6562f14565860ddea363bae80dcb9464b3037ecb8fe2a420b2b16b3f2367c49dade907fc377f0b9aee2b73bace73cf1c05e7165df534eb936da00a278e8fc9e32a988")]
    public void Encode_LeopardsAnswer_Matches(int k, int m, ulong seed, string expected)
    {
        byte[] data = SplitMix64.Bytes(seed, k * 64), recovery = new byte[m * 64];
        s_code.Encode(new ReadOnlyShards(data, k, 64), new Shards(recovery, m, 64));
        Assert.Equal(expected, Convert.ToHexStringLower(recovery));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(7, 3)]
    [InlineData(9, 16)]
    [InlineData(20, 12)]
    [InlineData(100, 60)]
    [InlineData(250, 5)]
    [InlineData(254, 12)]
    public void Encode_SmallCode_MatchesLagrange(int k, int m)
    {
        bool small = PowerOfTwo(PowerOfTwo(m) + k) <= 256;
        byte[] data = TestSquares.Random(k * 1000 + m, k * 64), recovery = new byte[m * 64];
        s_code.Encode(new ReadOnlyShards(data, k, 64), new Shards(recovery, m, 64));
        foreach (int at in new[] { 0, 31 })
            Assert.Equal(LagrangeOracle.Recovery(Symbols(data, k, at), m), Symbols(recovery, m, at));

        int[] Symbols(byte[] shards, int count, int at)
        {
            var symbols = new int[count];
            for (int i = 0; i < count; i++) symbols[i] = small ? shards[i * 64 + at] : shards[i * 64 + at] | shards[i * 64 + 32 + at] << 8;
            return symbols;
        }
    }

    [Fact]
    public void Reconstruct_EveryPatternOfSmallCodes_RestoresOrRefuses()
    {
        for (int k = 1; k <= 9; k++)
        {
            for (int m = 1; k + m <= 10; m++)
            {
                (byte[] data, byte[] recovery) = Codeword(k, m, 64, k * 16 + m);
                for (int pattern = 0; pattern < 1 << (k + m); pattern++) CheckPattern(data, recovery, k, m, pattern);
            }
        }
    }

    private static void CheckPattern(byte[] data, byte[] recovery, int k, int m, int pattern)
    {
        var present = new bool[k + m];
        byte[] someData = [.. data], someRecovery = [.. recovery];
        for (int i = 0; i < k + m; i++)
        {
            present[i] = (pattern >> i & 1) != 0;
            if (!present[i]) (i < k ? someData.AsSpan(i * 64, 64) : someRecovery.AsSpan((i - k) * 64, 64)).Fill(0xEE);
        }
        byte[] dataBefore = [.. someData], recoveryBefore = [.. someRecovery];
        DecodeResult decoded = s_code.Decode(new Shards(someData, k, 64), new ReadOnlyShards(someRecovery, m, 64), present);
        bool enough = int.PopCount(pattern) >= k;
        Assert.Equal(enough ? DecodeResult.Restored : DecodeResult.NotEnoughShards, decoded);
        Assert.Equal(enough ? data : dataBefore, someData);
        Assert.Equal(recoveryBefore, someRecovery);

        dataBefore.CopyTo(someData, 0);
        Assert.Equal(decoded, s_code.Reconstruct(new Shards(someData, k, 64), new Shards(someRecovery, m, 64), present));
        Assert.Equal(enough ? data : dataBefore, someData);
        Assert.Equal(enough ? recovery : recoveryBefore, someRecovery);
    }

    [Theory]
    [InlineData(20, 12, 128)]
    [InlineData(32, 32, 64)]
    [InlineData(60, 200, 64)]
    [InlineData(128, 128, 64)]
    [InlineData(129, 128, 64)]
    [InlineData(300, 200, 64)]
    [InlineData(1024, 1024, 64)]
    public void Reconstruct_RandomPatterns_RestoresEveryShard(int k, int m, int size)
    {
        (byte[] data, byte[] recovery) = Codeword(k, m, size, 7);
        var random = new Random(k + m);
        for (int run = 0; run < 4; run++)
        {
            var present = new bool[k + m];
            for (int i = 0; i < k; i++) present[i] = true;
            random.Shuffle(present);
            byte[] someData = [.. data], someRecovery = [.. recovery];
            for (int i = 0; i < k + m; i++)
                if (!present[i]) random.NextBytes(i < k ? someData.AsSpan(i * size, size) : someRecovery.AsSpan((i - k) * size, size));
            Assert.Equal(DecodeResult.Restored, s_code.Reconstruct(new Shards(someData, k, size), new Shards(someRecovery, m, size), present));
            Assert.True(data.AsSpan().SequenceEqual(someData));
            Assert.True(recovery.AsSpan().SequenceEqual(someRecovery));
        }
    }

    [Fact]
    public void EncodeAndReconstruct_Columns_EqualContiguousShards()
    {
        const int k = 5, m = 3, size = 64, stride = 3 * size;
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
    public void Decode_PresentShards_AreNeverWritten()
    {
        (byte[] data, byte[] recovery) = Codeword(4, 4, 64, 1);
        // Shard 1 is wrong and called present: it stays, whatever becomes of the missing one.
        data[64] ^= 1;
        byte[] wrong = data[64..128];
        bool[] present = [false, true, true, true, true, true, false, true];
        s_code.Reconstruct(new Shards(data, 4, 64), new Shards(recovery, 4, 64), present);
        Assert.Equal(wrong, data[64..128]);
    }

    [Fact]
    public void Encode_Misuse_ThrowsWithExpectedAndGot()
    {
        byte[] bytes = new byte[4096];
        Throws("multiple of 64", () => s_code.Encode(new ReadOnlyShards(bytes, 2, 100), new Shards(new byte[200], 2, 100)));
        Throws("64 bytes as the data's, got 128", () => s_code.Encode(new ReadOnlyShards(bytes, 2, 64), new Shards(new byte[256], 2, 128)));
        Throws("overlaps", () => s_code.Encode(new ReadOnlyShards(bytes, 2, 64), new Shards(bytes.AsSpan(64), 2, 64)));
        Throws("Expected 4 entries", () => s_code.Decode(new Shards(bytes, 2, 64), new ReadOnlyShards(new byte[128], 2, 64), new bool[3]));
        Throws("at most 65536", () => s_code.Encode(new ReadOnlyShards(new byte[65536 * 64], 65536, 64), new Shards(new byte[128], 2, 64)));
        Throws("Expected at least 192 bytes", () => _ = new Shards(new byte[191], 3, 64).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new Shards(new byte[191], 0, 64).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new Shards(new byte[191], 2, 64, 63).Count);

        static void Throws(string expected, Action misuse) => Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(misuse).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(32768, 32768, true)]
    [InlineData(65535, 1, true)]
    [InlineData(1, 32768, true)]
    [InlineData(65536, 1, false)]
    [InlineData(32769, 32768, false)]
    [InlineData(1, 32769, false)]
    [InlineData(0, 1, false)]
    [InlineData(1, 0, false)]
    [InlineData(-1, int.MaxValue, false)]
    [InlineData(int.MaxValue, int.MinValue, false)]
    public void Supports_Counts_FollowsTheLimit(int k, int m, bool expected) => Assert.Equal(expected, s_code.Supports(k, m));

    private static (byte[] Data, byte[] Recovery) Codeword(int k, int m, int size, int seed)
    {
        byte[] data = TestSquares.Random(seed, k * size), recovery = new byte[m * size];
        s_code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));
        return (data, recovery);
    }

    private static int PowerOfTwo(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);
}
