using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

public class BarycentricTests
{
    private static readonly F s_shift = F.FromUInt32(3);

    [Fact]
    public void Evaluate_EverySizeAndOrder_IsThePolynomialAtThePoint()
    {
        for (int log = 0; log <= 12; log++)
            foreach (TransformOrder order in (TransformOrder[])[TransformOrder.Natural, TransformOrder.BitReversed])
            {
                const int Columns = 3;
                var layout = new ColumnLayout(Columns, (1 << log) + 5);
                F[] coefficients = FieldTools.Elements<F>(Columns * layout.Stride, log), values = new F[coefficients.Length];
                TransformPlan<F>.Forward(log, s_shift, order).Run(coefficients, layout, values, layout);
                E point = FieldTools.Element<E>(log);
                var results = new E[Columns];
                foreach (int degree in (int[])[1, 2])
                {
                    new Barycentric<F, E>(log, s_shift, point, order).Evaluate(values, layout, results, degree);
                    for (int column = 0; column < Columns; column++)
                    {
                        E expected = E.Zero;
                        for (int i = (1 << log) - 1; i >= 0; i--) expected = expected * point + E.FromBase(coefficients[column * layout.Stride + i]);
                        Assert.Equal(expected, results[column]);
                    }
                }
            }
    }

    [Fact]
    public void Evaluate_WarmedUp_AllocatesNothing()
    {
        var barycentric = new Barycentric<F, E>(8, s_shift, FieldTools.Element<E>(1), TransformOrder.Natural);
        F[] columns = FieldTools.Elements<F>(512, 1);
        var results = new E[2];
        AllocationAssert.None(() => barycentric.Evaluate(columns, new ColumnLayout(2, 256), results));
    }

    [Fact]
    public void Arguments_OutOfDomain_Throw()
    {
        E point = FieldTools.Element<E>(1);
        // A point of the coset itself.
        Assert.Throws<ArgumentException>(() => new Barycentric<F, E>(3, s_shift, E.FromBase(s_shift * F.TwoAdicGenerator(3)), TransformOrder.Natural));
        Assert.Throws<ArgumentException>(() => new Barycentric<F, E>(3, F.Zero, point, TransformOrder.Natural));
        Assert.ThrowsAny<ArgumentException>(() => new Barycentric<F, E>(25, s_shift, point, TransformOrder.Natural));
        var barycentric = new Barycentric<F, E>(3, s_shift, point, TransformOrder.Natural);
        Assert.Throws<ArgumentException>(() => barycentric.Evaluate(new F[8], new ColumnLayout(1, 8), new E[2]));
        Assert.Throws<ArgumentException>(() => barycentric.Evaluate(new F[7], new ColumnLayout(1, 8), new E[1]));
    }
}
