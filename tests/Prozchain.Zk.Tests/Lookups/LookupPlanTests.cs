using Prozchain.Zk.Air;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Tests.Lookups;

public sealed class LookupPlanTests
{
    private static readonly Bus s_first = new("first", 2, BusKind.Lookup), s_second = new("second", 1, BusKind.Permutation), s_third = new("third", 4, BusKind.Lookup);

    // Degrees of the messages of one AIR, the degree of its constraint, and the sizes and degrees of its groups.
    public static TheoryData<int[], int, int[], int[]> Groupings => new()
    {
        { [1], 1, [1], [2] },
        { [1, 1, 1], 1, [2, 1], [3, 2] },
        { [1, 1, 1, 1], 4, [3, 1], [4, 2] },
        { [1, 1, 1, 1, 1], 7, [5], [6] },
        { [2, 1, 1], 3, [1, 2], [3, 3] },
        { [5, 1], 1, [1, 1], [6, 2] },
        { [0, 0, 1, 1], 1, [4], [3] },
        { [], 5, [], [] },
    };

    [Theory]
    [MemberData(nameof(Groupings))]
    public void Groups_OfDegrees_StayWithinTheLimit(int[] messages, int constraint, int[] sizes, int[] degrees)
    {
        TableLookups table = LookupPlan.Of([ConstraintGraph.Of(new SendingAir(messages, constraint, s_third))]).Tables[0];
        Assert.Equal(sizes, table.Groups.Select(group => group.Count));
        Assert.Equal(degrees, table.Groups.Select(group => group.Degree));
        Assert.Equal((sizes.Length == 0 ? 0 : sizes.Length + 1, sizes.Length == 0 ? 0 : sizes.Length + 3), (table.Columns, table.Constraints));
        Assert.Equal(degrees.DefaultIfEmpty(0).Max(), table.Degree);
        Assert.Equal(Math.Max(constraint, table.Degree), table.MaxDegree);
    }

    [Fact]
    public void Of_SeveralTables_NumbersBusesByFirstAppearance()
    {
        LookupPlan plan = LookupPlan.Of([ConstraintGraph.Of(new SendingAir([1, 1], 1, s_second)), ConstraintGraph.Of(new SendingAir([], 1, s_first)),
            ConstraintGraph.Of(new SendingAir([1], 1, s_third)), ConstraintGraph.Of(new SendingAir([1], 1, s_second, BusDirection.Receive)),
            ConstraintGraph.Of(new SendingAir([1], 1, s_first, BusDirection.Receive))]);
        Assert.Equal([s_second, s_third, s_first], plan.Buses);
        Assert.Equal((0, 1, 0, 2), (plan.Tables[0].Bus(1), plan.Tables[2].Bus(0), plan.Tables[3].Bus(0), plan.Tables[4].Bus(0)));
        Assert.Equal(4, plan.MessageLength);
        Assert.True(plan.HasLookups);
        Assert.Equal((UInt128)(2 * 8 + 32 + 64 + 128), plan.Fractions([3, 4, 5, 6, 7]));
        Assert.False(LookupPlan.Of([ConstraintGraph.Of(new SendingAir([], 1, s_first))]).HasLookups);
    }

    [Fact]
    public void IsBounded_SumsBoundsTimesRows_OnEachBoundedSide()
    {
        LookupPlan plan = LookupPlan.Of([ConstraintGraph.Of(new SendingAir([1, 1], 1, s_second)), ConstraintGraph.Of(new SendingAir([1], 1, s_second, BusDirection.Receive)),
            ConstraintGraph.Of(new SendingAir([1], 1, s_first, BusDirection.Receive))]);
        Assert.Equal([(0, BusDirection.Send), (0, BusDirection.Receive)], plan.Bounds.Select(bound => (bound.Bus, bound.Direction)));
        // Multiplicities of at most 3: two senders of 16 rows, a receiver of 32; the receiver of the lookup owes nothing.
        Assert.True(plan.IsBounded([4, 5, 60], 97));
        // Public messages count on both sides.
        Assert.True(plan.IsBounded([4, 5, 60], 103, publicMessages: 6));
        Assert.False(plan.IsBounded([4, 5, 60], 102, publicMessages: 6));
        Assert.False(plan.IsBounded([4, 4, 0], 96));
        Assert.False(plan.IsBounded([0, 5, 0], 96));
        Assert.False(plan.IsBounded([62, 62, 62], ulong.MaxValue));
    }

    private readonly struct SendingAir(int[] messages, int constraint, Bus bus, BusDirection direction = BusDirection.Send) : IAir
    {
        public AirShape Shape => new() { Name = "sending", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            b.AssertZero(Rows.All, Power(b, constraint), "power");
            var message = new TValue[bus.Length];
            foreach (int degree in messages)
            {
                Array.Fill(message, b.Constant(3));
                message[^1] = Power(b, degree);
                b.Interact(bus, direction, b.Constant(1), message, 3);
            }

            static TValue Power(TBuilder b, int degree)
            {
                TValue power = b.Constant(1);
                for (int i = 0; i < degree; i++) power *= b.Local(0);
                return power;
            }
        }
    }
}
