using System.Runtime.CompilerServices;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// The levels within vectors: Count rows of Count elements are transposed, so that neighbours within a row become rows
/// and each lane is a block of its own; then log2 Count levels with a vector of factors each.
/// </summary>
internal static class NttTile<TPacked, TField> where TPacked : struct, IPacked<TPacked, TField> where TField : struct
{
    /// <summary>Transposes into <paramref name="tile"/> and runs the levels there; row j then holds position j of each block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ref TField source, ref nint offsets, ref TField factors, ref TField tile)
    {
        TPacked.Transpose(ref source, ref offsets, ref tile);
        int half = TPacked.Count / 2, groups = 1;
        // Levels go in pairs; an odd one goes first.
        if (TPacked.Count is 2 or 8)
        {
            TPacked w = At(ref factors, 0);
            for (int row = 0; row < half; row++)
            {
                TPacked a = At(ref tile, row), b = At(ref tile, row + half);
                TPacked product = b * w;
                (a, b) = (a + product, a - product);
                Put(a, ref tile, row);
                Put(b, ref tile, row + half);
            }
            half /= 2;
            groups = 2;
        }
        for (; half >= 2; half /= 4, groups *= 4)
            for (int group = 0; group < groups; group++)
            {
                TPacked u = At(ref factors, groups - 1 + group), v = At(ref factors, 2 * groups - 1 + 2 * group), w = At(ref factors, 2 * groups + 2 * group);
                int quarter = half / 2, first = 2 * half * group;
                for (int row = first; row < first + quarter; row++)
                {
                    TPacked a = At(ref tile, row), b = At(ref tile, row + quarter), c = At(ref tile, row + half), d = At(ref tile, row + half + quarter);
                    TPacked product = c * u;
                    (a, c) = (a + product, a - product);
                    product = d * u;
                    (b, d) = (b + product, b - product);
                    product = b * v;
                    (a, b) = (a + product, a - product);
                    product = d * w;
                    (c, d) = (c + product, c - product);
                    Put(a, ref tile, row);
                    Put(b, ref tile, row + quarter);
                    Put(c, ref tile, row + half);
                    Put(d, ref tile, row + half + quarter);
                }
            }
    }

    /// <summary>Puts each row, scaled, at its offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(ref TField tile, ref nint offsets, TField scale, ref TField destination)
    {
        TPacked factor = TPacked.Create(scale);
        for (int row = 0; row < TPacked.Count; row++)
            TPacked.Store(TPacked.MultiplyUniform(At(ref tile, row), factor), ref Unsafe.Add(ref destination, Unsafe.Add(ref offsets, row)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TPacked At(ref TField source, int row) => TPacked.Load(ref Unsafe.Add(ref source, row * TPacked.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TPacked value, ref TField destination, int row) => TPacked.Store(value, ref Unsafe.Add(ref destination, row * TPacked.Count));
}
