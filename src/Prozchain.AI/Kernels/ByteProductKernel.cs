using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Kernels;

/// <summary>Products of bytes, which fit 16 bits.</summary>
internal readonly unsafe struct ByteProductKernel(sbyte* x, sbyte* y, int* z) : IPairKernel
{
    public void Run(int xAt, int yAt, int count)
    {
        int i = 0;
        for (; i + Vector128<sbyte>.Count <= count; i += Vector128<sbyte>.Count) Sixteen(xAt + i, Vector128.Load(y + yAt + i));
        for (; i < count; i++) z[xAt + i] = x[xAt + i] * y[yAt + i];
    }

    public void RunOne(int xAt, int yAt, int count)
    {
        int i = 0;
        Vector128<sbyte> right = Vector128.Create(y[yAt]);
        for (; i + Vector128<sbyte>.Count <= count; i += Vector128<sbyte>.Count) Sixteen(xAt + i, right);
        for (; i < count; i++) z[xAt + i] = x[xAt + i] * y[yAt];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Sixteen(int at, Vector128<sbyte> right)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(x + at));
        (Vector128<short> lowRight, Vector128<short> highRight) = Vector128.Widen(right);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low * lowRight);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high * highRight);
        a.Store(z + at);
        b.Store(z + at + 4);
        c.Store(z + at + 8);
        d.Store(z + at + 12);
    }
}
