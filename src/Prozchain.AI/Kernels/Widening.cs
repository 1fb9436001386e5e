using System.Runtime.Intrinsics;

namespace Prozchain.AI.Kernels;

/// <summary>Signed bytes become shorts.</summary>
internal static unsafe class Widening
{
    /// <summary>Widens each; the last vector overlaps the one before it.</summary>
    public static void Widen(sbyte* source, short* destination, int count)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated && count >= 16)
            for (; i < count; i += 16)
            {
                i = Math.Min(i, count - 16);
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(source + i));
                low.Store(destination + i);
                high.Store(destination + i + 8);
            }
        else if (Vector128.IsHardwareAccelerated && count >= 8)
            for (; i < count; i += 8)
            {
                i = Math.Min(i, count - 8);
                Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)(source + i)).AsSByte()).Store(destination + i);
            }
        for (; i < count; i++) destination[i] = source[i];
    }
}
