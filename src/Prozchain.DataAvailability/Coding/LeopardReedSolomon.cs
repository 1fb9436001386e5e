namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Leopard's systematic Reed-Solomon code in vectors: the same bytes as <see cref="NaiveReedSolomon"/>, which says what
/// the code is.
/// </summary>
/// <remarks>
/// Time is n log n in the number of shards. Working memory is pooled, at most 16 MiB whatever the shard size; nothing is
/// allocated once it is warm. GFNI with 512 or 256 bits, AVX2, 128 bits (SSE; Arm has never run) give the same bytes;
/// without any of them the reference serves. Shards need no alignment in memory.
/// </remarks>
public sealed unsafe class LeopardReedSolomon : IErasureCode
{
    private LeopardReedSolomon() { }

    /// <summary>The one instance; it has no state.</summary>
    public static LeopardReedSolomon Instance { get; } = new();

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
            NaiveReedSolomon.Instance.Encode(data, recovery);
            return;
        }
        fixed (byte* dataStart = data)
        fixed (byte* recoveryStart = recovery)
        {
            var shards = new ShardTable(dataStart, data.Stride, data.Count, recoveryStart, recovery.Stride, recovery.Count);
            if (data.Count == 1 || recovery.Count == 1)
            {
                ShardSum.Encode(shards, data.ShardSize);
                return;
            }
            var job = new EncodeJob(shards);
            SymbolLanes.Run(ref job, CodeShape.Field(data.Count, recovery.Count), 0, data.ShardSize);
        }
    }

    /// <inheritdoc/>
    public DecodeResult Decode(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present)
    {
        CodeShape.Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        if (!SymbolLanes.AreSupported) return NaiveReedSolomon.Instance.Decode(data, recovery, present);
        return Restore(data, recovery, present, withRecovery: false);
    }

    /// <inheritdoc/>
    public DecodeResult Reconstruct(Shards data, Shards recovery, ReadOnlySpan<bool> present)
    {
        CodeShape.Check(data, recovery);
        CodeShape.CheckPresent(data.Count, recovery.Count, present);
        if (!SymbolLanes.AreSupported) return NaiveReedSolomon.Instance.Reconstruct(data, recovery, present);
        return Restore(data, recovery, present, withRecovery: true);
    }

    /// <summary>Writes to recovery shards only if told to: then they are the caller's to write.</summary>
    private static DecodeResult Restore(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, bool withRecovery)
    {
        if (present.Count(true) < data.Count) return DecodeResult.NotEnoughShards;
        bool dataMisses = present[..data.Count].Contains(false), recoveryMisses = withRecovery && present[data.Count..].Contains(false);
        if (!dataMisses && !recoveryMisses) return DecodeResult.Restored;
        fixed (byte* dataStart = data)
        fixed (byte* recoveryStart = recovery)
        {
            var shards = new ShardTable(dataStart, data.Stride, data.Count, recoveryStart, recovery.Stride, recovery.Count);
            if (data.Count == 1) ShardSum.CopyToMissing(shards, present, withRecovery, data.ShardSize);
            else if (recovery.Count == 1) ShardSum.AddToMissing(shards, present.IndexOf(false), data.ShardSize);
            else Decoding.Run(shards, present, withRecovery, data.ShardSize);
        }
        return DecodeResult.Restored;
    }
}
