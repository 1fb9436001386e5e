using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The Fibonacci sequence from two public values to a third: the smallest AIR of use, with the constraints of the peer's
/// fixtures in their order. Each row holds a number and its successor.
/// </summary>
public readonly struct FibonacciAir : IAir
{
    private const int Left = 0, Right = 1;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "fibonacci", Width = 2, PublicValues = 3 };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(Left), b.Public(0), "first left");
        b.AssertEqual(Rows.First, b.Local(Right), b.Public(1), "first right");
        b.AssertEqual(Rows.Transition, b.Local(Right), b.Next(Left), "shift");
        b.AssertEqual(Rows.Transition, b.Local(Left) + b.Local(Right), b.Next(Right), "sum");
        b.AssertEqual(Rows.Last, b.Local(Right), b.Public(2), "last right");
    }

    /// <summary>The trace from two numbers on.</summary>
    /// <param name="first">The left number of the first row.</param>
    /// <param name="second">The right number of the first row.</param>
    /// <param name="height">Rows, a power of two.</param>
    public static Trace<TField> Generate<TField>(TField first, TField second, int height) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(2, height);
        for (int row = 0; row < height; row++)
        {
            (trace[Left, row], trace[Right, row]) = (first, second);
            (first, second) = (second, first + second);
        }
        return trace;
    }
}
