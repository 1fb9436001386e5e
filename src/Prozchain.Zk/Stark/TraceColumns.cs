using System.Buffers;
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

    /// <summary>
    /// Writes all columns of a trace, masked if hiding. Masks are drawn in the order of the columns, by whichever thread is next, so
    /// that they do not depend on the threads; the rest, the first touch of the memory above all, the threads do side by side.
    /// </summary>
    public void Write(Trace<TField> rows, SecretSource? secrets, int threads, CancellationToken cancellation)
    {
        // A trace that is described is made before threads ask for its columns.
        rows.Make(threads, cancellation);
        Lock turn = new();
        int next = 0;
        WorkRanges.Run(width, 1, threads, (_, _) =>
        {
            int column;
            if (!isHiding)
            {
                column = Interlocked.Increment(ref next) - 1;
                rows.Column(column).CopyTo(Column(column));
                return;
            }
            TField[] masks = ArrayPool<TField>.Shared.Rent(rows.Height);
            lock (turn)
            {
                column = next++;
                secrets!.Sample(masks.AsSpan(0, rows.Height));
            }
            Interleave(rows.Column(column), masks, Column(column));
            ArrayPool<TField>.Shared.Return(masks, clearArray: true);
        }, cancellation);
    }

    /// <summary>Has all columns of a trace made in their place; only if not hiding.</summary>
    public void Make(TraceSource<TField> source, int threads, CancellationToken cancellation) =>
        source.Fill(Trace<TField>.Borrow(Enumerable.Range(0, width).Select(column => _memory!.Column(column, 1 << _logDegree))), threads, cancellation);

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
        Interleave(values, masks, target);
    }

    // From the front: where the masks are the target's second half, each is read before the pairs that are written reach it.
    private static void Interleave(ReadOnlySpan<TField> values, ReadOnlySpan<TField> masks, Span<TField> target)
    {
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
