namespace Prozchain.DataAvailability.Tests.Coding;

/// <summary>
/// The dense code as its makers define it, without tables: powers r^c in rows, the inverse of the first k rows by
/// elimination, one symbol a shard.
/// </summary>
internal static class VandermondeOracle
{
    public static byte[] Recovery(byte[] data, int m)
    {
        // Coefficients of the polynomial: the square system (row r: sum of r^c x_c = data[r]) solved by elimination.
        int k = data.Length;
        var rows = new byte[k][];
        for (int r = 0; r < k; r++) rows[r] = [.. Powers(r, k), data[r]];
        for (int column = 0; column < k; column++)
        {
            int pivot = Array.FindIndex(rows, column, row => row[column] != 0);
            (rows[pivot], rows[column]) = (rows[column], rows[pivot]);
            byte scale = Inverse(rows[column][column]);
            for (int i = column; i <= k; i++) rows[column][i] = Multiply(rows[column][i], scale);
            for (int r = 0; r < k; r++)
            {
                byte factor = rows[r][column];
                if (r == column || factor == 0) continue;
                for (int i = column; i <= k; i++) rows[r][i] ^= Multiply(factor, rows[column][i]);
            }
        }
        var recovery = new byte[m];
        for (int i = 0; i < m; i++)
        {
            byte[] powers = Powers(k + i, k);
            for (int c = 0; c < k; c++) recovery[i] ^= Multiply(powers[c], rows[c][k]);
        }
        return recovery;
    }

    private static byte[] Powers(int element, int count)
    {
        var powers = new byte[count];
        byte power = 1;
        for (int c = 0; c < count; c++)
        {
            powers[c] = power;
            power = Multiply(power, (byte)element);
        }
        return powers;
    }

    private static byte Inverse(byte a)
    {
        byte result = 1;
        for (int i = 0; i < 254; i++) result = Multiply(result, a);
        return result;
    }

    private static byte Multiply(byte a, byte b)
    {
        int product = 0, shifted = a;
        for (int rest = b; rest != 0; rest >>= 1)
        {
            if ((rest & 1) != 0) product ^= shifted;
            shifted <<= 1;
            if (shifted > 0xFF) shifted ^= 0x11D;
        }
        return (byte)product;
    }
}
