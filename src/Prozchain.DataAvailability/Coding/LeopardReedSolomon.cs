namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Leopard's systematic Reed-Solomon code in vectors: the same bytes as <see cref="NaiveReedSolomon"/>, which says what
/// the code is.
/// </summary>
/// <remarks>
/// Time is n log n in the number of shards. Working memory is pooled, at most 16 MiB whatever the shard size; nothing is
/// allocated once it is warm. GFNI with 512 or 256 bits, AVX2, 128 bits (SSE; Arm only under emulation so far) give the same bytes;
/// without any of them the reference serves. Shards need no alignment in memory.
/// </remarks>
public sealed unsafe class LeopardReedSolomon : IErasureCode
{
    private readonly bool _wide;

    private LeopardReedSolomon(bool wide) => _wide = wide;

    /// <summary>The code of the smallest field that has room. No state.</summary>
    public static LeopardReedSolomon Instance { get; } = new(false);

    /// <summary>The code of <see cref="NaiveReedSolomon.Wide"/>: over GF(2^16) for every count. No state.</summary>
    public static LeopardReedSolomon Wide { get; } = new(true);

    /// <summary>64 bytes.</summary>
    public int ShardAlignment => CodeShape.Alignment;

    /// <summary>True for counts of at least 1 with nextpow2(<paramref name="recoveryCount"/>) + <paramref name="dataCount"/> at most 65536.</summary>
    public bool Supports(int dataCount, int recoveryCount) => CodeShape.Supports(dataCount, recoveryCount);

    /// <inheritdoc/>
    public void Encode(ReadOnlyShards data, Shards recovery)
    {
        CodeShape.Check(data, recovery);
        if (!SymbolLanes.AreSupported)
        {
            Oracle.Encode(data, recovery);
            return;
        }
        fixed (byte* dataStart = data)
        fixed (byte* recoveryStart = recovery)
        {
            var shards = new ShardTable(dataStart, data.Stride, data.Count, recoveryStart, recovery.Stride, recovery.Count);
            if ((data.Count == 1 && !_wide) || recovery.Count == 1)
            {
                ShardSum.Encode(shards, data.ShardSize);
                return;
            }
            var job = new EncodeJob(shards);
            SymbolLanes.Run(ref job, CodeShape.Field(data.Count, recovery.Count, _wide), 0, data.ShardSize);
        }
    }

    /// <inheritdoc/>
    public DecodeResult Decode(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present)
    {
        CodeShape.Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        if (!SymbolLanes.AreSupported) return Oracle.Decode(data, recovery, present);
        return Restore(data, recovery, present, withRecovery: false);
    }

    /// <inheritdoc/>
    public DecodeResult Reconstruct(Shards data, Shards recovery, ReadOnlySpan<bool> present)
    {
        CodeShape.Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        if (!SymbolLanes.AreSupported) return Oracle.Reconstruct(data, recovery, present);
        return Restore(data, recovery, present, withRecovery: true);
    }

    /// <inheritdoc/>
    public DecodeResult RepairShard(ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, int index, Span<byte> shard)
    {
        CodeShape.Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        RepairTarget.Check(data, recovery, index, shard);
        if (present.Count(true) < data.Count) return DecodeResult.NotEnoughShards;
        CantorRepair.Restore(CodeShape.Field(data.Count, recovery.Count, _wide), _wide, data, recovery, present, index, shard);
        return DecodeResult.Restored;
    }

    private NaiveReedSolomon Oracle => _wide ? NaiveReedSolomon.Wide : NaiveReedSolomon.Instance;

    /// <summary>Writes to recovery shards only if told to: then they are the caller's to write.</summary>
    private DecodeResult Restore(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, bool withRecovery)
    {
        if (present.Count(true) < data.Count) return DecodeResult.NotEnoughShards;
        bool dataMisses = present[..data.Count].Contains(false), recoveryMisses = withRecovery && present[data.Count..].Contains(false);
        if (!dataMisses && !recoveryMisses) return DecodeResult.Restored;
        fixed (byte* dataStart = data)
        fixed (byte* recoveryStart = recovery)
        {
            var shards = new ShardTable(dataStart, data.Stride, data.Count, recoveryStart, recovery.Stride, recovery.Count);
            if (data.Count == 1 && !_wide) ShardSum.CopyToMissing(shards, present, withRecovery, data.ShardSize);
            else if (recovery.Count == 1) ShardSum.AddToMissing(shards, present.IndexOf(false), data.ShardSize);
            else Decoding.Run(shards, CodeShape.Field(data.Count, recovery.Count, _wide), present, withRecovery, data.ShardSize);
        }
        return DecodeResult.Restored;
    }
}
