using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The table of all bytes, preprocessed, which vouches on <see cref="Buses.ByteRange"/>. Its column is how often each
/// byte is asked for; 256 rows, or more, which go through the bytes again.
/// </summary>
public readonly struct ByteRangeAir : IAir
{
    private const int Bytes = 256, LogBytes = 8;

    private readonly int _leastLogRows;

    /// <summary>The table, of 256 rows or more.</summary>
    /// <param name="leastLogRows">log2 of the fewest rows, 0 to 24: a proof that hides needs some hundreds.</param>
    public ByteRangeAir(int leastLogRows) => _leastLogRows = TraceTools.CheckLeastLogRows(leastLogRows);

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "byte range", Width = 1, PreprocessedWidth = 1, Height = Height(_leastLogRows) };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> =>
        b.Receive(Buses.ByteRange, b.Local(0), [b.Preprocessed(0)]);

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < columns.Height; row++) columns[0, row] = TField.FromUInt64((ulong)(row % Bytes));
    }

    /// <summary>The trace. A byte that stands in several rows is answered by the first of them.</summary>
    /// <param name="asked">How often each of the 256 bytes is asked for.</param>
    /// <param name="leastLogRows">As of the AIR.</param>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<uint> asked, int leastLogRows = 0) where TField : struct, IField<TField>
    {
        if (asked.Length != Bytes) throw new ArgumentException($"Expected {Bytes} counters, got {asked.Length}.", nameof(asked));
        var trace = new Trace<TField>(1, Height(TraceTools.CheckLeastLogRows(leastLogRows)));
        for (int row = 0; row < Bytes; row++) trace[0, row] = TField.FromUInt64(asked[row]);
        return trace;
    }

    private static int Height(int leastLogRows) => 1 << Math.Max(LogBytes, leastLogRows);
}
