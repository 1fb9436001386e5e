using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Operators that go element by element, exactly as <see cref="ScalarElements"/>. A caller with many threads gives each a
/// range of the elements, at a multiple of inner × channels where there are channels. A result may be an operand, in place,
/// where the types are as long.
/// </summary>
internal static unsafe class Elements
{
    /// <summary>Bytes from which on a table of all 256 results pays.</summary>
    private const int LeastForTable = 1024;

    /// <inheritdoc cref="ScalarElements.Requantise"/>
    public static void Requantise<TX, TY>(ReadOnlySpan<TX> x, in Requantisation to, int inner, Span<TY> y)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        KernelChecks.Elements(y.Length, x.Length, nameof(y));
        if (typeof(TX) == typeof(sbyte) && !to.IsPerChannel && x.Length >= LeastForTable)
        {
            RequantiseByTable(MemoryMarshal.Cast<TX, sbyte>(x), to, y);
            return;
        }
        if (typeof(TX) != typeof(int) || typeof(TY) == typeof(int) || DotKinds.ForShorts == DotKind.Scalar)
        {
            ScalarElements.Requantise(x, to, inner, y);
            return;
        }
        fixed (TX* from = x)
        fixed (TY* into = y)
            if (DotKinds.ForShorts == DotKind.Avx512) RequantiseKernel<Dot512>.Run((int*)from, x.Length, to, inner, into);
            else RequantiseKernel<Dot256>.Run((int*)from, x.Length, to, inner, into);
    }

    /// <inheritdoc cref="ScalarElements.AddScaled"/>
    public static void AddScaled<TX, TY, TZ>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, in ScaledSum sum, Span<TZ> z)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged, IBinaryInteger<TZ>
    {
        KernelChecks.Elements(z.Length, x.Length, nameof(z));
        bool areBytes = typeof(TX) == typeof(sbyte) && typeof(TY) == typeof(sbyte) && typeof(TZ) == typeof(sbyte);
        if (!areBytes || !Avx2.IsSupported || !ByteSumKernel.Takes(sum))
        {
            ScalarElements.AddScaled(x, y, inner, sum, z);
            return;
        }
        fixed (TX* left = x)
        fixed (TY* right = y)
        fixed (TZ* into = z)
            ForRuns(x.Length, y.Length, inner, new ByteSumKernel((sbyte*)left, (sbyte*)right, (sbyte*)into, sum));
    }

    /// <inheritdoc cref="ScalarElements.Multiply"/>
    public static void Multiply<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, Span<int> z)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        KernelChecks.Elements(z.Length, x.Length, nameof(z));
        if (typeof(TX) != typeof(sbyte) || typeof(TY) != typeof(sbyte) || !Vector128.IsHardwareAccelerated)
        {
            ScalarElements.Multiply(x, y, inner, z);
            return;
        }
        fixed (TX* left = x)
        fixed (TY* right = y)
        fixed (int* into = z)
            ForRuns(x.Length, y.Length, inner, new ByteProductKernel((sbyte*)left, (sbyte*)right, into));
    }

    /// <inheritdoc cref="ScalarElements.Lookup"/>
    public static void Lookup<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> table, Span<TY> y)
        where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
        where TY : unmanaged
    {
        KernelChecks.Elements(y.Length, x.Length, nameof(y));
        KernelChecks.Elements(table.Length, 1L << (8 * sizeof(TX)), nameof(table));
        int done = 0;
        if (typeof(TX) == typeof(sbyte) && typeof(TY) == typeof(sbyte) && Avx512Vbmi.IsSupported)
            fixed (TX* from = x)
            fixed (TY* entries = table, into = y)
                for (; done + Vector512<byte>.Count <= x.Length; done += Vector512<byte>.Count) Lookup64((byte*)from + done, (byte*)entries, (byte*)into + done);
        ScalarElements.Lookup(x[done..], table, y[done..]);
    }

    /// <summary>256 results worked out once.</summary>
    private static void RequantiseByTable<TY>(ReadOnlySpan<sbyte> x, in Requantisation to, Span<TY> y)
        where TY : unmanaged, IBinaryInteger<TY>
    {
        Span<TY> table = stackalloc TY[256];
        for (int i = 0; i < table.Length; i++) table[i] = TY.CreateTruncating(to.Apply(i + sbyte.MinValue, 0));
        Lookup<sbyte, TY>(x, table, y);
    }

    /// <summary>Two tables of 128 bytes by VPERMI2B; x's sign says which, as entry 0 belongs to -128.</summary>
    private static void Lookup64(byte* x, byte* table, byte* y)
    {
        Vector512<byte> index = Vector512.Load(x);
        Vector512<byte> negative = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table), index, Vector512.Load(table + 64));
        Vector512<byte> positive = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table + 128), index, Vector512.Load(table + 192));
        Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), negative, positive).Store(y);
    }

    /// <summary>Cuts the elements where y starts again or, with channels, where its next value begins.</summary>
    private static void ForRuns<TKernel>(int length, int period, int inner, TKernel kernel)
        where TKernel : struct, IPairKernel
    {
        for (int i = 0, count; i < length; i += count)
        {
            int channel = i / inner;
            count = Math.Min(length - i, inner > 1 ? (channel + 1) * inner - i : period - i % period);
            if (inner > 1) kernel.RunOne(i, channel % period, count);
            else kernel.Run(i, i % period, count);
        }
    }
}
