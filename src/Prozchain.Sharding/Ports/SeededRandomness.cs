using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Ports;

/// <summary>
/// BLAKE3 of a public seed and the epoch. Anyone who knows the seed knows every future committee: fit for development
/// networks and tests, not for a network of strangers. Thread-safe.
/// </summary>
public sealed class SeededRandomness : IRandomness
{
    private readonly byte[] _seed;

    /// <summary>Takes the public seed.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <exception cref="ArgumentException">The seed is not 32 bytes long.</exception>
    public SeededRandomness(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        _seed = seed.ToArray();
    }

    /// <inheritdoc/>
    public void WriteSeed(ulong epoch, Span<byte> seed)
    {
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(ulong)];
        _seed.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[Digest.Size..], epoch);
        Domains.Randomness.Hash(input).Span.CopyTo(seed);
    }
}
