using System.Numerics;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Tests.Coding;

/// <summary>The erasure locator by 64-bit Walsh-Hadamard transforms that never reduce, and by its definition.</summary>
internal static class LocatorOracle
{
    public static int[] ByDefinition(CantorField field, bool[] erased)
    {
        var result = new int[erased.Length];
        for (int x = 0; x < erased.Length; x++)
        {
            long sum = 0;
            for (int y = 0; y < erased.Length; y++) if (erased[y] && y != x) sum += field.Logs[x ^ y];
            result[x] = (int)(sum % field.Modulus);
        }
        return result;
    }

    public static int[] ByTransform(CantorField field, bool[] erased)
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

    private static void WalshHadamard(long[] values)
    {
        for (int half = 1; half < values.Length; half *= 2)
            for (int start = 0; start < values.Length; start += 2 * half)
                for (int i = start; i < start + half; i++)
                    (values[i], values[i + half]) = unchecked((values[i] + values[i + half], values[i] - values[i + half]));
    }
}
