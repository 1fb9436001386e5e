namespace Prozchain.Zk.Transforms;

/// <summary>The order in which transforms leave their results.</summary>
internal static class BitReversal
{
    /// <summary>The lowest bits of a value, the last first.</summary>
    public static int Reverse(int value, int bits)
    {
        int reversed = 0;
        for (; bits > 0; bits--, value >>= 1) reversed = reversed << 1 | value & 1;
        return reversed;
    }
}
