using System.Buffers;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Reed-Solomon over GF(2^8) for few shards, by a matrix: the code that Backblaze's JavaReedSolomon and klauspost's
/// reedsolomon make by default, byte for byte. Its cost is k × m multiplications a column of bytes: up to some 32
/// shards it is the fastest; beyond that a code with transforms is.
/// </summary>
/// <remarks>
/// The code. Elements are bytes modulo 0x11D. Data shard j is the value at element j, recovery shard i the value at
/// element k + i, of one polynomial of degree below k. That is the Vandermonde matrix of rows 0, 1, ... k + m - 1, made
/// systematic by the inverse of its first k rows. Distinct elements make it maximum distance separable. A decoder's
/// matrix is written down by Lagrange's formula; those used last are kept, so that a pattern that comes back costs nothing
/// but the product; each takes at most 32 × k × (shards restored) bytes, and nothing is allocated when one is found.
/// Long shards are fastest on cache lines and at distances that are no multiple of 4096 bytes.
/// Source: Plank, "A tutorial on Reed-Solomon coding for fault-tolerance in RAID-like systems" (1997) and its correction (2003).
/// </remarks>
public sealed class DenseReedSolomon : IErasureCode, IIncrementalCode
{
    /// <summary>Most shards, data and recovery together.</summary>
    public const int MaxShards = 256;

    // The matrix that a shard is added by as it is.
    private static readonly byte[] s_one = MakeOne();

    private readonly RestoreMatrixCache _matrices;

