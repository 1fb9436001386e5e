using Prozchain.Zk.Air;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>The Fibonacci table of our own fixtures: the differences of the upstream one the other way round.</summary>
internal readonly record struct PairAir : IAir
{
    public AirShape Shape => new() { Name = "pairs", Width = 2, PublicValues = 3 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(0), b.Public(0), "first a");
        b.AssertEqual(Rows.First, b.Local(1), b.Public(1), "first b");
        b.AssertEqual(Rows.Transition, b.Next(0), b.Local(1), "shift");
        b.AssertEqual(Rows.Transition, b.Next(1), b.Local(0) + b.Local(1), "sum");
        b.AssertEqual(Rows.Last, b.Local(1), b.Public(2), "last b");
    }
}
