using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>The fixtures' bus between Fibonacci pairs and those who multiply them.</summary>
internal static class MulFib
{
    public static Bus Bus { get; } = new("MulFib", 2, BusKind.Permutation);
}

/// <summary>The fixtures' multiplication: repetitions of c = a b over the Fibonacci pairs, and a column without constraints.</summary>
internal readonly record struct MultiplicationAir(int Repetitions, bool HasLookups) : IAir
{
    public AirShape Shape => new() { Name = "multiplication", Width = 3 * Repetitions + 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int i = 0; i < Repetitions; i++)
        {
            TValue left = b.Local(3 * i), right = b.Local(3 * i + 1);
            b.AssertZero(Rows.All, left * right - b.Local(3 * i + 2), "product", i);
            b.AssertZero(Rows.Transition, right - b.Next(3 * i), "shift", i);
            b.AssertZero(Rows.Transition, left + right - b.Next(3 * i + 1), "sum", i);
            if (HasLookups) b.Receive(MulFib.Bus, b.Constant(1), [left, right], 1);
        }
    }

    public Trace<TField> Generate<TField>(int height) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(3 * Repetitions + 1, height);
        (TField a, TField b) = (TField.Zero, TField.One);
        for (int row = 0; row < height; row++, (a, b) = (b, a + b))
        {
            for (int i = 0; i < Repetitions; i++) (trace[3 * i, row], trace[3 * i + 1, row], trace[3 * i + 2, row]) = (a, b, a * b);
            trace[3 * Repetitions, row] = row == height - 1 ? TField.Zero : b;
        }
        return trace;
    }
}

/// <summary>The fixtures' Fibonacci table of a batch: it sends its pairs, and has a preprocessed column that counts rows and that nothing refers to.</summary>
internal readonly record struct FibonacciTableAir(int Count) : IAir
{
    public AirShape Shape => new() { Name = "fibonacci table", Width = 2, PreprocessedWidth = 1, PublicValues = 3 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(0), b.Public(0), "first left");
        b.AssertEqual(Rows.First, b.Local(1), b.Public(1), "first right");
        b.AssertEqual(Rows.Transition, b.Local(1), b.Next(0), "shift");
        b.AssertEqual(Rows.Transition, b.Local(0) + b.Local(1), b.Next(1), "sum");
        b.AssertEqual(Rows.Last, b.Local(1), b.Public(2), "last right");
        b.Send(MulFib.Bus, b.Constant((ulong)Count), [b.Local(0), b.Local(1)], (uint)Count);
    }

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < columns.Height; row++) columns[0, row] = TField.FromUInt64((ulong)row);
    }
}
