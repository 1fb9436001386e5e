namespace Prozchain.AI.Engine;

/// <summary>
/// The engine's one rounding: clamp(floor((acc · M + 2^(s-1)) / 2^s) + Z, lo, hi), halves up, in 64 bits. With
/// 1 ≤ M &lt; 2^31 and 1 ≤ s ≤ 62 nothing of it overflows for any 32-bit accumulator.
/// </summary>
internal readonly record struct Rescale(ElementType Type, int Multiplier, int Shift, int ZeroPoint, int Low, int High)
{
    public const int MaxShift = 62;

    /// <summary>Attributes that hold one, from its output type on: type, M, s, Z, lo, hi.</summary>
    public const int Length = 6;

    /// <summary>Reads six attributes that <see cref="Check"/> accepts.</summary>
    public static Rescale Read(ReadOnlySpan<long> a) => new((ElementType)a[0], (int)a[1], (int)a[2], (int)a[3], (int)a[4], (int)a[5]);

    public static string? Check(ReadOnlySpan<long> a) => CheckMultiplier(a[1], a[2]) ?? CheckClamp(a[0], a[3], a[4], a[5]);

    public static string? CheckMultiplier(long multiplier, long shift)
    {
        if (multiplier is < 1 or > int.MaxValue) return $"Expected a multiplier in [1, 2^31 - 1], got {multiplier}.";
        return shift is < 1 or > MaxShift ? $"Expected a shift in [1, {MaxShift}], got {shift}." : null;
    }

    public static string? CheckClamp(long type, long zeroPoint, long low, long high)
    {
        if (type is < 0 or >= ElementTypes.Count) return $"Expected an element type in [0, {ElementTypes.Count - 1}], got {type}.";
        if (zeroPoint is < int.MinValue or > int.MaxValue) return $"Expected a zero point of 32 bits, got {zeroPoint}.";
        if (low > high) return $"Expected bounds in order, got [{low}, {high}].";
        return ((ElementType)type).Range().Contains(new Interval(low, high)) ? null : $"Expected bounds that {(ElementType)type} holds, got [{low}, {high}].";
    }

    public int Apply(long accumulator) =>
        (int)Math.Clamp(((accumulator * Multiplier + (1L << (Shift - 1))) >> Shift) + ZeroPoint, Low, High);

    public Interval Apply(in Interval range) => new(Apply((long)range.Min), Apply((long)range.Max));
}
