namespace Prozchain.Zk.Hashing;

/// <summary>
/// The generator of Poseidon's round constants (eprint 2019/458, appendix E): an 80-bit linear feedback shift register,
/// seeded with the instance's parameters, in self-shrinking mode.
/// </summary>
internal sealed class GrainLfsr
{
    private const int Length = 80, BurnIn = 160;

    private readonly bool[] _bits = new bool[Length];
    private int _at;

    /// <param name="fieldBits">Bits of the prime.</param>
    /// <param name="width">Elements of the state.</param>
    public GrainLfsr(int fieldBits, int width, int fullRounds, int partialRounds)
    {
        // Field type 1 (a prime), S-box 0 (a power), then the numbers, then ones; each big-endian.
        Seed(1, 2);
        Seed(0, 4);
        Seed(fieldBits, 12);
        Seed(width, 12);
        Seed(fullRounds, 10);
        Seed(partialRounds, 10);
        while (_at < Length) _bits[_at++] = true;
        _at = 0;
        for (int i = 0; i < BurnIn; i++) Clock();
    }

    /// <summary>The next integer below <paramref name="modulus"/>: most significant bit first, drawn again until below.</summary>
    public uint Next(uint modulus, int bits)
    {
        while (true)
        {
            ulong value = 0;
            for (int i = 0; i < bits; i++) value = value << 1 | (NextBit() ? 1UL : 0);
            if (value < modulus) return (uint)value;
        }
    }

    // Of each pair of bits the second counts if the first is set.
    private bool NextBit()
    {
        while (true)
        {
            bool keep = Clock(), bit = Clock();
            if (keep) return bit;
        }
    }

    private bool Clock()
    {
        bool bit = At(0) ^ At(13) ^ At(23) ^ At(38) ^ At(51) ^ At(62);
        _bits[_at] = bit;
        _at = (_at + 1) % Length;
        return bit;
    }

    private bool At(int offset) => _bits[(_at + offset) % Length];

    private void Seed(int value, int bits)
    {
        for (int i = bits - 1; i >= 0; i--) _bits[_at++] = (value >> i & 1) != 0;
    }
}
