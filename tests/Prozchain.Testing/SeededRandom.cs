using System.Buffers.Binary;

namespace Prozchain.Testing;

/// <summary>
/// SplitMix64 as a <see cref="Random"/>: the same seed gives the same values on every machine and version, which
/// System.Random does not promise. Not for secrets. Not thread-safe.
/// </summary>
public sealed class SeededRandom(ulong seed) : Random(0)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>What this instance was made from.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>SplitMix64's finaliser, a bijection on 64 bits.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64() => Mix(_state += Golden);

    /// <summary>Uniform in 0 to <paramref name="bound"/> - 1, without bias (Lemire 2019).</summary>
    public ulong NextUInt64(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        ulong high = Math.BigMul(NextUInt64(), bound, out ulong low);
        for (ulong threshold = (0 - bound) % bound; low < threshold;)
            high = Math.BigMul(NextUInt64(), bound, out low);
        return high;
    }

    /// <summary>
    /// A source whose values depend on this one's seed and on <paramref name="stream"/> only, not on how many values
    /// were drawn: one for each actor keeps a simulation stable when one of them draws more.
    /// </summary>
    public SeededRandom Fork(ulong stream) => new(Mix(Seed ^ Mix(stream + Golden)));

    /// <inheritdoc/>
    public override int Next() => (int)NextUInt64(int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue) => Next(0, maxValue);

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    /// <inheritdoc/>
    public override long NextInt64() => (long)NextUInt64(long.MaxValue);

    /// <inheritdoc/>
    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : (long)((ulong)minValue + NextUInt64((ulong)maxValue - (ulong)minValue));
    }

    /// <inheritdoc/>
    public override double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override float NextSingle() => (NextUInt64() >> 40) * (1.0f / (1 << 24));

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        for (; buffer.Length >= sizeof(ulong); buffer = buffer[sizeof(ulong)..])
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, NextUInt64());
        if (buffer.IsEmpty) return;
        ulong last = NextUInt64();
        for (int i = 0; i < buffer.Length; i++, last >>= 8) buffer[i] = (byte)last;
    }

    /// <summary>A new array of <paramref name="length"/> random bytes.</summary>
    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        NextBytes(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();
}