    /// <summary>A code with a cache of its own.</summary>
    /// <param name="cachedMatrices">How many matrices to keep, at least 1; rounded up to a power of two of at least 4.</param>
    public DenseReedSolomon(int cachedMatrices = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cachedMatrices, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cachedMatrices, 1 << 20);
        _matrices = new RestoreMatrixCache(cachedMatrices);
    }

    /// <summary>One instance for all; its cache holds 64 matrices.</summary>
    public static DenseReedSolomon Instance { get; } = new();

    /// <summary>1 byte: any size will do.</summary>
    public int ShardAlignment => 1;

    /// <summary>True for counts of at least 1 whose sum is at most <see cref="MaxShards"/>.</summary>
    public bool Supports(int dataCount, int recoveryCount) =>
        dataCount is >= 1 and < MaxShards && recoveryCount is >= 1 and < MaxShards && dataCount + recoveryCount <= MaxShards;

    /// <inheritdoc/>
    public void Encode(ReadOnlyShards data, Shards recovery)
    {
        Check(data, recovery);
        Compute(data, recovery, Parity(data.Count, recovery.Count));
    }

    /// <inheritdoc/>
    public DecodeResult Decode(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present)
    {
        Check(data, recovery);
        return Restore(data, recovery, present, data.Count);
    }

    /// <inheritdoc/>
    public DecodeResult Reconstruct(Shards data, Shards recovery, ReadOnlySpan<bool> present)
    {
        Check(data, recovery);
        return Restore(data, recovery, present, data.Count + recovery.Count);
    }

    /// <inheritdoc/>
    public unsafe DecodeResult RepairShard(ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, int index, Span<byte> shard)
    {
        Check(data, recovery);
        CheckPresent(data.Count, recovery.Count, present);
        RepairTarget.Check(data, recovery, index, shard);
        if (!TryKnow(present, data.Count, out ShardSet known)) return DecodeResult.NotEnoughShards;
        if (present[index])
        {
            RepairTarget.Place(data, recovery, index).CopyTo(shard);
            return DecodeResult.Restored;
        }

        RestoreMatrix matrix = _matrices.Get(known, ShardSet.Range(index, 1));
        byte** inputs = stackalloc byte*[data.Count];
        fixed (byte* firstData = data[0], firstRecovery = recovery[0], output = shard)
        {
            Places(matrix.Known, data, firstData, recovery, firstRecovery, inputs);
            matrix.Apply(inputs, &output, shard.Length);
        }
        return DecodeResult.Restored;
    }

    unsafe void IIncrementalCode.Absorb(int dataCount, int index, ReadOnlySpan<byte> shard, Shards sums)
    {
        byte** outputs = stackalloc byte*[sums.Count];
        fixed (byte* input = shard, first = sums[0])
        {
            for (int i = 0; i < sums.Count; i++) outputs[i] = first + (long)i * sums.Stride;
            if (index < dataCount) Parity(dataCount, sums.Count).Add(index, input, outputs, shard.Length);
            else Gf256Product.Best.AddColumn(s_one, 1, 1, 0, input, outputs + (index - dataCount), shard.Length);
        }
    }

    // The sums are the recovery shards of a codeword whose data is zero wherever it was present: what is missing follows from
    // them alone, by the columns of the recovery shards in the decoder's matrix.
    unsafe void IIncrementalCode.Restore(Shards data, ReadOnlyShards sums, ReadOnlySpan<bool> present)
    {
        Span<byte> known = stackalloc byte[data.Count], missing = stackalloc byte[data.Count];
        int count = 0, lost = 0;
        for (int i = 0; i < data.Count; i++)
        {
            if (present[i]) known[count++] = (byte)i;
            else missing[lost++] = (byte)i;
        }
        int first = count;
        for (int i = data.Count; count < data.Count; i++) if (present[i]) known[count++] = (byte)i;

        byte[] matrix = ArrayPool<byte>.Shared.Rent(lost * lost), factors = ArrayPool<byte>.Shared.Rent(lost * lost * Gf256Product.Best.FactorSize);
        LagrangeWeights.Fill(known, missing[..lost], first.., matrix);
        Gf256Product.Best.Prepare(matrix.AsSpan(0, lost * lost), lost, lost, factors);
        byte** inputs = stackalloc byte*[lost], outputs = stackalloc byte*[lost];
        fixed (byte* firstData = data[0], firstSum = sums[0])
        {
            Places(known[first..], data, firstData, sums, firstSum, inputs);
            Places(missing[..lost], data, firstData, sums, firstSum, outputs);
            Gf256Product.Best.Multiply(factors, lost, lost, inputs, outputs, data.ShardSize);
        }
        ArrayPool<byte>.Shared.Return(matrix);
        ArrayPool<byte>.Shared.Return(factors);
    }

    private static byte[] MakeOne()
    {
        var one = new byte[Gf256Product.Best.FactorSize];
        Gf256Product.Best.Prepare([1], 1, 1, one);
        return one;
    }

    private RestoreMatrix Parity(int dataCount, int recoveryCount) =>
        _matrices.Get(ShardSet.Range(0, dataCount), ShardSet.Range(dataCount, recoveryCount));

    // Restores what is missing among the first so many shards.
    private DecodeResult Restore(ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, int count)
    {
        CheckPresent(data.Count, recovery.Count, present);
        if (!TryKnow(present, data.Count, out ShardSet known)) return DecodeResult.NotEnoughShards;
        if (!present[..count].Contains(false)) return DecodeResult.Restored;
        var wanted = new ShardSet();
        for (int i = 0; i < count; i++) if (!present[i]) wanted.Add(i);
        Compute(data, recovery, _matrices.Get(known, wanted));
        return DecodeResult.Restored;
    }

    // The first k that are present; false if there are fewer.
    private static bool TryKnow(ReadOnlySpan<bool> present, int dataCount, out ShardSet known)
    {
        known = new ShardSet();
        int count = 0;
        for (int i = 0; i < present.Length && count < dataCount; i++)
        {
            if (!present[i]) continue;
            known.Add(i);
            count++;
        }
        return count == dataCount;
    }

    // Writes the wanted shards: only those, so that whoever passes read-only shards wants none of them.
    private static unsafe void Compute(ReadOnlyShards data, ReadOnlyShards recovery, RestoreMatrix matrix)
    {
        byte** inputs = stackalloc byte*[matrix.Known.Length], outputs = stackalloc byte*[matrix.Wanted.Length];
        fixed (byte* firstData = data[0], firstRecovery = recovery[0])
        {
            Places(matrix.Known, data, firstData, recovery, firstRecovery, inputs);
            Places(matrix.Wanted, data, firstData, recovery, firstRecovery, outputs);
            matrix.Apply(inputs, outputs, data.ShardSize);
        }
    }

    private static unsafe void Places(
        ReadOnlySpan<byte> shards, ReadOnlyShards data, byte* firstData, ReadOnlyShards recovery, byte* firstRecovery, byte** places)
    {
        for (int i = 0; i < shards.Length; i++)
        {
            int shard = shards[i];
            places[i] = shard < data.Count ? firstData + (long)shard * data.Stride : firstRecovery + (long)(shard - data.Count) * recovery.Stride;
        }
    }

    private void Check(ReadOnlyShards data, ReadOnlyShards recovery)
    {
        if (!Supports(data.Count, recovery.Count))
            throw new ArgumentException($"Expected at most {MaxShards} shards, got {data.Count} data and {recovery.Count} recovery shards.", nameof(data));
        if (data.ShardSize != recovery.ShardSize)
            throw new ArgumentException($"Expected shards of {data.ShardSize} bytes as the data's, got {recovery.ShardSize}.", nameof(recovery));
        if (data.Overlaps(recovery))
            throw new ArgumentException("Expected recovery shards in memory of their own, got memory that overlaps the data's.", nameof(recovery));
    }

    private static void CheckPresent(int dataCount, int recoveryCount, ReadOnlySpan<bool> present)
    {
        if (present.Length != dataCount + recoveryCount)
            throw new ArgumentException($"Expected {dataCount + recoveryCount} entries, one a shard, got {present.Length}.", nameof(present));
    }
}
