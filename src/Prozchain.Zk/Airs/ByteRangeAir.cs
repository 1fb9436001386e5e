using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The table of all bytes, preprocessed, which vouches on <see cref="Buses.ByteRange"/>. Its column is how often each
/// byte is asked for; 256 rows.
/// </summary>
public readonly struct ByteRangeAir : IAir
{
    private const int Rows = 256;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "byte range", Width = 1, PreprocessedWidth = 1, Height = Rows };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> =>
        b.Receive(Buses.ByteRange, b.Local(0), [b.Preprocessed(0)]);

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < Rows; row++) columns[0, row] = TField.FromUInt64((ulong)row);
    }

    /// <summary>The trace.</summary>
    /// <param name="asked">How often each of the 256 bytes is asked for.</param>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<uint> asked) where TField : struct, IField<TField>
    {
        if (asked.Length != Rows) throw new ArgumentException($"Expected {Rows} counters, got {asked.Length}.", nameof(asked));
        var trace = new Trace<TField>(1, Rows);
        for (int row = 0; row < Rows; row++) trace[0, row] = TField.FromUInt64(asked[row]);
        return trace;
    }
}
