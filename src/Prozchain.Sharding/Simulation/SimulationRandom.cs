using System.Buffers.Binary;
using System.Numerics;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// xoshiro256** (Blackman, Vigna 2021), its state filled by SplitMix64: the same seed gives the same values on every
/// machine and runtime, which <see cref="Random"/> does not promise. Not for secrets. One caller at a time.
/// </summary>
public sealed class SimulationRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _seed;
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>A generator at its beginning.</summary>
    /// <param name="seed">Any value.</param>
    public SimulationRandom(ulong seed)
    {
        _seed = seed;
        _s0 = Mix(seed += Golden);
        _s1 = Mix(seed += Golden);
        _s2 = Mix(seed += Golden);
        _s3 = Mix(seed + Golden);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9, shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in 0 to <paramref name="bound"/> - 1, without bias (Lemire 2019).</summary>
    /// <param name="bound">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public long Next(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ulong range = (ulong)bound, high = Math.BigMul(NextUInt64(), range, out ulong low);
        for (ulong threshold = (0 - range) % range; low < threshold;) high = Math.BigMul(NextUInt64(), range, out low);
        return (long)high;
    }

    /// <summary>Uniform in 0 to <paramref name="bound"/> - 1.</summary>
    /// <param name="bound">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int Next(int bound) => (int)Next((long)bound);

    /// <summary>True <paramref name="permille"/> times in a thousand. Draws nothing where that is never.</summary>
    /// <param name="permille">0 or less is never, 1000 or more is always.</param>
    public bool Chance(int permille) => permille > 0 && Next(1000) < permille;

    /// <summary>Fills a span with random bytes.</summary>
    /// <param name="bytes">Receives them.</param>
    public void Fill(Span<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) BinaryPrimitives.WriteUInt64LittleEndian(bytes, NextUInt64());
        if (bytes.IsEmpty) return;
        ulong last = NextUInt64();
        for (int i = 0; i < bytes.Length; i++, last >>= 8) bytes[i] = (byte)last;
    }

    /// <summary>Puts items in a random order, each order as likely as any other.</summary>
    /// <param name="items">The items.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Next(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>
    /// A generator whose values depend on this one's seed and on <paramref name="stream"/> only, not on how many values
    /// were drawn: one for each actor keeps a simulation stable when one of them draws more.
    /// </summary>
    /// <param name="stream">Names the stream.</param>
    public SimulationRandom Fork(ulong stream) => new(Mix(_seed ^ Mix(stream + Golden)));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
