using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Shared.Tests;

/// <summary>All the values that a word can have: from Min to Max, its low half from LowMin to LowMax where no carry has crossed between the halves.</summary>
internal readonly record struct Interval(ulong Min, ulong Max, ulong LowMin, ulong LowMax)
{
    private const ulong Unknown = ulong.MaxValue;

    public static Interval Any => new(0, ulong.MaxValue, 0, Unknown);

    public bool IsLowKnown => LowMax != Unknown;

    public static Interval Of(ulong min, ulong max) => max <= uint.MaxValue ? new(min, max, min, max) : new(min, max, 0, Unknown);

    /// <summary>Two limbs, each from zero to its bound.</summary>
    public static Interval Packed(ulong low, ulong high) => new(0, low | high << 32, 0, low);
}

/// <summary>
/// Lanes that hold intervals instead of numbers: a kernel that runs on them proves, for all inputs at once, that no sum,
/// difference or product of it leaves its word, as any that could fails here.
/// </summary>
internal readonly unsafe struct IntervalLanes : IFieldLanes<Interval>
{
    /// <summary>What is loaded from rows.</summary>
    [ThreadStatic]
    public static Interval Loaded;

    /// <summary>What was stored in rows, in order.</summary>
    [ThreadStatic]
    public static List<Interval>? Stored;

    /// <summary>Words that stand for all packed words whose limbs are not above theirs.</summary>
    [ThreadStatic]
    public static ulong[]? Bounds;

    // An interval has the size of four words.
    public static int Count => 4;

    public static Interval Broadcast(ulong value) => Bounds is not null && Bounds.Contains(value)
        ? Interval.Packed((uint)value, value >> 32)
        : new(value, value, (uint)value, (uint)value);

    public static Interval Add(Interval a, Interval b)
    {
        (ulong min, ulong max) = (a.Min + b.Min, checked(a.Max + b.Max));
        bool isLowKnown = a.IsLowKnown && b.IsLowKnown && a.LowMax + b.LowMax <= uint.MaxValue;
        return isLowKnown ? new(min, max, a.LowMin + b.LowMin, a.LowMax + b.LowMax) : Interval.Of(min, max);
    }

    public static Interval Subtract(Interval a, Interval b)
    {
        (ulong min, ulong max) = (checked(a.Min - b.Max), checked(a.Max - b.Min));
        bool isLowKnown = a.IsLowKnown && b.IsLowKnown && a.LowMin >= b.LowMax;
        return isLowKnown ? new(min, max, a.LowMin - b.LowMax, a.LowMax - b.LowMin) : Interval.Of(min, max);
    }

    public static Interval Multiply(Interval a, Interval b)
    {
        Assert.True(a.IsLowKnown && b.IsLowKnown, "Expected factors of 32 bits.");
        return Interval.Of(a.LowMin * b.LowMin, a.LowMax * b.LowMax);
    }

    public static Interval And(Interval a, Interval b)
    {
        Assert.True(b.Min == b.Max && b.Max <= uint.MaxValue, "Expected a constant mask.");
        return Interval.Of(0, Math.Min(b.Max, a.IsLowKnown ? a.LowMax : a.Max));
    }

    public static Interval Or(Interval a, Interval b) => a.Max <= uint.MaxValue && b is { IsLowKnown: true, LowMax: 0 }
        ? new(a.Min + b.Min, a.Max + b.Max, a.Min, a.Max)
        : Interval.Of(0, Ones(a.Max | b.Max));

    public static Interval ShiftLeft(Interval a, [ConstantExpected] byte bits)
    {
        if (a.Max >> (64 - bits) != 0) return Interval.Any;
        return bits >= 32 ? new(a.Min << bits, a.Max << bits, 0, 0) : Interval.Of(a.Min << bits, a.Max << bits);
    }

    public static Interval ShiftRight(Interval a, [ConstantExpected] byte bits)
    {
        Assert.True(bits != 32 || a.IsLowKnown, "Expected two limbs that were apart.");
        return Interval.Of(a.Min >> bits, a.Max >> bits);
    }

    public static Interval Choose(Interval mask, Interval a, Interval b)
    {
        (ulong min, ulong max) = (Math.Min(a.Min, b.Min), Math.Max(a.Max, b.Max));
        return a.IsLowKnown && b.IsLowKnown ? new(min, max, Math.Min(a.LowMin, b.LowMin), Math.Max(a.LowMax, b.LowMax)) : Interval.Of(min, max);
    }

    public static Interval IsZero(Interval a) => Interval.Any;

    public static uint Signs(Interval a) => 0;

    public static Interval NegativeDigits(sbyte* digits) => Interval.Any;

    public static void LoadRows(ulong* memory, nint* offsets, out Interval w0, out Interval w1, out Interval w2, out Interval w3) => w0 = w1 = w2 = w3 = Loaded;

    public static void StoreRows(ulong* memory, nint* offsets, Interval w0, Interval w1, Interval w2, Interval w3) => Stored?.AddRange([w0, w1, w2, w3]);

    private static ulong Ones(ulong value) => value == 0 ? 0 : ulong.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(value);
}
