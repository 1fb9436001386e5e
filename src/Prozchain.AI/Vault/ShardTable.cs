using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// The shards of an epoch and their capacities: from it and the root of a stripe follows where each piece of the stripe is.
/// Immutable. A manifest contains its table, so that it finds its pieces in every later epoch.
/// </summary>
/// <remarks>
/// Every piece in turn is drawn among the shards that have none of the stripe yet, with odds in the proportion of their
/// capacities (weighted rendezvous hashing, in integers); when each has one, all take part again. So a shard holds at most one
/// piece of a stripe where there are enough shards, equal stripes of two models have one place, and when a shard joins or
/// leaves, few pieces move besides its own.
/// </remarks>
public sealed class ShardTable
{
    /// <summary>Most shards.</summary>
    public const int MaxShards = 65_535;

    /// <summary>Highest capacity.</summary>
    public const long MaxCapacity = (1L << 48) - 1;

    private static readonly Blake3Hasher s_table = VaultHash.Context("shard table"u8), s_place = VaultHash.Context("placement"u8);

    private readonly int _eligible;
    private readonly Bytes32 _digest;

    /// <summary>Makes a table.</summary>
    /// <param name="epoch">Number of the epoch, for the host.</param>
    /// <param name="capacities">
    /// One a shard, 0 to <see cref="MaxCapacity"/>, in any one unit: only proportions count. A shard of capacity 0 gets nothing. At
    /// least one is above 0. Shards keep their index over the epochs: new ones come behind, and one that leaves has 0.
    /// </param>
    /// <exception cref="ArgumentException">There are no shards, too many, none with capacity, or one out of range.</exception>
    public ShardTable(ulong epoch, ReadOnlySpan<long> capacities)
    {
        if (capacities.Length is 0 or > MaxShards) throw new ArgumentException($"Expected 1 to {MaxShards} shards, got {capacities.Length}.", nameof(capacities));
        foreach (long capacity in capacities)
        {
            if (capacity is < 0 or > MaxCapacity) throw new ArgumentException($"Expected a capacity of 0 to {MaxCapacity}, got {capacity}.", nameof(capacities));
            if (capacity > 0) _eligible++;
        }
        if (_eligible == 0) throw new ArgumentException("Expected a shard with capacity, got none.", nameof(capacities));
        (Epoch, Capacities) = (epoch, [.. capacities]);
        var bytes = new ArrayBufferWriter<byte>();
        Write(new WireWriter(bytes));
        _digest = VaultHash.Derive(s_table, bytes.WrittenSpan);
    }

    /// <summary>Number of the epoch.</summary>
    public ulong Epoch { get; }

    /// <summary>Capacity of each shard.</summary>
    public ImmutableArray<long> Capacities { get; }

    /// <summary>Commits to the table, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Digest => _digest.Span.ToArray();

    internal ref readonly Bytes32 Id => ref _digest;

    /// <summary>Shards of one capacity.</summary>
    /// <param name="shards">How many, 1 to <see cref="MaxShards"/>.</param>
    /// <param name="epoch">Number of the epoch.</param>
    public static ShardTable Equal(int shards, ulong epoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shards, MaxShards);
        long[] capacities = new long[shards];
        Array.Fill(capacities, 1);
        return new ShardTable(epoch, capacities);
    }

    /// <summary>Says where the pieces of a stripe are.</summary>
    /// <param name="stripe">The stripe's root, 32 bytes.</param>
    /// <param name="shards">Receives the index of a shard for each piece, data pieces first.</param>
    /// <exception cref="ArgumentException">The root has another length.</exception>
    public void Place(ReadOnlySpan<byte> stripe, Span<int> shards)
    {
        if (stripe.Length != Bytes32.Size) throw new ArgumentException($"Expected a root of {Bytes32.Size} bytes, got {stripe.Length}.", nameof(stripe));
        Bytes32 digest = VaultHash.Derive(s_place, stripe);
        ulong seed = MemoryMarshal.Read<ulong>(digest.Span);
        if (!BitConverter.IsLittleEndian) seed = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(seed);
        for (int piece = 0; piece < shards.Length; piece++)
        {
            // Those that have a piece of this round are out of it.
            int round = piece / _eligible * _eligible, best = -1;
            ulong least = 0;
            for (int shard = 0; shard < Capacities.Length; shard++)
            {
                if (Capacities[shard] == 0 || shards[round..piece].Contains(shard)) continue;
                ulong wait = Wait(Mix(seed ^ Mix(((ulong)(uint)piece << 32) + (uint)shard)));
                if (best < 0 || (UInt128)wait * (ulong)Capacities[best] < (UInt128)least * (ulong)Capacities[shard]) (best, least) = (shard, wait);
            }
            shards[piece] = best;
        }
    }

    internal void Write(WireWriter writer)
    {
        writer.WriteVarint(Epoch);
        writer.WriteVarint((ulong)Capacities.Length);
        foreach (long capacity in Capacities) writer.WriteVarint((ulong)capacity);
    }

    /// <summary>Untrusted bytes; null when they are no table.</summary>
    internal static ShardTable? TryRead(ref WireReader reader)
    {
        if (!reader.TryReadVarint(out ulong epoch) || !reader.TryReadCount(MaxShards, out int count) || count > reader.Remaining) return null;
        var capacities = new long[count];
        bool any = false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadVarint(out ulong capacity) || capacity > MaxCapacity) return null;
            capacities[i] = (long)capacity;
            any |= capacity > 0;
        }
        return any ? new ShardTable(epoch, capacities) : null;
    }

    // -log2 of a uniform number of (0, 1], with 24 bits behind the point: an exponential waiting time. The lowest of such
    // times divided by weights is the draw with odds in the proportion of the weights.
    private static ulong Wait(ulong uniform)
    {
        if (uniform == 0) uniform = 1;
        int zeros = System.Numerics.BitOperations.LeadingZeroCount(uniform);
        ulong mantissa = uniform << zeros, fraction = 0;
        for (int bit = 0; bit < 24; bit++)
        {
            ulong high = Math.BigMul(mantissa, mantissa, out ulong low);
            fraction <<= 1;
            if (high >> 63 == 1) (fraction, mantissa) = (fraction | 1, high);
            else mantissa = high << 1 | low >> 63;
        }
        return ((ulong)(zeros + 1) << 24) - fraction;
    }

    // The finaliser of SplitMix64.
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
