namespace Prozchain.Devnet.Workloads;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the seeded source of generated workloads and of samples' positions.</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform below <paramref name="bound"/>, which is positive.</summary>
    public long Below(long bound)
    {
        ulong limit = ulong.MaxValue - ulong.MaxValue % (ulong)bound;
        ulong value;
        do value = Next();
        while (value >= limit);
        return (long)(value % (ulong)bound);
    }
}
