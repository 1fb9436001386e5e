using System.Collections.Immutable;

namespace Prozchain.AI.Vault;

/// <summary>What shards ask for storage, in millionths of a dollar per GB (10^9 bytes) and month, and what a model costs by that.</summary>
/// <param name="Lines">Of each shard, the bytes of the model and their price.</param>
/// <param name="StoredBytes">Bytes of all shards.</param>
/// <param name="RawBytes">Bytes of the model itself.</param>
/// <param name="MicroDollarsPerMonth">Millionths of a dollar a month, rounded up on each shard.</param>
public sealed record PriceSheet(ImmutableArray<PriceLine> Lines, long StoredBytes, long RawBytes, long MicroDollarsPerMonth)
{
    private const long GB = 1_000_000_000;

    /// <summary>Millionths of a dollar per GB of the model itself and month, parity included, rounded up; 0 for an empty model.</summary>
    public long MicroDollarsPerRawGBMonth => RawBytes == 0 ? 0 : Ratio(MicroDollarsPerMonth, GB, RawBytes);

    /// <summary>The price of a stored model. What it shares with others, its bases too, it pays in full: who shares is not known for good.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="microDollarsPerGBMonth">Of each shard of the model's table, 0 or more.</param>
    /// <exception cref="ArgumentException">There are not as many prices as shards, or one is negative.</exception>
    /// <exception cref="OverflowException">The price does not fit 64 bits.</exception>
    public static PriceSheet Quote(ModelManifest manifest, ReadOnlySpan<long> microDollarsPerGBMonth)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        int shards = manifest.Table.Capacities.Length;
        if (microDollarsPerGBMonth.Length != shards)
            throw new ArgumentException($"Expected {shards} prices, as there are shards, got {microDollarsPerGBMonth.Length}.", nameof(microDollarsPerGBMonth));
        foreach (long price in microDollarsPerGBMonth)
            if (price < 0) throw new ArgumentException($"Expected prices of 0 or more, got {price}.", nameof(microDollarsPerGBMonth));
        var bytes = new long[shards];
        var seen = new HashSet<Prozchain.Shared.Bytes32>();
        for (int i = 0; i < manifest.Geometry.Stripes.Length; i++)
        {
            StoredStripe stripe = manifest.Geometry.Stripes[i];
            if (!seen.Add(stripe.PieceRoot)) continue;
            ReadOnlySpan<int> places = manifest.Places(i)[..manifest.Geometry.KeptPieces];
            for (int piece = 0; piece < places.Length; piece++) bytes[places[piece]] += PieceFrame.SizeOf(stripe.PieceLength, manifest.Geometry.TotalPieces, piece);
        }
        ImmutableArray<PriceLine>.Builder lines = ImmutableArray.CreateBuilder<PriceLine>(shards);
        long total = 0;
        for (int shard = 0; shard < shards; shard++)
        {
            long cost = Ratio(bytes[shard], microDollarsPerGBMonth[shard], GB);
            total = checked(total + cost);
            lines.Add(new PriceLine(shard, bytes[shard], microDollarsPerGBMonth[shard], cost));
        }
        return new PriceSheet(lines.MoveToImmutable(), bytes.Sum(), manifest.Geometry.RawSize, total);
    }

    private static long Ratio(long a, long b, long divisor) => checked((long)(((UInt128)(ulong)a * (ulong)b + (ulong)(divisor - 1)) / (ulong)divisor));
}
