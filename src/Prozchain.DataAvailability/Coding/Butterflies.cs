using System.Runtime.CompilerServices;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Three, two or one layers of the additive FFT on 8, 4 or 2 values that stay in registers. A butterfly of the inverse is
/// high += low, low += factor × high; forward it is undone. A result that is only added to one other value goes there
/// at once. Factors are numbered from the lowest layer up: 4, 2, 1 of them.
/// </summary>
internal static class Butterflies<T, TFactor>
    where T : unmanaged, ISymbolLanes<T, TFactor>
    where TFactor : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inverse<TLead>(
        ref T v0, ref T v1, ref T v2, ref T v3, ref T v4, ref T v5, ref T v6, ref T v7,
        TFactor a0, TFactor a1, TFactor a2, TFactor a3, TFactor b0, TFactor b1, TFactor c)
        where TLead : struct, ILead
    {
        v1 = T.Add(v1, v0);
        v3 = T.Add(v3, v2);
        v5 = T.Add(v5, v4);
        v7 = T.Add(v7, v6);
        if (!TLead.IsZero) v0 = T.MultiplyAdd(v0, v1, a0);
        v2 = T.MultiplyAdd(v2, v3, a1, v0);
        v4 = T.MultiplyAdd(v4, v5, a2);
        v6 = T.MultiplyAdd(v6, v7, a3, v4);
        v3 = T.Add(v3, v1);
        v7 = T.Add(v7, v5);
        if (!TLead.IsZero)
        {
            v0 = T.MultiplyAdd(v0, v2, b0);
            v1 = T.MultiplyAdd(v1, v3, b0);
        }
        v4 = T.MultiplyAdd(v4, v6, b1, v0);
        v5 = T.MultiplyAdd(v5, v7, b1, v1);
        v6 = T.Add(v6, v2);
        v7 = T.Add(v7, v3);
        if (TLead.IsZero) return;
        v0 = T.MultiplyAdd(v0, v4, c);
        v1 = T.MultiplyAdd(v1, v5, c);
        v2 = T.MultiplyAdd(v2, v6, c);
        v3 = T.MultiplyAdd(v3, v7, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TLead>(
        ref T v0, ref T v1, ref T v2, ref T v3, ref T v4, ref T v5, ref T v6, ref T v7,
        TFactor a0, TFactor a1, TFactor a2, TFactor a3, TFactor b0, TFactor b1, TFactor c)
        where TLead : struct, ILead
    {
        if (!TLead.IsZero)
        {
            v0 = T.MultiplyAdd(v0, v4, c);
            v1 = T.MultiplyAdd(v1, v5, c);
            v2 = T.MultiplyAdd(v2, v6, c);
            v3 = T.MultiplyAdd(v3, v7, c);
        }
        v6 = T.Add(v6, v2);
        v7 = T.Add(v7, v3);
        v4 = T.MultiplyAdd(v4, v6, b1, v0);
        v5 = T.MultiplyAdd(v5, v7, b1, v1);
        if (!TLead.IsZero)
        {
            v0 = T.MultiplyAdd(v0, v2, b0);
            v1 = T.MultiplyAdd(v1, v3, b0);
        }
        v3 = T.Add(v3, v1);
        v7 = T.Add(v7, v5);
        v2 = T.MultiplyAdd(v2, v3, a1, v0);
        v6 = T.MultiplyAdd(v6, v7, a3, v4);
        if (!TLead.IsZero) v0 = T.MultiplyAdd(v0, v1, a0);
        v4 = T.MultiplyAdd(v4, v5, a2);
        v1 = T.Add(v1, v0);
        v3 = T.Add(v3, v2);
        v5 = T.Add(v5, v4);
        v7 = T.Add(v7, v6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inverse<TLead>(ref T v0, ref T v1, ref T v2, ref T v3, TFactor a0, TFactor a1, TFactor b) where TLead : struct, ILead
    {
        v1 = T.Add(v1, v0);
        v3 = T.Add(v3, v2);
        if (!TLead.IsZero) v0 = T.MultiplyAdd(v0, v1, a0);
        v2 = T.MultiplyAdd(v2, v3, a1, v0);
        v3 = T.Add(v3, v1);
        if (TLead.IsZero) return;
        v0 = T.MultiplyAdd(v0, v2, b);
        v1 = T.MultiplyAdd(v1, v3, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TLead>(ref T v0, ref T v1, ref T v2, ref T v3, TFactor a0, TFactor a1, TFactor b) where TLead : struct, ILead
    {
        if (!TLead.IsZero)
        {
            v0 = T.MultiplyAdd(v0, v2, b);
            v1 = T.MultiplyAdd(v1, v3, b);
        }
        v3 = T.Add(v3, v1);
        v2 = T.MultiplyAdd(v2, v3, a1, v0);
        if (!TLead.IsZero) v0 = T.MultiplyAdd(v0, v1, a0);
        v1 = T.Add(v1, v0);
        v3 = T.Add(v3, v2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inverse<TLead>(ref T v0, ref T v1, TFactor a) where TLead : struct, ILead
    {
        v1 = T.Add(v1, v0);
        if (!TLead.IsZero) v0 = T.MultiplyAdd(v0, v1, a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<TLead>(ref T v0, ref T v1, TFactor a) where TLead : struct, ILead
    {
        if (!TLead.IsZero) v0 = T.MultiplyAdd(v0, v1, a);
        v1 = T.Add(v1, v0);
    }
}

/// <summary>Whether the first factor of each layer is zero, as it is where a transform starts at element 0.</summary>
internal interface ILead
{
    static abstract bool IsZero { get; }
}

/// <summary>The first factors are zero: no multiplications.</summary>
internal readonly struct ZeroLead : ILead
{
    public static bool IsZero => true;
}

/// <summary>All factors count.</summary>
internal readonly struct AnyLead : ILead
{
    public static bool IsZero => false;
}
