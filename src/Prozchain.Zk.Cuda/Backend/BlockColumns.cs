using System.Numerics;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>A table's columns on one block of its quotient's domain: parts of the extensions, or computed and disposed with this.</summary>
internal sealed class BlockColumns<TField> : IDisposable where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly DeviceSession _session;
    private readonly IReadOnlyList<ReadOnlyMemory<ulong>> _periodic;
    private readonly TapeRows _rows;
    private readonly Func<LoweredCell, ulong>? _next;
    private readonly DeviceBuffer?[] _repeated;
    private readonly List<IDisposable> _owned = [];

    public BlockColumns(
        DeviceSession session, QuotientColumns columns, IReadOnlyList<ReadOnlyMemory<ulong>> periodic, TapeRows rows, int block, Func<DeviceMatrix, int, DeviceMatrix> further)
    {
        (_session, _periodic, _rows) = (session, periodic, rows);
        _repeated = new DeviceBuffer?[periodic.Count];
        Matrices = new(Place(columns.Main), Place(columns.Preprocessed), Place(columns.Lookup));

        TapeMatrix Place(DeviceMatrix? matrix)
        {
            if (matrix is null) return default;
            if (block >> matrix.LogBlowup == 0) return new(matrix.Column(0) + ((ulong)block << matrix.LogRows) * DeviceMatrix.ElementSize, Bytes(matrix));
            DeviceMatrix computed = further(matrix, block);
            _owned.Add(computed);
            return new(computed.Column(0), Bytes(computed));
        }
    }

    /// <summary>Of a window: all matrices were computed on it, and are disposed with this.</summary>
    /// <param name="session">Owns the memory.</param>
    /// <param name="columns">The matrices.</param>
    /// <param name="next">Where columns of the next rows' values begin, if these lie apart.</param>
    /// <param name="owned">What is disposed with this.</param>
    /// <param name="periodic">The periodic columns.</param>
    /// <param name="rows">The rows of the window.</param>
    public BlockColumns(
        DeviceSession session, QuotientColumns columns, Func<LoweredCell, ulong>? next, IEnumerable<IDisposable> owned, IReadOnlyList<ReadOnlyMemory<ulong>> periodic, TapeRows rows)
    {
        (_session, _periodic, _rows, _next) = (session, periodic, rows, next);
        _repeated = new DeviceBuffer?[periodic.Count];
        _owned.AddRange(owned);
        Matrices = new(Whole(columns.Main), Whole(columns.Preprocessed), Whole(columns.Lookup));

        static TapeMatrix Whole(DeviceMatrix? matrix) => matrix is null ? default : new(matrix.Column(0), Bytes(matrix));
    }

    /// <summary>Where the matrices are.</summary>
    public TapeMatrices Matrices { get; }

    /// <summary>Where a cell's values are.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="logRows">log2 of the rows of the trace.</param>
    /// <param name="shift">The block's first point.</param>
    public CellColumn Find(LoweredCell cell, int logRows, TField shift)
    {
        if (cell.Source == CellSource.Periodic) return Repeated(cell.Column, logRows, shift);
        if (cell.IsNext && _next is not null) return CellColumn.Apart(_next(cell));
        TapeMatrix matrix = cell.Source switch
        {
            CellSource.Main => Matrices.Main,
            CellSource.Preprocessed => Matrices.Preprocessed,
            _ => Matrices.Lookup,
        };
        return CellColumn.Of(matrix.Column(cell.Column), cell.IsNext);
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned) owned.Dispose();
    }

    private static uint Bytes(DeviceMatrix matrix) => checked((uint)(matrix.Stride * DeviceMatrix.ElementSize));

    private CellColumn Repeated(int column, int logRows, TField shift)
    {
        ReadOnlySpan<ulong> period = _periodic[column].Span;
        if (_repeated[column] is null)
        {
            _repeated[column] = _session.Upload<TField>(PeriodicColumns.OnBlock(period, logRows, _rows.LogSize, shift), "a periodic column");
            _owned.Add(_repeated[column]!);
        }
        return _rows.Repeated(_repeated[column]!.Address, Math.Max(0, BitOperations.Log2((uint)period.Length) + _rows.LogSize - logRows));
    }
}
