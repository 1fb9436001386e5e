using Prozchain.Zk.Air;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>Every kind of cell, rows, expression and interaction, true of nothing; groups of several interactions and of one.</summary>
/// <param name="LogPeriod">log2 of the longest period.</param>
internal readonly record struct EverythingAir(int LogPeriod) : IAir
{
    private static readonly Bus s_triples = new("triples", 3, BusKind.Permutation), s_singles = new("singles", 1, BusKind.Lookup);

    public AirShape Shape => new()
    {
        Name = "everything",
        Width = 5,
        PreprocessedWidth = 2,
        PublicValues = 2,
        Periodic = [new ulong[] { 5 }, Enumerable.Range(1, 1 << LogPeriod).Select(value => (ulong)value * 3).ToArray()],
    };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue x = b.Local(0), y = b.Local(1), z = b.Local(2), next = b.Next(3), given = b.Preprocessed(0), two = b.Constant(2), sum = b.Public(0) + b.Public(1) * two;
        b.AssertZero(Rows.All, x, "cell");
        b.AssertZero(Rows.Transition, next - b.Local(4) * b.Next(0), "next cell");
        b.AssertZero(Rows.First, sum, "public");
        b.AssertZero(Rows.Last, -sum, "public again");
        b.AssertZero(Rows.All, b.Constant(9), "constant");
        TValue product = x * y, xor = x + y - product - product;
        b.AssertZero(Rows.All, xor + xor + z, "xor");
        b.AssertZero(Rows.All, z - (x + xor), "xor again");
        b.AssertZero(Rows.Transition, (x - y) * (z + sum) - (two - x) + (x + two) - (y - two) * b.Constant(3), "uniform");
        b.AssertZero(Rows.Last, -(x * z) + (x * y * z - next) - z * z * z * z, "products");
        b.AssertZero(Rows.First, (x + z) * y - (x - z - y) + (z - (x - y)) - (next - (y + z)) + (x * z - y), "chains");
        b.AssertZero(Rows.First, (x - z) * y + (x - z + y) - (x + z - y) + (y - x * z) + (x + z + y), "more chains");
        b.AssertZero(Rows.All, b.Constant(5) * y + (z * sum + x) + two * z + two * next, "scaled");
        b.AssertZero(Rows.All, b.PreprocessedNext(1) * given - b.Periodic(0) * b.Periodic(1) + b.Periodic(1), "given");
        for (int i = 0; i < 11; i++) b.AssertZero((Rows)(i % 4), x * y - b.Constant((ulong)i), "many", i);
        b.Interact(s_triples, BusDirection.Send, b.Constant(1), [x, y, b.Next(2)], 1);
        b.Interact(s_singles, BusDirection.Receive, x, [z], 0);
        b.Interact(s_triples, BusDirection.Receive, next * y, [b.Constant(6), given, b.PreprocessedNext(0)], 4);
        b.Interact(s_singles, BusDirection.Send, b.Public(0), [xor], 1);
        b.Interact(s_triples, BusDirection.Send, b.Constant(3), [sum, b.Periodic(1), y], 3);
        b.Interact(s_singles, BusDirection.Receive, x * y * z, [x * y], 0);
    }
}
