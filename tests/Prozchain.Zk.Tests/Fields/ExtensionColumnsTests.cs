using System.Security.Cryptography;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

/// <summary>Products by columns against the operator, for each shape of polynomial.</summary>
public class ExtensionColumnsTests
{
    // SHA-256, cut, over products of seeded columns of degrees 4, 5 and 8: the same at every width.
    private const string Frozen = "03A917A58F3B8A02244E905A476D3DFAE2F38F72D75BFCB5";

    [Fact]
    public void Multiply_Quartic_IsTheOperator() => Check<F, KoalaBear4>();

    [Fact]
    public void Multiply_Quintic_IsTheOperator() => Check<F, KoalaBear5>();

    [Fact]
    public void Multiply_Sextic_IsTheOperator() => Check<F, KoalaBear6>();

    [Fact]
    public void Multiply_Octic_IsTheOperator() => Check<F, KoalaBear8>();

    [Fact]
    public void Multiply_QuarticOverBabyBear_IsTheOperator() => Check<Field31<BabyBear>, BabyBear4>();

    [Fact]
    public void Multiply_CubicOverMersenne31_IsTheOperator() => Check<Mersenne31, Mersenne3>();

    [Fact]
    public void Multiply_EveryWidth_GivesTheFrozenBytes()
    {
        static void Body() => Assert.Equal(Frozen, Digest());
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Fact]
    public void Multiply_WrongLayout_Throws()
    {
        var values = new F[40];
        Assert.ThrowsAny<ArgumentException>(() => ExtensionColumns.Multiply<F, KoalaBear4>(values, values, values, 10, new ColumnLayout(5, 8)));
        Assert.ThrowsAny<ArgumentException>(() => ExtensionColumns.Multiply<F, KoalaBear4>(values, values, values, 10, new ColumnLayout(4, 9)));
        Assert.ThrowsAny<ArgumentException>(() => ExtensionColumns.Multiply<F, KoalaBear4>(values, values, values, -1, new ColumnLayout(4, 10)));
        AllocationAssert.None(() => ExtensionColumns.Multiply<F, KoalaBear4>(values, values, values, 10, new ColumnLayout(4, 10)));
    }

    private static void Check<TBase, TParameters>() where TBase : unmanaged, IField<TBase> where TParameters : unmanaged, IExtensionParameters<TBase>
    {
        int degree = TParameters.Degree;
        SpanKernelTests.Binary<TBase>(Product<TBase, TParameters>, (x, y, d) =>
        {
            int length = x.Length / degree;
            var element = new TBase[degree];
            for (int i = 0; i < length; i++)
            {
                Extension<TBase, TParameters> product = Read(x, i, length) * Read(y, i, length);
                for (int k = 0; k < degree; k++) d[k * length + i] = product[k];
            }

            Extension<TBase, TParameters> Read(ReadOnlySpan<TBase> from, int i, int length)
            {
                for (int k = 0; k < degree; k++) element[k] = from[k * length + i];
                return Extension<TBase, TParameters>.FromCoefficients(element);
            }
        }, random => (random.NextUInt64() & 3) == 0 ? -TBase.One : FieldTools.Element<TBase>((int)random.NextUInt64()),
        new SpanKernelRules { MaxLength = 50 * degree, Step = degree });
    }

    private static void Product<TBase, TParameters>(ReadOnlySpan<TBase> x, ReadOnlySpan<TBase> y, Span<TBase> d)
        where TBase : unmanaged, IField<TBase> where TParameters : unmanaged, IExtensionParameters<TBase> =>
        ExtensionColumns.Multiply<TBase, TParameters>(x, y, d, x.Length / TParameters.Degree, new ColumnLayout(TParameters.Degree, x.Length / TParameters.Degree));

    private static string Digest()
    {
        F[] x = FieldTools.Elements<F>(320, 1), y = FieldTools.Elements<F>(320, 2), d = new F[320];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (BinaryKernel<F> kernel in (BinaryKernel<F>[])[Product<F, KoalaBear4>, Product<F, KoalaBear5>, Product<F, KoalaBear8>])
        {
            kernel(x, y, d);
            foreach (F value in d) hash.AppendData(BitConverter.GetBytes(value.ToUInt32()));
        }
        return Convert.ToHexString(hash.GetHashAndReset())[..48];
    }
}
