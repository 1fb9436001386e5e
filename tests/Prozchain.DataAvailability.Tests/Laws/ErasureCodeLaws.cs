using FsCheck;
using FsCheck.Fluent;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Tests.Laws;

/// <summary>What every <see cref="IErasureCode"/> owes, on random shapes and contents.</summary>
public abstract class ErasureCodeLaws
{
    protected abstract IErasureCode Code { get; }

    protected virtual int Runs => 60;

    /// <summary>Most shards of a shape that is tried.</summary>
    protected virtual int MaxShards => 1000;

    [Fact]
    public void Encode_XorOfData_IsXorOfRecoveries() => Check((k, m, size, seed) =>
    {
        byte[] a = TestSquares.Random(seed, k * size), b = TestSquares.Random(seed + 1, k * size), sum = Xor(a, b);
        return Xor(Encode(a, k, m, size), Encode(b, k, m, size)).AsSpan().SequenceEqual(Encode(sum, k, m, size));
    });

    [Fact]
    public void Encode_Zeros_IsZeros() => Check((k, m, size, _) => !Encode(new byte[k * size], k, m, size).AsSpan().ContainsAnyExcept((byte)0));

    [Fact]
    public void Encode_EachSlice_StandsAlone() => Check((k, m, size, seed) =>
    {
        byte[] data = TestSquares.Random(seed, k * size), whole = Encode(data, k, m, size);
        int alignment = Code.ShardAlignment, offset = seed % (size / alignment) * alignment;
        return Encode(Slice(data, k, size, offset, alignment), k, m, alignment).AsSpan().SequenceEqual(Slice(whole, m, size, offset, alignment));
    });

    [Fact]
    public void Reconstruct_AnyKShards_RestoresAll() => Check((k, m, size, seed) =>
    {
        byte[] data = TestSquares.Random(seed, k * size), recovery = Encode(data, k, m, size);
        byte[] someData = [.. data], someRecovery = [.. recovery];
        var present = new bool[k + m];
        present.AsSpan(0, k).Fill(true);
        new Random(seed).Shuffle(present);
        for (int i = 0; i < k + m; i++)
            if (!present[i]) (i < k ? someData.AsSpan(i * size, size) : someRecovery.AsSpan((i - k) * size, size)).Fill((byte)seed);
        return Code.Reconstruct(new Shards(someData, k, size), new Shards(someRecovery, m, size), present) == DecodeResult.Restored
            && data.AsSpan().SequenceEqual(someData) && recovery.AsSpan().SequenceEqual(someRecovery);
    });

    [Fact]
    public void Reconstruct_OneShardShort_ChangesNothing() => Check((k, m, size, seed) =>
    {
        byte[] data = TestSquares.Random(seed, k * size), recovery = TestSquares.Random(seed + 1, m * size);
        byte[] dataBefore = [.. data], recoveryBefore = [.. recovery];
        var present = new bool[k + m];
        present.AsSpan(0, k - 1).Fill(true);
        new Random(seed).Shuffle(present);
        return Code.Reconstruct(new Shards(data, k, size), new Shards(recovery, m, size), present) == DecodeResult.NotEnoughShards
            && dataBefore.AsSpan().SequenceEqual(data) && recoveryBefore.AsSpan().SequenceEqual(recovery);
    });

    [Fact]
    public void RepairShard_AnyKShards_RestoresThatOne() => Check((k, m, size, seed) =>
    {
        byte[] data = TestSquares.Random(seed, k * size), recovery = Encode(data, k, m, size), all = [.. data, .. recovery], some = [.. all];
        var present = new bool[k + m];
        present.AsSpan(0, k).Fill(true);
        new Random(seed).Shuffle(present);
        for (int i = 0; i < k + m; i++) if (!present[i]) some.AsSpan(i * size, size).Fill((byte)seed);
        byte[] before = [.. some], shard = new byte[size];
        int index = seed % (k + m);
        var someData = new ReadOnlyShards(some.AsSpan(0, k * size), k, size);
        return Code.RepairShard(someData, new ReadOnlyShards(some.AsSpan(k * size), m, size), present, index, shard) == DecodeResult.Restored
            && all.AsSpan(index * size, size).SequenceEqual(shard) && before.AsSpan().SequenceEqual(some);
    });

    private void Check(Func<int, int, int, int, bool> law)
    {
        Gen<int> count = Gen.Frequency((3, Gen.Choose(1, 12)), (2, Gen.Choose(1, 130)), (1, Gen.Choose(1, 400)));
        Gen<(int, int, int, int)> shape =
            from anyK in count
            from anyM in count
            let k = Math.Min(anyK, MaxShards - 1)
            let m = Math.Min(anyM, MaxShards - k)
            from units in Gen.Choose(1, 4)
            from seed in Gen.Choose(0, 1_000_000)
            select (k, m, units * Code.ShardAlignment, seed);
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Runs).WithReplay(1, 1, 10);
        Prop.ForAll(Arb.From(shape), s => law(s.Item1, s.Item2, s.Item3, s.Item4)).Check(config);
    }

    private byte[] Encode(byte[] data, int k, int m, int size)
    {
        var recovery = new byte[m * size];
        Code.Encode(new ReadOnlyShards(data, k, size), new Shards(recovery, m, size));
        return recovery;
    }

    private static byte[] Slice(byte[] shards, int count, int size, int offset, int length)
    {
        var slice = new byte[count * length];
        for (int i = 0; i < count; i++) shards.AsSpan(i * size + offset, length).CopyTo(slice.AsSpan(i * length));
        return slice;
    }

    private static byte[] Xor(byte[] a, byte[] b) => [.. a.Select((value, i) => (byte)(value ^ b[i]))];
}

/// <summary>The laws, for the readable reference.</summary>
public sealed class NaiveReedSolomonLaws : ErasureCodeLaws
{
    protected override IErasureCode Code => NaiveReedSolomon.Instance;
}

/// <summary>The laws, for the dense code.</summary>
public sealed class DenseReedSolomonLaws : ErasureCodeLaws
{
    protected override IErasureCode Code => DenseReedSolomon.Instance;

    protected override int MaxShards => DenseReedSolomon.MaxShards;
}

/// <summary>The laws, for the code in vectors.</summary>
public sealed class LeopardReedSolomonLaws : ErasureCodeLaws
{
    protected override IErasureCode Code => LeopardReedSolomon.Instance;

    protected override int Runs => 400;
}

/// <summary>The laws, for the code in vectors over the large field alone.</summary>
public sealed class LeopardWideLaws : ErasureCodeLaws
{
    protected override IErasureCode Code => LeopardReedSolomon.Wide;
}
