using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>Columns of values on one block of an evaluation domain, in bit-reversed order.</summary>
/// <param name="Memory">The columns; null for none.</param>
/// <param name="Start">Where the block starts in each.</param>
internal readonly record struct ColumnBlock<TField>(ColumnMemory<TField>? Memory, int Start = 0) where TField : struct
{
    /// <summary>Columns.</summary>
    public int Width => Memory?.Width ?? 0;

    /// <summary>A column.</summary>
    public ReadOnlySpan<TField> Column(int column, int length) => Memory!.Column(column, Start + length).Span[Start..];

    /// <summary>Refuses memory in which columns of a length have no room.</summary>
    public void Check(int length, string name) => Memory?.Check(Start + length, name);
}
