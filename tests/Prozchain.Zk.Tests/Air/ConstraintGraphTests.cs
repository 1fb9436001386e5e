using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;

namespace Prozchain.Zk.Tests.Air;

public sealed class ConstraintGraphTests
{
    private static readonly Bus Pairs = new("pairs", 2, BusKind.Lookup);

    [Fact]
    public void Of_Fibonacci_HasItsConstraintsInOrder()
    {
        ConstraintGraph graph = ConstraintGraph.Of(new FibonacciAir());
        Assert.Equal([("first left", Rows.First, 2), ("first right", Rows.First, 2), ("shift", Rows.Transition, 1), ("sum", Rows.Transition, 1), ("last right", Rows.Last, 2)],
            graph.Constraints.Select(constraint => (constraint.Label, constraint.Rows, constraint.Degree)));
        Assert.Equal(2, graph.MaxDegree);
        Assert.Equal(5, graph.Count(GraphOperation.Subtract));
        Assert.Equal(1, graph.Count(GraphOperation.Add));
    }

    [Fact]
    public void Of_EqualExpressions_AreOneNode()
    {
        ConstraintGraph graph = ConstraintGraph.Of(new SharingAir());
        Assert.Equal(graph.Constraints[0].Node, graph.Constraints[1].Node);
        Assert.Equal(1, graph.Count(GraphOperation.Add));
        Assert.Equal(1, graph.Count(GraphOperation.Multiply));
        Assert.Equal(0, graph.Count(GraphOperation.Negate));
        Assert.Equal((3, 2, 1u, BusDirection.Send), (graph.MaxDegree, graph.MaxInteractionDegree, graph.Interactions[0].Bound, graph.Interactions[0].Direction));
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            GraphNode node = graph.Nodes.Span[i];
            if (node.Operation >= GraphOperation.Add) Assert.True(node.Left < i && node.Right < i);
        }
    }

    [Theory]
    [InlineData(Mistake.Column)]
    [InlineData(Mistake.Public)]
    [InlineData(Mistake.Message)]
    [InlineData(Mistake.Bound)]
    [InlineData(Mistake.Period)]
    public void Of_AnAirAgainstItsShape_IsRefused(Mistake mistake) => Assert.ThrowsAny<ArgumentException>(() => ConstraintGraph.Of(new WrongAir(mistake)));

    public enum Mistake { Column, Public, Message, Bound, Period }

    private readonly struct SharingAir : IAir
    {
        public AirShape Shape => new() { Name = "sharing", Width = 2 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            TValue x = b.Local(0), y = b.Next(1), zero = b.Constant(0), one = b.Constant(1);
            b.AssertZero(Rows.Last, x * (x + y), "one");
            b.AssertZero(Rows.All, (y + x + zero) * one * x, "again");
            b.AssertZero(-(-x) - x, "nothing");
            b.AssertZeroWhen(x, x + y, "when");
            b.Send(Pairs, x, [x * (y + x), y]);
        }
    }

    private readonly struct WrongAir(Mistake mistake) : IAir
    {
        public AirShape Shape => new() { Name = "wrong", Width = 1, Periodic = mistake == Mistake.Period ? [new ulong[3]] : [] };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            TValue x = b.Local(mistake == Mistake.Column ? 1 : 0);
            if (mistake == Mistake.Public) b.Public(0);
            if (mistake == Mistake.Message) b.Send(Pairs, x, [x]);
            if (mistake == Mistake.Bound) b.Send(Pairs, x, [x, x], bound: 0);
        }
    }
}
