using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>Squares of a preprocessed column, row by row: it reads no next row. If it counts, it sends and receives each value as often.</summary>
/// <param name="Bound">The bound on the multiplicity, 0 for no messages.</param>
internal readonly record struct RowAir(int Bound) : IAir
{
    private static readonly Bus s_bus = new("values", 1, BusKind.Permutation);

    public AirShape Shape => new() { Name = "squares", Width = 2, PreprocessedWidth = 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.All, b.Local(0), b.Preprocessed(0), "copy");
        b.AssertEqual(Rows.All, b.Local(1), b.Local(0) * b.Local(0), "square");
        if (Bound == 0) return;
        b.Send(s_bus, b.Constant(1), [b.Local(0)], (uint)Bound);
        b.Receive(s_bus, b.Constant(1), [b.Preprocessed(0)], (uint)Bound);
    }

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < columns.Height; row++) columns[0, row] = TField.FromUInt64((ulong)(3 * row + 2));
    }

    public static Trace<TField> Generate<TField>(int height) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(2, height);
        for (int row = 0; row < height; row++)
        {
            trace[0, row] = TField.FromUInt64((ulong)(3 * row + 2));
            trace[1, row] = trace[0, row] * trace[0, row];
        }
        return trace;
    }
}
