using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Pitfalls 8, 9, 10 and 16 at the key: what no proof could have is refused when the key is made, not when a proof comes.</summary>
public sealed class KeyLimitsTests
{
    [Theory]
    [InlineData(2, 140_000, 1)]
    [InlineData(300, 1, 12)]
    public void RowsWiderThanATree(int tables, int width, int degree) =>
        Assert.Throws<ArgumentException>(() => PitfallCase.Key([.. Enumerable.Repeat<IAir>(new Wide(width, degree), tables)], least: 1, most: 2));

    /// <summary>A user's bus that is the blinding's own would let anyone send on it.</summary>
    [Fact]
    public void TheBusesOfTheBlinding()
    {
        Bus bus = new("prozchain blinding 0", 8, BusKind.Permutation);
        Assert.Throws<ArgumentException>(() => PitfallCase.Key(hiding: true, asked: bus));
    }

    /// <summary>16: parameters below their target, or for less than the tables need, make no key.</summary>
    [Fact]
    public void ParametersThatAreTooWeak()
    {
        IAir[] airs = [new FibonacciAir()];
        StarkShape shape = StarkKey.ShapeOf<F>(airs, 4, 8);
        StarkShape[] less = [shape with { Columns = 1 }, shape with { Constraints = 1 }, shape with { ConstraintDegree = 1 }, shape with { OpeningPoints = 1 }];
        foreach (StarkShape small in less) Assert.Throws<ArgumentException>(() => StarkKey.Create<F>(airs, StarkParameters.ForTarget(80, small)));
        Assert.Throws<ArgumentException>(() => StarkKey.Create<F>(airs, StarkParameters.ForTarget(80, shape with { Field = StarkField.BabyBear })));
        Assert.Throws<ArgumentException>(() => StarkKey.Create<F>(airs, StarkParameters.ForTarget(128, shape), StarkHash.Poseidon2));
        Assert.True(StarkKey.Create<F>(airs, StarkParameters.ForTarget(80, shape)).Parameters.Report.ProvenBits >= 80);
    }

    private readonly struct Wide(int width, int degree) : IAir
    {
        public AirShape Shape => new() { Name = "wide", Width = width };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            if (degree == 1) return;
            TValue power = b.Local(0);
            for (int i = 1; i < degree; i++) power *= b.Local(0);
            b.AssertZero(Rows.All, power, "power");
        }
    }
}
