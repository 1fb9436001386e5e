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
internal sealed class DeviceCommitter<TField, TTree>(DeviceSession session, DeviceTransforms<TField> transforms, BackendSettings settings) : IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    // Small enough that what is between two passes stays in the device's cache, large enough that launches cost little.
    private const long PieceBytes = 8 << 20;

    private DeviceUploader? _uploader;

    /// <summary>Extends columns of the host: copies of a piece go beside the transforms of the one before. A trace that is described is made here.</summary>
    public DeviceMatrix Extend(ColumnSet<TField> columns)
    {
        DeviceMatrix target = DeviceMatrix.Allocate(session, columns.LogRows, settings.LogBlowup, columns.Width, "extended columns");
        TField factor = TField.MultiplicativeGenerator * columns.Shift.Inverse();
        if (columns.Source is { } source && DeviceTraces.Makes(source))
        {
            Make(source, factor, target);
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
        if (salts is null) return new(matrices, CommitPlain(matrices));
        List<IReadOnlyList<DeviceColumns>> columns = [];
        foreach (DeviceMatrix matrix in matrices) columns.Add([DeviceColumns.Of(matrix), DeviceColumns.Of(Salts(matrix.LogSize, saltLength, salts))]);
        return new(matrices, DeviceTree<TField, TTree>.Build(session, Shape(matrices, saltLength), columns));
    }

    /// <summary>Commits without salts.</summary>
    public DeviceTree<TField, TTree> CommitPlain(IReadOnlyList<DeviceMatrix> matrices) =>
        DeviceTree<TField, TTree>.Build(session, Shape(matrices, 0), [.. matrices.Select(matrix => (IReadOnlyList<DeviceColumns>)[DeviceColumns.Of(matrix)])]);

    public void Dispose() => _uploader?.Dispose();

    private static BatchShape Shape(IReadOnlyList<DeviceMatrix> matrices, int saltLength) =>
        new([.. matrices.Select(matrix => new MatrixDimensions(1 << matrix.LogSize, matrix.Width))], 0, saltLength);

    // Drawn where the processor draws them: column by column, row by row.
    private DeviceMatrix Salts(int logSize, int count, SecretSource source)
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

    // A trace is made where its extension begins.
    private void Make(TraceSource<TField> source, TField factor, DeviceMatrix target)
    {
        DeviceTraces.Make(session, source, target.Run(0, target.LogRows));
        int most = (int)Math.Max(1, PieceBytes / DeviceMatrix.ElementSize >> target.LogRows);
        for (int first = 0; first < target.Width; first += most)
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            DeviceMatrix piece = target.Columns(first, Math.Min(most, target.Width - first));
            transforms.Extend(piece.Run(0, target.LogRows), TransformOrder.Natural, factor, piece);
        }
    }

    private void InPieces(int width, int logRows, ColumnOf columns, Action<DeviceMatrix, int> use)
    {
        long bytes = (long)DeviceMatrix.ElementSize << logRows;
        if (_uploader is null || _uploader.PieceBytes < bytes)
        {
            _uploader?.Dispose();
            _uploader = new(session, Math.Max(PieceBytes, bytes));
        }
        int most = (int)Math.Min(width, _uploader.PieceBytes / bytes);
        for (int first = 0; first < width; first += most)
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            DeviceMatrix piece = _uploader.Upload<TField>(i => columns(i), first, Math.Min(most, width - first), logRows);
            use(piece, first);
            _uploader.Release();
        }
    }

    private delegate ReadOnlySpan<TField> ColumnOf(int column);
}
