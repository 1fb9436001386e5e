using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Sums of columns times factors for fields without a wide form: reduced at each term; the second half of their room stays unused.</summary>
internal static class PlainSums<TField> where TField : struct, IField<TField>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ref TField columns, nint stride, int count, ref TField factors, nint factorStride, int coordinates, ref TField sums, nint rows)
    {
        for (int coordinate = 0; coordinate < coordinates; coordinate++)
            for (int column = 0; column < count; column++)
            {
                TField factor = Unsafe.Add(ref factors, coordinate * factorStride + column);
                for (nint i = 0; i < rows; i++) Unsafe.Add(ref sums, 2 * coordinate * rows + i) += Unsafe.Add(ref columns, column * stride + i) * factor;
            }
    }

    public static void Finish(ref TField sums, ref TField destination, nint rows) =>
        MemoryMarshal.CreateReadOnlySpan(ref sums, (int)rows).CopyTo(MemoryMarshal.CreateSpan(ref destination, (int)rows));
}
