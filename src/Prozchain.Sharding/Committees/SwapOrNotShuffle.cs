using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Prozchain.Sharding.Committees;

/// <summary>
/// The swap-or-not permutation of 0 to n - 1 (Hoang, Morris, Rogaway 2012) as the Ethereum consensus specification has
/// it (phase0, <c>compute_shuffled_index</c>), with SHA-256. One index costs O(rounds) hashes, a whole list one hash per
/// 256 entries and round.
/// </summary>
public static class SwapOrNotShuffle
{
    /// <summary>Rounds of the specification's mainnet preset.</summary>
    public const int DefaultRounds = 90;

    private const int PositionsPerHash = 256;

    /// <summary>The place to which the permutation sends an index.</summary>
    /// <param name="index">0 to <paramref name="count"/> - 1.</param>
    /// <param name="count">Number of entries, at least 1.</param>
    /// <param name="seed">32 bytes.</param>
    /// <param name="rounds">0 to 255.</param>
    public static int Shuffled(int index, int count, ReadOnlySpan<byte> seed, int rounds = DefaultRounds)
    {
        Check(index, count, seed, rounds);
        for (int round = 0; round < rounds; round++) index = Step(index, count, seed, round);
        return index;
    }

    /// <summary>The index that <see cref="Shuffled"/> sends to a place.</summary>
    /// <param name="index">0 to <paramref name="count"/> - 1.</param>
    /// <param name="count">Number of entries, at least 1.</param>
    /// <param name="seed">32 bytes.</param>
    /// <param name="rounds">0 to 255.</param>
    public static int Unshuffled(int index, int count, ReadOnlySpan<byte> seed, int rounds = DefaultRounds)
    {
        Check(index, count, seed, rounds);
        for (int round = rounds - 1; round >= 0; round--) index = Step(index, count, seed, round);
        return index;
    }

    /// <summary>Permutes a list in place: afterwards entry i is what entry <c>Shuffled(i)</c> was.</summary>
    /// <param name="values">The list.</param>
    /// <param name="seed">32 bytes.</param>
    /// <param name="rounds">0 to 255.</param>
    public static void Shuffle<T>(Span<T> values, ReadOnlySpan<byte> seed, int rounds = DefaultRounds)
    {
        if (values.IsEmpty) return;
        Check(0, values.Length, seed, rounds);
        for (int round = rounds - 1; round >= 0; round--) SwapPairs(values, seed, round);
    }

    /// <summary>Undoes <see cref="Shuffle"/>: afterwards entry <c>Shuffled(i)</c> is what entry i was.</summary>
    /// <param name="values">The list.</param>
    /// <param name="seed">32 bytes.</param>
    /// <param name="rounds">0 to 255.</param>
    public static void Unshuffle<T>(Span<T> values, ReadOnlySpan<byte> seed, int rounds = DefaultRounds)
    {
        if (values.IsEmpty) return;
        Check(0, values.Length, seed, rounds);
        for (int round = 0; round < rounds; round++) SwapPairs(values, seed, round);
    }

    // A round pairs i with pivot - i mod n and swaps the pair if the bit at the larger of the two says so. It is its own
    // inverse, so that the rounds in reverse order undo the permutation.
    private static int Step(int index, int count, ReadOnlySpan<byte> seed, int round)
    {
        int flip = Flip(Pivot(seed, round, count), index, count);
        int position = Math.Max(index, flip);
        Span<byte> source = stackalloc byte[SHA256.HashSizeInBytes];
        Source(seed, round, position / PositionsPerHash, source);
        return Bit(source, position) ? flip : index;
    }

    private static void SwapPairs<T>(Span<T> values, ReadOnlySpan<byte> seed, int round)
    {
        int pivot = Pivot(seed, round, values.Length);
        int blocks = (values.Length + PositionsPerHash - 1) / PositionsPerHash;
        var sources = new byte[blocks * SHA256.HashSizeInBytes];
        for (int block = 0; block < blocks; block++)
            Source(seed, round, block, sources.AsSpan(block * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
        for (int i = 0; i < values.Length; i++)
        {
            int flip = Flip(pivot, i, values.Length);
            if (i >= flip) continue;
            if (Bit(sources.AsSpan(flip / PositionsPerHash * SHA256.HashSizeInBytes), flip)) (values[i], values[flip]) = (values[flip], values[i]);
        }
    }

    private static int Pivot(ReadOnlySpan<byte> seed, int round, int count)
    {
        Span<byte> input = stackalloc byte[Digest.Size + 1];
        seed.CopyTo(input);
        input[^1] = (byte)round;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(hash) % (ulong)count);
    }

    private static int Flip(int pivot, int index, int count)
    {
        int flip = pivot - index;
        return flip < 0 ? flip + count : flip;
    }

    private static void Source(ReadOnlySpan<byte> seed, int round, int block, Span<byte> source)
    {
        Span<byte> input = stackalloc byte[Digest.Size + 1 + sizeof(uint)];
        seed.CopyTo(input);
        input[Digest.Size] = (byte)round;
        BinaryPrimitives.WriteInt32LittleEndian(input[(Digest.Size + 1)..], block);
        SHA256.HashData(input, source);
    }

    private static bool Bit(ReadOnlySpan<byte> source, int position) => (source[position % PositionsPerHash / 8] >> (position % 8) & 1) != 0;

    private static void Check(int index, int count, ReadOnlySpan<byte> seed, int rounds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        ArgumentOutOfRangeException.ThrowIfNegative(rounds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rounds, 255);
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
    }
}
