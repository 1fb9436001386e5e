using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>A column that goes up by what a preprocessed column holds, and another that is the product of two neighbours of it.</summary>
internal readonly record struct CountingAir(int LogRows) : IAir
{
    public AirShape Shape => new() { Name = "counting", Width = 2, PreprocessedWidth = 2, PublicValues = 1, Height = 1 << LogRows };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(0), b.Public(0), "start");
        b.AssertEqual(Rows.Transition, b.Next(0), b.Local(0) + b.Preprocessed(0), "step");
        b.AssertEqual(Rows.All, b.Local(1), b.Preprocessed(1) * b.PreprocessedNext(0), "product");
    }

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < columns.Height; row++)
            for (int column = 0; column < 2; column++) columns[column, row] = Cell<TField>(column, row);
    }

    public Trace<TField> Generate<TField>(TField start) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(2, 1 << LogRows);
        for (int row = 0; row < trace.Height; row++)
        {
            (trace[0, row], trace[1, row]) = (start, Cell<TField>(1, row) * Cell<TField>(0, (row + 1) % trace.Height));
            start += Cell<TField>(0, row);
        }
        return trace;
    }

    private static TField Cell<TField>(int column, int row) where TField : struct, IField<TField> => TField.FromUInt64((ulong)(row * row + 7 * column + 1));
}
