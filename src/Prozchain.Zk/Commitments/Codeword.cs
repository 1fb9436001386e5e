using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Values in the extension on shift · ⟨w⟩ of 2^<see cref="LogSize"/> points, in bit-reversed order, coordinate by coordinate: as many
/// base columns as the extension has degrees.
/// </summary>
internal sealed class Codeword<TField>(int logSize, int degree, TField shift) : ICodeword
    where TField : unmanaged, ITwoAdicField<TField>
{
    public int LogSize => logSize;

    /// <summary>The first point.</summary>
    public TField Shift => shift;

    public int Degree => degree;

    public int Stride { get; } = ColumnLayout.PaddedStride(1 << logSize);

    public TField[] Values { get; } = new TField[degree * ColumnLayout.PaddedStride(1 << logSize)];

    public Span<TField> Column(int power) => Values.AsSpan(power * Stride, 1 << logSize);
}
