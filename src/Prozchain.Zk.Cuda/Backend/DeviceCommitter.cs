using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Brings columns to the device, extends them there, and commits to them: see <see cref="BatchCommitter{TField, TTree}"/>.</summary>
internal sealed class DeviceCommitter<TField, TTree>(DeviceSession session, DeviceTransforms<TField> transforms, BackendSettings settings, DevicePlan plan) : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private DeviceUploader? _uploader;

    /// <summary>
    /// Extends columns of the host: copies of a piece go beside the transforms of the one before. Columns that are here are taken, and a trace
    /// that is described is made here.
    /// </summary>
    public DeviceMatrix Extend(ColumnSet<TField> columns)
    {
        DeviceMatrix target = DeviceMatrix.Allocate(session, columns.LogRows, settings.LogBlowup, columns.Width, "extended columns");
        TField factor = TField.MultiplicativeGenerator * columns.Shift.Inverse();
        if (columns.Held is DeviceMatrix held)
        {
            Extend(held, columns.Order, factor, target);
            held.Dispose();
            return target;
        }
        if (columns.Source is { } source && DeviceTraces.Makes(source))
        {
            // A trace is made where its extension begins.
            DeviceMatrix rows = target.Run(0, target.LogRows);
            DeviceTraces.Make(session, source, rows);
            Extend(rows, columns.Order, factor, target);
            return target;
        }
        InPieces(columns.Width, columns.LogRows, column => columns.Values.Column(column, 1 << columns.LogRows).Span, (piece, first) =>
            transforms.Extend(piece, columns.Order, factor, target.Columns(first, piece.Width)));
        return target;
    }

    /// <summary>Brings extended columns of the host to the device.</summary>
    public DeviceMatrix Upload(ExtendedMatrix<TField> matrix)
    {
        DeviceMatrix target = DeviceMatrix.Allocate(session, matrix.LogRows, matrix.LogBlowup, matrix.Width, "extended columns");
        InPieces(matrix.Width, matrix.LogSize, column => matrix.Column(column).Span, (piece, first) =>
            session.Copy(piece.Values, 0, target.Values, target.At(first), (long)piece.Width * DeviceMatrix.ElementSize << matrix.LogSize));
        return target;
    }

    /// <summary>Commits to extended columns, each row of each matrix with salts where they are asked for.</summary>
    public DeviceBatch<TField> Commit(IReadOnlyList<DeviceMatrix> matrices, int saltLength, SecretSource? salts)
    {
        List<IReadOnlyList<DeviceColumns>> columns = [];
        foreach (DeviceMatrix matrix in matrices)
            columns.Add(salts is null ? [DeviceColumns.Of(matrix)] : [DeviceColumns.Of(matrix), DeviceColumns.Of(Salts(matrix.LogSize, saltLength, salts))]);
        BatchShape shape = new([.. matrices.Select(matrix => new MatrixDimensions(1 << matrix.LogSize, matrix.Width))], 0, saltLength);
        return new([.. matrices.Select(BatchMatrix<TField>.Of)], DeviceTree<TField, TTree>.Build(session, shape, columns));
    }

    /// <summary>Draws salts where the processor draws them: column by column, row by row.</summary>
    public DeviceMatrix Salts(int logSize, int count, SecretSource source)
    {
        DeviceMatrix salts = DeviceMatrix.Allocate(session, logSize, 0, count, "salts");
        var column = new TField[1 << logSize];
        for (int i = 0; i < count; i++)
        {
            foreach (ref TField salt in column.AsSpan()) salt = TField.Sample(ref source);
            session.Write<TField>(salts.Values, salts.At(i), column);
        }
        return salts;
    }

    /// <summary>Brings columns of the host to the device, some at a time: a piece is copied while the one before it is worked on.</summary>
    public void InPieces(int width, int logRows, Func<int, ReadOnlySpan<TField>> columns, Action<DeviceMatrix, int> use)
    {
        long bytes = (long)DeviceMatrix.ElementSize << logRows;
        if (_uploader is null || _uploader.PieceBytes < bytes)
        {
            _uploader?.Dispose();
            _uploader = new(session, Math.Max(plan.PieceBytes, bytes));
        }
        int most = (int)Math.Min(width, _uploader.PieceBytes / bytes);
        for (int first = 0; first < width; first += most)
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            DeviceMatrix piece = _uploader.Upload(columns, first, Math.Min(most, width - first), logRows);
            use(piece, first);
            _uploader.Release();
        }
    }

    public void Dispose() => _uploader?.Dispose();

    // So few columns at a time that they stay in the device's cache between two passes.
    private void Extend(DeviceMatrix columns, TransformOrder order, TField factor, DeviceMatrix target)
    {
        int most = (int)Math.Max(1, plan.PieceBytes / DeviceMatrix.ElementSize >> columns.LogRows);
        for (int first = 0; first < columns.Width; first += most)
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(most, columns.Width - first);
            transforms.Extend(columns.Columns(first, count), order, factor, target.Columns(first, count));
        }
    }
}
