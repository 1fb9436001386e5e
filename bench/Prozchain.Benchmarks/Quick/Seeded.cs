namespace Prozchain.Benchmarks.Quick;

/// <summary>Inputs that are the same in every run of the program.</summary>
internal static class Seeded
{
    public static Random Random(int seed) => new(seed);

    public static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Flags of which a random half, rounded down, is false.</summary>
    public static bool[] HalfLost(int count, int seed)
    {
        var present = new bool[count];
        present.AsSpan(count / 2).Fill(true);
        new Random(seed).Shuffle(present);
        return present;
    }
}
