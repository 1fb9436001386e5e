using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Brings columns of the host to the device, some at a time, which whoever uses them may destroy.</summary>
internal delegate void ColumnUpload<TField>(int width, int logRows, Func<int, ReadOnlySpan<TField>> columns, Action<DeviceMatrix, int> use);

/// <summary>Extended columns that do not stay on the device: computed again in pieces of columns, or on windows of their domain.</summary>
internal sealed class DevicePieces<TField>(DeviceSession session, DeviceTransforms<TField> transforms, ColumnUpload<TField> upload)
    where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>Calls with the extended columns, all or some at a time, and the number of the first of them.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="logBlowup">log2 of the blocks that are needed of columns that do not stay, from the first on.</param>
    /// <param name="use">The columns are its own until it returns.</param>
    public void ForEach(BatchMatrix<TField> matrix, int logBlowup, Action<DeviceMatrix, int> use)
    {
        if (matrix.Extended is { } extended)
        {
            use(extended, 0);
            return;
        }
        ColumnSet<TField> columns = matrix.Columns!;
        DeviceMatrix? room = null;
        try
        {
            Upload(columns, 0, columns.Width, (piece, first) =>
            {
                // The first piece is the widest.
                room ??= DeviceMatrix.Allocate(session, columns.LogRows, logBlowup, piece.Width, "a piece of extended columns");
                DeviceMatrix target = room.Columns(0, piece.Width);
                transforms.Extend(piece, columns.Order, Factor(columns), target);
                use(target, first);
            });
        }
        finally
        {
            room?.Dispose();
        }
    }

    /// <summary>Extends some columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="first">The first of those wanted.</param>
    /// <param name="target">Has room for them.</param>
    public void Extend(ColumnSet<TField> columns, int first, DeviceMatrix target) => Upload(columns, first, target.Width, (piece, at) =>
        transforms.Extend(piece, columns.Order, Factor(columns), target.Columns(at, piece.Width)));

    /// <summary>Computes columns on cosets of 2^m points, in bit-reversed order.</summary>
    /// <param name="columns">All columns of a matrix.</param>
    /// <param name="shift">The first point.</param>
    /// <param name="here">As many columns, of 2^m values each.</param>
    /// <param name="nextShift">The first point of another coset.</param>
    /// <param name="nextColumns">The columns that are wanted there too, in rising order.</param>
    /// <param name="next">As many columns; null for none.</param>
    public void Fill(ColumnSet<TField> columns, TField shift, DeviceMatrix here, TField nextShift, ReadOnlyMemory<int> nextColumns, DeviceMatrix? next)
    {
        TField toUnit = TField.MultiplicativeGenerator.Inverse();
        DeviceMatrix? room = null;
        try
        {
            Upload(columns, 0, columns.Width, (piece, first) =>
            {
                DeviceMatrix coefficients = piece;
                if (columns.Order == TransformOrder.Natural || columns.Shift != TField.MultiplicativeGenerator)
                {
                    room ??= DeviceMatrix.Allocate(session, columns.LogRows, 0, piece.Width, "coefficients of columns");
                    coefficients = room.Columns(0, piece.Width);
                    transforms.Extend(piece, columns.Order, Factor(columns), coefficients);
                }
                transforms.Interpolate(coefficients);
                transforms.Reduce(coefficients, shift * toUnit, here.Columns(first, piece.Width));
                ReadOnlySpan<int> wanted = nextColumns.Span;
                for (int i = 0, run; i < wanted.Length; i += run)
                {
                    // Neighbours go together.
                    for (run = 1; i + run < wanted.Length && wanted[i + run] == wanted[i] + run && wanted[i + run] != first && wanted[i + run] != first + piece.Width;) run++;
                    if (wanted[i] >= first && wanted[i] < first + piece.Width)
                        transforms.Reduce(coefficients.Columns(wanted[i] - first, run), nextShift * toUnit, next!.Columns(i, run));
                }
            });
        }
        finally
        {
            room?.Dispose();
        }
        transforms.Evaluate(here, shift * toUnit, here, isOnce: true);
        if (next is not null) transforms.Evaluate(next, nextShift * toUnit, next, isOnce: true);
    }

    private static TField Factor(ColumnSet<TField> columns) => TField.MultiplicativeGenerator * columns.Shift.Inverse();

    private void Upload(ColumnSet<TField> columns, int first, int count, Action<DeviceMatrix, int> use) =>
        upload(count, columns.LogRows, column => columns.Values.Column(first + column, 1 << columns.LogRows).Span, use);
}
