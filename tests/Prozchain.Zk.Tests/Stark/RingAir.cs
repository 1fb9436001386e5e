using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Bits around a ring: next rows at the wrap, a period of all rows, preprocessed columns, degree 4, lookups of pairs.</summary>
internal readonly struct RingAir(int logRows) : IAir
{
    public static readonly Bus Pairs = new("pairs of bits", 2, BusKind.Lookup);

    private int Height => 1 << logRows;

    public AirShape Shape => new()
    {
        Name = "ring",
        Width = 4,
        PreprocessedWidth = 1,
        PublicValues = 1,
        Height = Height,
        Periodic = [Enumerable.Range(3, 1 << logRows).Select(value => (ulong)value).ToArray(), new ulong[] { 7 }],
    };

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < columns.Height; row++) columns[0, row] = TField.FromUInt64((ulong)row * 11 + 1);
    }

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue bit = b.Local(0), after = b.Local(1), sum = b.Local(2), power = b.Local(3), product = bit * after;
        b.AssertZero(Rows.All, bit * bit - bit, "bit");
        b.AssertEqual(Rows.All, after, b.Next(0), "around the ring");
        b.AssertEqual(Rows.All, sum, bit + after - product - product + b.Periodic(0) * b.Periodic(1) * b.PreprocessedNext(0), "sum");
        b.AssertEqual(Rows.All, power, (bit + b.Constant(2)) * (after + b.Constant(3)) * (b.Preprocessed(0) + b.Public(0)) * (bit - after + b.Periodic(0)), "power");
        b.AssertZero(Rows.Transition, (b.Next(1) - after) * (b.Next(1) + after - b.Constant(1)), "step");
        b.AssertZero(Rows.First, b.Periodic(0) - b.Constant(3), "first");
        b.AssertZero(Rows.Last, b.PreprocessedNext(0) - b.Constant(1), "last");
        for (int i = 0; i < 6; i++) b.AssertZero(Rows.Transition, (b.Next(0) - after) * b.Constant((ulong)i + 1), "many", i);
        b.Send(Pairs, b.Constant(1), [bit, b.Next(0)]);
        b.Send(Pairs, b.Constant(1), [after, bit]);
    }

    /// <summary>The trace, and how often each pair is asked for.</summary>
    public Trace<TField> Generate<TField>(TField given, uint[] asked) where TField : struct, IField<TField>
    {
        Trace<TField> trace = new(4, Height);
        Trace<TField> fixedColumns = new(1, Height);
        Preprocess(fixedColumns);
        for (int row = 0; row < Height; row++)
        {
            int next = (row + 1) % Height, bit = Bit(row), after = Bit(next);
            TField periodic = TField.FromUInt64((ulong)row + 3), left = TField.FromUInt64((ulong)bit), right = TField.FromUInt64((ulong)after);
            (trace[0, row], trace[1, row]) = (left, right);
            trace[2, row] = TField.FromUInt64((ulong)(bit ^ after)) + periodic * TField.FromUInt64(7) * fixedColumns[0, next];
            trace[3, row] = (left + TField.FromUInt64(2)) * (right + TField.FromUInt64(3)) * (fixedColumns[0, row] + given) * (left - right + periodic);
            asked[2 * bit + after]++;
            asked[2 * after + bit]++;
        }
        return trace;
    }

    private static int Bit(int row) => (int)(row * 2654435761L >> 7 & 1);
}

/// <summary>The four pairs of bits, over and over; the first of each answers.</summary>
internal readonly struct PairsAir : IAir
{
    public AirShape Shape => new() { Name = "pairs", Width = 3 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertZero(Rows.All, b.Local(0) * b.Local(0) - b.Local(0), "left");
        b.AssertZero(Rows.All, b.Local(1) * b.Local(1) - b.Local(1), "right");
        b.Receive(RingAir.Pairs, b.Local(2), [b.Local(0), b.Local(1)]);
    }

    public static Trace<TField> Generate<TField>(int height, uint[] asked) where TField : struct, IField<TField>
    {
        Trace<TField> trace = new(3, height);
        for (int row = 0; row < height; row++)
            (trace[0, row], trace[1, row], trace[2, row]) = (TField.FromUInt64((ulong)row >> 1 & 1), TField.FromUInt64((ulong)row & 1), TField.FromUInt64(row < 4 ? asked[row] : 0));
        return trace;
    }
}
