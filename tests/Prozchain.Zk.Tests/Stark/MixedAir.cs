using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Every kind of cell, rows, expression and interaction, true of nothing. Groups of 3, 2 and 1 interactions.</summary>
/// <param name="LogPeriod">log2 of the longest period, at most 3.</param>
internal readonly record struct MixedAir(int LogPeriod) : IAir
{
    private static readonly Bus s_pairs = new("pairs", 2, BusKind.Permutation), s_singles = new("singles", 1, BusKind.Lookup);

    public MixedAir() : this(0) { }

    public AirShape Shape => new()
    {
        Name = "mixed",
        Width = 4,
        PreprocessedWidth = 1,
        PublicValues = 2,
        Periodic = [new ulong[] { 5 }, Enumerable.Range(1, 1 << Math.Min(3, LogPeriod)).Select(value => (ulong)value).ToArray()],
    };

    public static Trace<F> Random(int height) =>
        Trace<F>.Borrow(Enumerable.Range(0, 4).Select(column => (Memory<F>)FieldTools.Elements<F>(height, column)));

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, Fields.IField<TField>
    {
        for (int row = 0; row < columns.Height; row++) columns[0, row] = TField.FromUInt64((ulong)row * 7);
    }

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue x = b.Local(0), y = b.Local(1), z = b.Local(2), next = b.Next(3), given = b.Preprocessed(0), two = b.Constant(2), sum = b.Public(0) + b.Public(1) * two;
        b.AssertZero(Rows.All, x, "cell");
        b.AssertZero(Rows.Transition, next, "next cell");
        b.AssertZero(Rows.First, sum, "public");
        b.AssertZero(Rows.Last, -sum, "public again");
        b.AssertZero(Rows.All, b.Constant(9), "constant");
        TValue product = x * y, xor = x + y - product - product;
        b.AssertZero(Rows.All, xor + xor + z, "xor");
        b.AssertZero(Rows.All, z - (x + xor), "xor again");
        b.AssertZero(Rows.Transition, (x - y) * (z + sum) - (two - x) + (x + two) - (y - two) * b.Constant(3), "uniform");
        b.AssertZero(Rows.Last, -(x * z) + (x * y * z - next) - z * z * z * z, "products");
        b.AssertZero(Rows.First, (x + z) * y - (x - z - y) + (z - (x - y)) - (next - (y + z)) + (x * z - y), "chains");
        b.AssertZero(Rows.All, b.Constant(5) * y + (z * sum + x) + two * z + two * next, "scaled");
        b.AssertZero(Rows.All, b.PreprocessedNext(0) * given - b.Periodic(0) * b.Periodic(1) + b.Periodic(1), "given");
        b.AssertZero(Rows.All, x, "cell again");
        for (int i = 0; i < 9; i++) b.AssertZero(Rows.All, x * y - b.Constant((ulong)i), "many", i);
        b.Interact(s_pairs, BusDirection.Send, b.Constant(1), [x, y], 1);
        b.Interact(s_singles, BusDirection.Receive, x, [z], 0);
        b.Interact(s_pairs, BusDirection.Receive, next * y, [b.Constant(6), given], 4);
        b.Interact(s_singles, BusDirection.Send, b.Public(0), [xor], 1);
        b.Interact(s_pairs, BusDirection.Send, b.Constant(3), [sum, b.Periodic(1)], 3);
        b.Interact(s_singles, BusDirection.Receive, x * y * z, [x * y], 0);
    }
}
