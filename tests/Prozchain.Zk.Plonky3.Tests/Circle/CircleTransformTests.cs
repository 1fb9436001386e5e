using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Circle;
using C3 = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Mersenne31, Prozchain.Zk.Fields.Mersenne3>;

namespace Prozchain.Zk.Plonky3.Tests.Circle;

public sealed class CircleTransformTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Domain_Points_AreDistinctAndOnTheCircle(int logSize)
    {
        CirclePoint<Mersenne31>[] points = [.. Enumerable.Range(0, 1 << logSize).Select(i => CircleDomain.Point(logSize, i))];
        Assert.Equal(points.Length, points.Distinct().Count());
        Assert.All(points, point => Assert.Equal(Mersenne31.One, point.X * point.X + point.Y * point.Y));
        // Each point's next in the domain is a turn by the domain's size.
        for (int i = 0; i < points.Length; i++) Assert.Equal(points[(i + 1) % points.Length], points[i] + CircleDomain.Generator(logSize));
        Assert.Equal(points.Length, Enumerable.Range(0, points.Length).Select(row => CircleDomain.IndexOfRow(logSize, row)).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public void Interpolate_ThenValues_IsTheIdentity(int logSize)
    {
        Mersenne31[] values = Random(1 << logSize);
        Assert.Equal(values, CircleTransform.Values(CircleTransform.Interpolate(values)));
    }

    [Fact]
    public void Evaluate_AtPointsOfDomains_AgreesWithTheTransforms()
    {
        Mersenne31[] column = Random(16), extended = CircleTransform.Extend(column, 2);
        Mersenne31[] coefficients = CircleTransform.Interpolate(extended);
        Assert.All(coefficients[16..], coefficient => Assert.Equal(Mersenne31.Zero, coefficient));
        for (int i = 0; i < column.Length; i++)
            Assert.Equal(C3.FromBase(column[i]), CircleTransform.Evaluate(coefficients, CircleDomain.Lift<C3>(CircleDomain.Point(4, i))));
        for (int row = 0; row < extended.Length; row++)
            Assert.Equal(C3.FromBase(extended[row]), CircleTransform.Evaluate(coefficients.AsSpan(0, 16), CircleDomain.Lift<C3>(CircleDomain.RowPoint(6, row))));
    }

    private static Mersenne31[] Random(int count)
    {
        var random = new SeededRandom(9);
        return [.. Enumerable.Range(0, count).Select(_ => Mersenne31.FromUInt64(random.NextUInt64()))];
    }
}
