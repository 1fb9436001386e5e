using System.Numerics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// The polynomial that vanishes at the erased elements, e(x) = product of (x - y), at every element below n.
/// </summary>
internal static class ErasureLocator
{
    /// <summary>
    /// Logarithm of e(x), and for an erased x of e'(x), which is the same product without its zero. As x - y is the XOR
    /// of indices, the sum of log(x ^ y) over the erased y is an XOR convolution: two Walsh-Hadamard transforms
    /// over the n elements in use (n a power of two), not over the field.
    /// </summary>
    public static int[] Logarithms(CantorField field, ReadOnlySpan<bool> erased)
    {
        int n = erased.Length;
        long[] marks = new long[n], logs = new long[n];
        for (int i = 0; i < n; i++)
        {
            marks[i] = erased[i] ? 1 : 0;
            logs[i] = i == 0 ? 0 : field.Logs[i];
        }
        WalshHadamard(marks);
        WalshHadamard(logs);
        // The true result is n times a sum below 2^32, so it survives whatever wraps modulo 2^64 on the way.
        for (int i = 0; i < n; i++) marks[i] = unchecked(marks[i] * logs[i]);
        WalshHadamard(marks);

        var result = new int[n];
        for (int i = 0; i < n; i++) result[i] = (int)((marks[i] >> BitOperations.Log2((uint)n)) % field.Modulus);
        return result;
    }

    private static void WalshHadamard(Span<long> values)
    {
        for (int half = 1; half < values.Length; half *= 2)
        {
            for (int start = 0; start < values.Length; start += 2 * half)
            {
                for (int i = start; i < start + half; i++)
                {
                    (long a, long b) = (values[i], values[i + half]);
                    values[i] = unchecked(a + b);
                    values[i + half] = unchecked(a - b);
                }
            }
        }
    }
}
