namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Leopard's systematic Reed-Solomon code, byte for byte, in scalar code meant for reading: the oracle of every
/// faster implementation, and fast enough (n log n) for all sizes.
/// </summary>
/// <remarks>
/// The code. Let M be the least power of two not below m. Recovery shard i is the value at element i, data shard j the
/// value at element M + j, of one polynomial whose degree is below N - M, N the least power of two not below M + k; at
/// the elements from M + k on it is zero. Elements are numbered by their coordinates in the Cantor basis. The field is
/// GF(2^8) (polynomial 0x11D) if N is at most 256, else GF(2^16) (polynomial 0x1002D), there with 32 low bytes and then
/// 32 high bytes in every 64 bytes. One data shard is copied; one recovery shard is the XOR of the data.
/// <see cref="Wide"/> is that code in GF(2^16) always, and copies nothing (klauspost/reedsolomon's Leopard GF16).
/// Source: Leopard-RS, commit 6e5725eb. It has m at most k; this class takes the same code beyond that.
/// Working memory is N shards, which must fit into one array (2 GiB).
/// </remarks>
public sealed class NaiveReedSolomon : IErasureCode
{
    private readonly bool _wide;

    private NaiveReedSolomon(bool wide) => _wide = wide;

    /// <summary>The code of the smallest field that has room. No state.</summary>
    public static NaiveReedSolomon Instance { get; } = new(false);

    /// <summary>
    /// The code over GF(2^16) for every count, without a shortcut for one data shard: what row codes are made of, whose check
    /// is over GF(2^16). No state.
    /// </summary>
    public static NaiveReedSolomon Wide { get; } = new(true);

    /// <summary>64 bytes.</summary>
    public int ShardAlignment => CodeShape.Alignment;

    /// <summary>True for counts of at least 1 with nextpow2(<paramref name="recoveryCount"/>) + <paramref name="dataCount"/> at most 65536.</summary>
    public bool Supports(int dataCount, int recoveryCount) => CodeShape.Supports(dataCount, recoveryCount);

    /// <inheritdoc/>
    public void Encode(ReadOnlyShards data, Shards recovery)
    {
        Check(data, recovery);
        if ((data.Count == 1 && !_wide) || recovery.Count == 1)
        {
            for (int i = 0; i < recovery.Count; i++) recovery[i].Clear();
            for (int i = 0; i < data.Count; i++)
                for (int r = 0; r < recovery.Count; r++) AdditiveFft.Add(recovery[r], data[i]);
            return;
        }

        int block = PowerOfTwo(recovery.Count), size = data.ShardSize;
        CantorField field = CodeShape.Field(data.Count, recovery.Count, _wide);
        byte[] sum = new byte[block * size], part = new byte[block * size];
        // A degree below N - M means: the coefficients of the blocks of M values, taken one by one, sum to zero.
        for (int first = 0; first < data.Count; first += block)
        {
            for (int i = 0; i < block; i++)
            {
                Span<byte> target = part.AsSpan(i * size, size);
                if (first + i < data.Count) data[first + i].CopyTo(target);
                else target.Clear();
            }
            AdditiveFft.Inverse(field, part, block, size, block + first);
            AdditiveFft.Add(sum, part);
        }
        AdditiveFft.Forward(field, sum, block, size, 0);
        for (int i = 0; i < recovery.Count; i++) sum.AsSpan(i * size, size).CopyTo(recovery[i]);
    }

    /// <inheritdoc/>
    public DecodeResult Decode(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present)
    {
        Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        if (present.Count(true) < data.Count) return DecodeResult.NotEnoughShards;
        if (present[..data.Count].Contains(false))
        {
            byte[] restored = Restore(data, recovery, present);
            CopyMissing(restored.AsSpan(PowerOfTwo(recovery.Count) * data.ShardSize), data, present[..data.Count]);
        }
        return DecodeResult.Restored;
    }

