namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>Orders of points.</summary>
internal static class Bits
{
    /// <summary>The low <paramref name="bits"/> bits of a number in reverse order.</summary>
    public static int Reverse(int value, int bits)
    {
        int reversed = 0;
        for (int i = 0; i < bits; i++, value >>= 1) reversed = reversed << 1 | (value & 1);
        return reversed;
    }
}
