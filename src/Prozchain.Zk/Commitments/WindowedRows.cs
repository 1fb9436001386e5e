using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>The rows of matrices of which some are not kept extended: these are computed a window at a time, and again when they are opened.</summary>
internal sealed class WindowedRows<TField>(ExtendedMatrix<TField>[] matrices, ReadOnlyMemory<TField>[]?[] salts, BackendSettings settings) : IBatchRows<TField>
    where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly MatrixWindows<TField> _windows = new(settings);
    private readonly Dictionary<ExtendedMatrix<TField>, ColumnMemory<TField>> _computed = [];
    private int _height;

    public int Window(int height)
    {
        foreach (ExtendedMatrix<TField> matrix in matrices)
            if (1 << matrix.LogSize == height && matrix.Rows is not null) return 1 << MatrixWindows<TField>.Log(matrix.LogRows, settings.LogPieces);
        return height;
    }

    public ReadOnlyMemory<TField>[] Columns(int height, int window)
    {
        if (height != _height) Release();
        _height = height;
        int length = Window(height), log = System.Numerics.BitOperations.Log2((uint)length);
        var columns = new List<ReadOnlyMemory<TField>>();
        for (int i = 0; i < matrices.Length; i++)
        {
            ExtendedMatrix<TField> matrix = matrices[i];
            if (1 << matrix.LogSize != height) continue;
            if (matrix.Rows is null)
            {
                columns.AddRange(Enumerable.Range(0, matrix.Width).Select(column => matrix.Column(column).Slice(window * length, length)));
            }
            else
            {
                if (!_computed.TryGetValue(matrix, out ColumnMemory<TField>? values))
                    _computed[matrix] = values = settings.Memory.RentColumns<TField>(matrix.Width, ColumnLayout.PaddedStride(length));
                _windows.Fill(matrix, null, log, TField.MultiplicativeGenerator * DomainPoints<TField>.BlockShift(log, window), values);
                columns.AddRange(Enumerable.Range(0, matrix.Width).Select(column => (ReadOnlyMemory<TField>)values.Column(column, length)));
            }
            columns.AddRange((salts[i] ?? []).Select(salt => salt.Slice(window * length, length)));
        }
        return [.. columns];
    }

    public void Open(int matrix, ReadOnlySpan<int> rows, BatchOpening<TField> opening)
    {
        ExtendedMatrix<TField> opened = matrices[matrix];
        TField[][]? computed = opened.Rows is null ? null : _windows.Read(opened, rows.ToArray());
        for (int place = 0; place < rows.Length; place++)
        {
            Span<TField> row = opening.SaltedRow(matrix, place);
            for (int i = 0; i < opened.Width; i++) row[i] = computed is null ? opened.Column(i).Span[rows[place]] : computed[place][i];
            for (int i = opened.Width; i < row.Length; i++) row[i] = salts[matrix]![i - opened.Width].Span[rows[place]];
        }
    }

    /// <summary>Gives the window back.</summary>
    public void Release()
    {
        foreach (ColumnMemory<TField> values in _computed.Values) settings.Memory.Return(values);
        _computed.Clear();
    }
}
