using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// A matrix of a commitment: its extended columns on the device or, in a proof that goes in pieces, the columns of the host which these
/// are made from again wherever they are needed.
/// </summary>
internal sealed record BatchMatrix<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private BatchMatrix(int logRows, int logBlowup, int width) => (LogRows, LogBlowup, Width) = (logRows, logBlowup, width);

    /// <summary>log2 of the degree bound.</summary>
    public int LogRows { get; }

    /// <summary>log2 of the values of an extended column over it.</summary>
    public int LogBlowup { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>The extended columns, if they stay; else null.</summary>
    public DeviceMatrix? Extended { get; private init; }

    /// <summary>What they are made from, if they do not stay; else null.</summary>
    public ColumnSet<TField>? Columns { get; private init; }

    public static BatchMatrix<TField> Of(DeviceMatrix extended) => new(extended.LogRows, extended.LogBlowup, extended.Width) { Extended = extended };

    public static BatchMatrix<TField> Of(ColumnSet<TField> columns, int logBlowup) => new(columns.LogRows, logBlowup, columns.Width) { Columns = columns };

    /// <summary>Of extended columns of the host, whose first blocks say all.</summary>
    public static BatchMatrix<TField> Of(ExtendedMatrix<TField> matrix)
    {
        Memory<TField>[] blocks = [.. Enumerable.Range(0, matrix.Width).Select(column => matrix.Extended.Column(column, 1 << matrix.LogRows))];
        return Of(new ColumnSet<TField>(matrix.LogRows, new(blocks), TField.MultiplicativeGenerator, order: Transforms.TransformOrder.BitReversed), matrix.LogBlowup);
    }
}
