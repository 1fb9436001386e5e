using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Columns on their way to a commitment. When hiding, a column of N values becomes one of 2N: the values at the even places, which
/// are the rows' own points, and uniformly random ones at the odd places. Without room for an extension (a blowup of 0) they are not kept
/// extended.
/// </summary>
internal sealed class TraceColumns<TField>(int width, int logRows, bool isHiding, int logBlowup) where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly int _logDegree = logRows + (isHiding ? 1 : 0);
    private ColumnMemory<TField>? _memory;

    private int Stride => ColumnLayout.PaddedStride(1 << (_logDegree + logBlowup));

    /// <summary>Takes the memory, with room for the extension of each column; new memory for a null.</summary>
    public void Allocate(ProofMemory? memory = null) => _memory = (memory ?? new()).RentColumns<TField>(width, Stride);

    /// <summary>Where the values of a column go before the extension.</summary>
    public Span<TField> Column(int column) => _memory!.Column(column, 1 << _logDegree).Span;

    /// <summary>Writes a column of N values, masked if hiding.</summary>
    public void Write(int column, ReadOnlySpan<TField> values, SecretSource? secrets)
    {
        Span<TField> target = Column(column);
        if (!isHiding)
        {
            values.CopyTo(target);
            return;
        }
        Span<TField> masks = target[values.Length..];
        secrets!.Sample(masks);
        // From the front: a mask is read before the pairs that are written reach it.
        for (int i = 0; i < values.Length; i++) (target[2 * i], target[2 * i + 1]) = (values[i], masks[i]);
    }

    /// <summary>Writes a column that everyone knows: when hiding, each value twice.</summary>
    public void WritePublic(int column, ReadOnlySpan<TField> values)
    {
        Span<TField> target = Column(column);
        int copies = isHiding ? 2 : 1;
        for (int i = 0; i < target.Length; i++) target[i] = values[i / copies];
    }

    /// <summary>The columns, as values on a coset of the domain; of the domain itself by default.</summary>
    public ColumnSet<TField> ToSet(TField? shift = null) => new(_logDegree, _memory!, shift ?? TField.One, hasRoom: logBlowup > 0, isKept: logBlowup > 0);
}
