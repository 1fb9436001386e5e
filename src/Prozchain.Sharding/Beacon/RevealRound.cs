using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Beacon;

/// <summary>What was revealed in one epoch so far, and by whom. Immutable.</summary>
internal sealed record RevealRound
{
    /// <summary>The fold over all epochs before.</summary>
    public Digest Mix { get; init; }

    /// <summary>The drawn validator of each slot: indexes into the epoch's set.</summary>
    public ImmutableArray<int> Revealers { get; init; } = [];

    /// <summary>The outputs by slot; null where none came.</summary>
    public ImmutableArray<Digest?> Outputs { get; init; } = [];

    /// <summary>Draws the revealers of an epoch by stake, with repetition, from the epoch's seed.</summary>
    public static RevealRound Begin(in Digest mix, in Digest seed, ValidatorSet set, int slots)
    {
        var sums = new ulong[set.Members.Count];
        ulong sum = 0;
        for (int i = 0; i < sums.Length; i++) sums[i] = sum += set.Members[i].Stake;
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(uint)];
        seed.Span.CopyTo(input);
        var drawn = ImmutableArray.CreateBuilder<int>(slots);
        for (int slot = 0; slot < slots; slot++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(input[Digest.Size..], (uint)slot);
            Bytes32 hash = Domains.Revealers.Hash(input);
            // 128 bits mod a total below 2^63: the bias is below 2^-65.
            var at = (ulong)(BinaryPrimitives.ReadUInt128LittleEndian(hash.Span) % sum);
            int index = Array.BinarySearch(sums, at);
            drawn.Add(index >= 0 ? index + 1 : ~index);
        }
        return new RevealRound { Mix = mix, Revealers = drawn.MoveToImmutable(), Outputs = [.. new Digest?[slots]] };
    }

    /// <summary>
    /// The fold at the end of the epoch: outputs in the order of slots, whatever the order in which they came, so that
    /// a proposer that orders reveals chooses nothing.
    /// </summary>
    public Digest Seal()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteBytes32(Mix.Bytes);
        foreach (Digest? revealed in Outputs)
        {
            writer.WriteByte(revealed is null ? (byte)0 : (byte)1);
            if (revealed is { } value) writer.WriteBytes32(value.Bytes);
        }
        return new Digest(Domains.RandomnessMix.Hash(output.WrittenSpan));
    }

    /// <summary>The seed that a fold gives an epoch.</summary>
    public static Digest SeedOf(in Digest mix, ulong epoch)
    {
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(ulong)];
        mix.Span.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], epoch);
        return new Digest(Domains.Randomness.Hash(input));
    }
}
