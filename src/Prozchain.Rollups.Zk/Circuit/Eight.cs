using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Eight elements: a digest, a key, half of what a permutation takes.</summary>
[InlineArray(Length)]
internal struct Eight : IEquatable<Eight>
{
    public const int Length = 8;

    private F _first;

    /// <summary>The first of so many elements, at most 8, and zeros.</summary>
    public static Eight Of(params ReadOnlySpan<F> elements)
    {
        Eight eight = default;
        elements.CopyTo(eight);
        return eight;
    }

    public readonly F[] ToArray() => ((ReadOnlySpan<F>)this).ToArray();

    public readonly bool Equals(Eight other) => ((ReadOnlySpan<F>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is Eight other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        for (int i = 0; i < Length; i++) hash.Add(this[i]);
        return hash.ToHashCode();
    }
}

/// <summary>How eight elements stand in a trace.</summary>
internal static class EightCells
{
    /// <summary>Writes them into as many columns of a row.</summary>
    public static void Write(this Trace<F> trace, int column, int row, in Eight elements)
    {
        for (int i = 0; i < Eight.Length; i++) trace[column + i, row] = elements[i];
    }
}