    /// <inheritdoc/>
    public DecodeResult Reconstruct(Shards data, Shards recovery, ReadOnlySpan<bool> present)
    {
        Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        if (present.Count(true) < data.Count) return DecodeResult.NotEnoughShards;
        if (!present[data.Count..].Contains(false)) return Decode(data, recovery, present);

        if (!present[..data.Count].Contains(false))
        {
            var encoded = new byte[recovery.Count * data.ShardSize];
            Encode(data, new Shards(encoded, recovery.Count, data.ShardSize));
            CopyMissing(encoded, recovery, present[data.Count..]);
            return DecodeResult.Restored;
        }
        byte[] restored = Restore(data, recovery, present);
        CopyMissing(restored, recovery, present[data.Count..]);
        CopyMissing(restored.AsSpan(PowerOfTwo(recovery.Count) * data.ShardSize), data, present[..data.Count]);
        return DecodeResult.Restored;
    }

    /// <inheritdoc/>
    public DecodeResult RepairShard(ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, int index, Span<byte> shard)
    {
        Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        RepairTarget.Check(data, recovery, index, shard);
        if (present.Count(true) < data.Count) return DecodeResult.NotEnoughShards;
        CantorRepair.Restore(CodeShape.Field(data.Count, recovery.Count, _wide), _wide, data, recovery, present, index, shard);
        return DecodeResult.Restored;
    }

    /// <summary>
    /// The N values with every erased one restored: recovery from index 0, data from index M. With f the polynomial and e
    /// that of the erasures, f·e is known everywhere, and (f·e)' = f·e' where e is zero.
    /// </summary>
    private byte[] Restore(ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present)
    {
        int block = PowerOfTwo(recovery.Count), n = PowerOfTwo(block + data.Count), size = data.ShardSize;
        var work = new byte[n * size];
        if (data.Count == 1 && !_wide)
        {
            int source = present.IndexOf(true);
            ReadOnlySpan<byte> copy = source == 0 ? data[0] : recovery[source - 1];
            for (int i = 0; i < n; i++) copy.CopyTo(work.AsSpan(i * size));
            return work;
        }

        CantorField field = CodeShape.Field(data.Count, recovery.Count, _wide);
        var erased = new bool[n];
        for (int i = 0; i < block; i++) erased[i] = i >= recovery.Count || !present[data.Count + i];
        for (int i = 0; i < data.Count; i++) erased[block + i] = !present[i];
        var locator = new ushort[n];
        ErasureLocator.Logarithms(field, erased, locator);

        for (int i = 0; i < block + data.Count; i++)
        {
            if (erased[i]) continue;
            field.MultiplyAdd(work.AsSpan(i * size, size), i < block ? recovery[i] : data[i - block], field.Exp(locator[i]));
        }
        AdditiveFft.Inverse(field, work, n, size, 0);
        AdditiveFft.Differentiate(work, n, size);
        AdditiveFft.Forward(field, work, n, size, 0);

        var scratch = new byte[size];
        for (int i = 0; i < block + data.Count; i++)
        {
            if (!erased[i]) continue;
            Span<byte> shard = work.AsSpan(i * size, size);
            shard.CopyTo(scratch);
            shard.Clear();
            field.MultiplyAdd(shard, scratch, field.Exp((field.Modulus - locator[i]) % field.Modulus));
        }
        return work;
    }

    private static void CopyMissing(ReadOnlySpan<byte> source, Shards target, ReadOnlySpan<bool> present)
    {
        for (int i = 0; i < target.Count; i++)
            if (!present[i]) source.Slice(i * target.ShardSize, target.ShardSize).CopyTo(target[i]);
    }

    private static int PowerOfTwo(int value) => CodeShape.PowerOfTwo(value);

    private static void Check(ReadOnlyShards data, ReadOnlyShards recovery)
    {
        CodeShape.Check(data, recovery);
        if ((long)PowerOfTwo(PowerOfTwo(recovery.Count) + data.Count) * data.ShardSize > Array.MaxLength)
            throw new ArgumentException($"Expected a code of at most {Array.MaxLength} bytes, got shards of {data.ShardSize}.", nameof(data));
    }
}
