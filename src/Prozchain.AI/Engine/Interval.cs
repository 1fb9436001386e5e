namespace Prozchain.AI.Engine;

/// <summary>An inclusive interval of integers, and the arithmetic that proves where an operator's outputs lie.</summary>
internal readonly record struct Interval(Int128 Min, Int128 Max)
{
    /// <summary>The largest absolute value.</summary>
    public Int128 Magnitude => Int128.Max(Int128.Abs(Min), Int128.Abs(Max));

    public bool Contains(in Interval other) => Min <= other.Min && other.Max <= Max;

    public bool Contains(Int128 value) => Min <= value && value <= Max;

    public Interval Union(in Interval other) => new(Int128.Min(Min, other.Min), Int128.Max(Max, other.Max));

    public Interval Clamp(Int128 low, Int128 high) => new(Int128.Clamp(Min, low, high), Int128.Clamp(Max, low, high));

    public static Interval operator +(in Interval a, in Interval b) => new(a.Min + b.Min, a.Max + b.Max);

    /// <summary>Every product of an element of one and an element of the other lies in it.</summary>
    public static Interval operator *(in Interval a, in Interval b)
    {
        Int128 p = a.Min * b.Min, q = a.Min * b.Max, r = a.Max * b.Min, s = a.Max * b.Max;
        return new(Int128.Min(Int128.Min(p, q), Int128.Min(r, s)), Int128.Max(Int128.Max(p, q), Int128.Max(r, s)));
    }

    public static Interval operator *(in Interval a, long factor) => a * new Interval(factor, factor);

    public override string ToString() => $"[{Min}, {Max}]";
}
