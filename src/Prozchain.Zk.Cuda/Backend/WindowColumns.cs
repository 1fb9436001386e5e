using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>A table's columns on windows of its quotient's domain, computed from those of the host.</summary>
internal sealed class WindowColumns<TField, TParameters>(
    DeviceSession session, DevicePieces<TField> pieces, TableQuotient<TField, TParameters> table, BatchMatrix<TField> main, BatchMatrix<TField>? preprocessed, BatchMatrix<TField>? lookup)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>The columns that are read in the next row.</summary>
    /// <param name="tape">The constraints.</param>
    /// <param name="source">Of which matrix.</param>
    public static int[] Next(AirTape<TField> tape, CellSource source) => source switch
    {
        CellSource.Main => tape.Quotient.Columns(GraphOperation.Next),
        CellSource.Preprocessed => tape.Quotient.Columns(GraphOperation.PreprocessedNext),
        _ => tape.Lookups.HasAny ? [.. Enumerable.Range(0, TParameters.Degree)] : [],
    };

    /// <summary>The columns on a window, which the caller disposes.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="shift">Its first point.</param>
    public BlockColumns<TField> Place(TapeRows rows, TField shift)
    {
        TField nextShift = shift * TField.TwoAdicGenerator(table.LogRows);
        List<DeviceMatrix> owned = [];
        Dictionary<(CellSource, int), ulong> next = [];
        try
        {
            QuotientColumns here = new(Fill(CellSource.Main, main)!, Fill(CellSource.Preprocessed, preprocessed), Fill(CellSource.Lookup, lookup));
            return new(session, here, rows.IsWindow ? cell => next[(cell.Source, cell.Column)] : null, owned, table.Tape.Lookups.Graph.Shape.Periodic, rows);
        }
        catch
        {
            foreach (DeviceMatrix matrix in owned) matrix.Dispose();
            throw;
        }

        DeviceMatrix? Fill(CellSource source, BatchMatrix<TField>? matrix)
        {
            if (matrix is null) return null;
            int[] columns = rows.IsWindow ? Next(table.Tape, source) : [];
            DeviceMatrix here = Allocate(matrix.Width);
            DeviceMatrix? after = columns.Length == 0 ? null : Allocate(columns.Length);
            for (int i = 0; i < columns.Length; i++) next.Add((source, columns[i]), after!.Column(i));
            pieces.Fill(matrix.Columns!, shift, here, nextShift, columns, after);
            return here;
        }

        DeviceMatrix Allocate(int width)
        {
            owned.Add(DeviceMatrix.Allocate(session, rows.LogSize, 0, width, "a window of columns"));
            return owned[^1];
        }
    }
}
