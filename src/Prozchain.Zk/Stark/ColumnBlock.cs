using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>Columns of values on one block of an evaluation domain, in bit-reversed order.</summary>
/// <param name="Values">The memory.</param>
/// <param name="Layout">Where the columns lie.</param>
internal readonly record struct ColumnBlock<TField>(ReadOnlyMemory<TField> Values, ColumnLayout Layout) where TField : struct
{
    /// <summary>A column.</summary>
    public ReadOnlySpan<TField> Column(int column, int length) => Values.Span.Slice(column * Layout.Stride, length);
}
