using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Values in the extension on shift · ⟨w⟩ of 2^<see cref="LogSize"/> points, in bit-reversed order, coordinate by coordinate: as many
/// base columns as the extension has degrees.
/// </summary>
/// <param name="logSize">log2 of the number of values.</param>
/// <param name="degree">Coordinates.</param>
/// <param name="shift">The first point.</param>
/// <param name="memory">Where the values, which are zero, are rented; null for new memory.</param>
internal sealed class Codeword<TField>(int logSize, int degree, TField shift, ProofMemory? memory = null) : ICodeword
    where TField : unmanaged, ITwoAdicField<TField>
{
    public int LogSize => logSize;

    /// <summary>The first point.</summary>
    public TField Shift => shift;

    public int Degree => degree;

    public int Stride { get; } = ColumnLayout.PaddedStride(1 << logSize);

    public TField[] Values { get; } = (memory ?? new()).Rent<TField>(degree * ColumnLayout.PaddedStride(1 << logSize), isCleared: true);

    public Span<TField> Column(int power) => Values.AsSpan(power * Stride, 1 << logSize);
}
