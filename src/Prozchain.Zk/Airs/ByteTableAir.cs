using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The table of xor and and of all pairs of bytes, preprocessed, which vouches on <see cref="Buses.Bytes"/>. Row 256 a + b
/// is of the pair (a, b). Columns: how often the xor and how often the and is asked for; 65,536 rows.
/// </summary>
public readonly struct ByteTableAir : IAir
{
    /// <summary>Rows, and pairs of bytes.</summary>
    public const int Height = 1 << 16;

    private const int Left = 0, Right = 1, Xor = 2, And = 3;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "byte table", Width = 2, PreprocessedWidth = 4, Height = Height };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.Receive(Buses.Bytes, b.Local(0), [b.Constant(0), b.Preprocessed(Left), b.Preprocessed(Right), b.Preprocessed(Xor)]);
        b.Receive(Buses.Bytes, b.Local(1), [b.Constant(1), b.Preprocessed(Left), b.Preprocessed(Right), b.Preprocessed(And)]);
    }

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < Height; row++)
        {
            (int a, int b) = (row >> 8, row & 0xFF);
            columns[Left, row] = TField.FromUInt64((ulong)a);
            columns[Right, row] = TField.FromUInt64((ulong)b);
            columns[Xor, row] = TField.FromUInt64((ulong)(a ^ b));
            columns[And, row] = TField.FromUInt64((ulong)(a & b));
        }
    }

    /// <summary>The trace.</summary>
    /// <param name="xors">How often the xor of each pair is asked for, at 256 a + b.</param>
    /// <param name="ands">How often the and of each pair is asked for.</param>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<uint> xors, ReadOnlySpan<uint> ands) where TField : struct, IField<TField>
    {
        if (xors.Length != Height) throw new ArgumentException($"Expected {Height} counters, got {xors.Length}.", nameof(xors));
        if (ands.Length != Height) throw new ArgumentException($"Expected {Height} counters, got {ands.Length}.", nameof(ands));
        var trace = new Trace<TField>(2, Height);
        for (int row = 0; row < Height; row++) (trace[0, row], trace[1, row]) = (TField.FromUInt64(xors[row]), TField.FromUInt64(ands[row]));
        return trace;
    }
}
