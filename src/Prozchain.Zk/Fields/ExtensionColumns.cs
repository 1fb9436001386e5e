using Prozchain.Zk.Lanes;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Fields;

/// <summary>
/// Runs of extension elements kept coordinate by coordinate: Degree columns over the base field, which is how vectors
/// like them. Sums are sums of columns; products are here. Nothing allocates. Thread-safe.
/// </summary>
public static class ExtensionColumns
{
    /// <summary>The products, element by element.</summary>
    /// <param name="left">Degree columns of base elements.</param>
    /// <param name="right">As many.</param>
    /// <param name="destination">As many; one of the inputs, or overlaps none.</param>
    /// <param name="length">Elements of each column.</param>
    /// <param name="layout">Where the columns lie in all three spans: Degree of them.</param>
    /// <exception cref="ArgumentException">A length or layout is not as said, or the spans overlap otherwise.</exception>
    public static void Multiply<TBase, TParameters>(
        ReadOnlySpan<TBase> left, ReadOnlySpan<TBase> right, Span<TBase> destination, int length, ColumnLayout layout)
        where TBase : struct, IField<TBase>
        where TParameters : struct, IExtensionParameters<TBase>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (layout.Count != TParameters.Degree) throw new ArgumentException($"Expected {TParameters.Degree} columns, got {layout.Count}.", nameof(layout));
        layout.Check(length, left.Length, nameof(left));
        layout.Check(length, right.Length, nameof(right));
        layout.Check(length, destination.Length, nameof(destination));
        Apart(left, destination);
        Apart(right, destination);
        var kernel = new ExtensionKernel<TBase, TParameters>(left, right, destination, length, layout.Stride);
        TBase.Dispatch(ref kernel);
    }

    private static void Apart<T>(ReadOnlySpan<T> source, Span<T> destination)
    {
        if (source.Overlaps(destination, out int offset) && offset != 0)
            throw new ArgumentException("Expected a destination that is an input or overlaps none.", nameof(destination));
    }
}
