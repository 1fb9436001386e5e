using Prozchain.Zk.Air;
using Prozchain.Zk.Plonky3.Stark;
using B = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>;
using B4 = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.BabyBear>, Prozchain.Zk.Fields.BabyBear4>;

namespace Prozchain.Zk.Plonky3.Tests;

/// <summary>Statements whose lookups would prove nothing.</summary>
public sealed class LookupStatementTests
{
    private static Plonky3Key<B, B4> Key(params Plonky3Table[] tables) =>
        new(Plonky3Suites.BabyBear(Plonky3Hash.KeccakBytes), new() { LogBlowup = 1, Queries = 2 }, Plonky3Protocol.Batch, tables);

    /// <summary>Bounds of 2^38 in each of 2^26 rows are 2^64 in all, which is not zero.</summary>
    [Theory]
    [InlineData(26)]
    [InlineData(25)]
    [InlineData(1)]
    [InlineData(0)]
    public void BoundsThatPassTheIntegers(int logRows) => Assert.False(Heights.Fit(Key(new Plonky3Table(new Sending(new("bus", 1, BusKind.Lookup), 128, 1u << 31))), [logRows]));

    /// <summary>A message of one element would be that of two whose first is zero.</summary>
    [Fact]
    public void OneBusOfTwoLengths()
    {
        Plonky3Table one = new(new Sending(new("bus", 1, BusKind.Lookup), 1, 1)), two = new(new Sending(new("bus", 2, BusKind.Lookup), 1, 1)), other = new(new Sending(new("other", 2, BusKind.Lookup), 1, 1));
        Key(one, other, one);
        Assert.Throws<ArgumentException>(() => Key(one, two));
    }

    private readonly struct Sending(Bus bus, int count, uint bound) : IAir
    {
        public AirShape Shape => new() { Name = "sending", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            var message = new TValue[bus.Length];
            Array.Fill(message, b.Local(0));
            for (int i = 0; i < count; i++) b.Interact(bus, BusDirection.Send, b.Local(0), message, bound);
        }
    }
}
