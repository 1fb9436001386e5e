namespace Prozchain.Testing;

/// <summary>What a span kernel promises, for <see cref="SpanKernelTests"/>.</summary>
public sealed record SpanKernelRules
{
    /// <summary>The longest input tried, in elements; every length from 0 on is.</summary>
    public int MaxLength { get; init; } = 256;

    /// <summary>Lengths are multiples of this, for kernels that take whole blocks.</summary>
    public int Step { get; init; } = 1;

    /// <summary>The destination may be an input.</summary>
    public bool AllowsInPlace { get; init; } = true;

    /// <summary>The destination may be longer than the result, and is left alone beyond it.</summary>
    public bool AllowsLongerDestination { get; init; } = true;

    /// <summary>A destination that overlaps an input other than exactly is refused.</summary>
    public bool RefusesOverlap { get; init; } = true;
}
