using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Tests.Coding;

public class RepairShardTests
{
    private const int Size = 128;

    public static TheoryData<IErasureCode> Codes => [DenseReedSolomon.Instance, NaiveReedSolomon.Instance];

    [Theory]
    [MemberData(nameof(Codes))]
    public void RepairShard_EveryPatternAndIndexOfSmallCodes_RestoresOrRefuses(IErasureCode code)
    {
        for (int k = 1; k <= 5; k++)
            for (int m = 1; k + m <= 7; m++)
            {
                (byte[] data, byte[] recovery) = Codeword(code, k, m, Size);
                for (int pattern = 0; pattern < 1 << (k + m); pattern++)
                    for (int index = 0; index < k + m; index++) CheckOne(code, data, recovery, k, m, Size, pattern, index);
            }
    }

    private static void CheckOne(IErasureCode code, byte[] data, byte[] recovery, int k, int m, int size, int pattern, int index)
    {
        bool[] present = [.. Enumerable.Range(0, k + m).Select(i => (pattern >> i & 1) != 0)];
        byte[] someData = [.. data], someRecovery = [.. recovery], shard = TestSquares.Random(pattern, size), shardBefore = [.. shard];
        for (int i = 0; i < k + m; i++)
            if (!present[i]) (i < k ? someData.AsSpan(i * size, size) : someRecovery.AsSpan((i - k) * size, size)).Fill(0xEE);
        byte[] dataBefore = [.. someData], recoveryBefore = [.. someRecovery];
        bool enough = int.PopCount(pattern) >= k;
        DecodeResult result = code.RepairShard(new ReadOnlyShards(someData, k, size), new ReadOnlyShards(someRecovery, m, size), present, index, shard);
        Assert.Equal(enough ? DecodeResult.Restored : DecodeResult.NotEnoughShards, result);
        ReadOnlySpan<byte> right = index < k ? data.AsSpan(index * size, size) : recovery.AsSpan((index - k) * size, size);
        Assert.Equal(enough ? right : shardBefore, shard);
        Assert.Equal(dataBefore, someData);
        Assert.Equal(recoveryBefore, someRecovery);
    }

    [Theory]
    [InlineData(20, 12, 64)]
    [InlineData(128, 128, 64)]
    [InlineData(100, 3, 8256)]
    [InlineData(300, 200, 64)]
    [InlineData(1000, 1000, 128)]
    public void RepairShard_OfTransformCode_RestoresItsOwnPlace(int k, int m, int size)
    {
        NaiveReedSolomon code = NaiveReedSolomon.Instance;
        (byte[] data, byte[] recovery) = Codeword(code, k, m, size);
        var random = new Random(k);
        for (int run = 0; run < 6; run++)
        {
            var present = new bool[k + m];
            // As few as it takes, then more.
            present.AsSpan(0, Math.Min(k + run * m / 8, k + m - 1)).Fill(true);
            random.Shuffle(present);
            byte[] someData = [.. data], someRecovery = [.. recovery];
            for (int i = 0; i < k + m; i++)
                if (!present[i]) random.NextBytes(i < k ? someData.AsSpan(i * size, size) : someRecovery.AsSpan((i - k) * size, size));
            int index = Array.IndexOf(present, false, run % 2 == 0 ? 0 : k);
            if (index < 0) index = Array.IndexOf(present, false);
            Span<byte> place = index < k ? someData.AsSpan(index * size, size) : someRecovery.AsSpan((index - k) * size, size);
            Assert.Equal(
                DecodeResult.Restored,
                code.RepairShard(new ReadOnlyShards(someData, k, size), new ReadOnlyShards(someRecovery, m, size), present, index, place));
            Assert.True((index < k ? data.AsSpan(index * size, size) : recovery.AsSpan((index - k) * size, size)).SequenceEqual(place));
        }
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void RepairShard_Misuse_ThrowsWithExpectedAndGot(IErasureCode code)
    {
        const int k = 2, m = 2;
        byte[] data = new byte[k * Size], recovery = new byte[m * Size];
        bool[] present = [true, false, true, true];
        Throws("0 to 3", () => Repair(4, new byte[Size]));
        Throws("0 to 3", () => Repair(-1, new byte[Size]));
        Throws("Expected 128 bytes for the shard, got 64", () => Repair(1, new byte[64]));
        Throws("own place", () => Repair(1, data.AsSpan(0, Size)));
        Throws("own place", () => Repair(1, data.AsSpan(Size / 2, Size)));
        Throws("own place", () => Repair(1, recovery.AsSpan(0, Size)));
        Throws("Expected 4 entries", () => code.RepairShard(new ReadOnlyShards(data, k, Size), new ReadOnlyShards(recovery, m, Size), new bool[5], 0, new byte[Size]));
        Assert.Equal(DecodeResult.Restored, Repair(1, data.AsSpan(Size)));

        DecodeResult Repair(int index, Span<byte> shard) =>
            code.RepairShard(new ReadOnlyShards(data, k, Size), new ReadOnlyShards(recovery, m, Size), present, index, shard);

        static void Throws(string expected, Action misuse) => Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(misuse).Message, StringComparison.Ordinal);
    }

    private static (byte[] Data, byte[] Recovery) Codeword(IErasureCode code, int k, int m, int size)
    {
        byte[] data = TestSquares.Random(k * 256 + m, k * size), recovery = new byte[m * size];
        code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));
        return (data, recovery);
    }
}
