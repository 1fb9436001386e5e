using System.Text.Json;
using Prozchain.Testing;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

public class KoalaBear4Tests() : ExtensionTests<Field31<KoalaBear>, KoalaBear4>("zk/ext4-koalabear.json");

public class KoalaBear5Tests() : ExtensionTests<Field31<KoalaBear>, KoalaBear5>("zk/ext5-koalabear.json");

public class KoalaBear6Tests() : ExtensionTests<Field31<KoalaBear>, KoalaBear6>(null);

public class KoalaBear8Tests() : ExtensionTests<Field31<KoalaBear>, KoalaBear8>(null);

public class BabyBear4Tests() : ExtensionTests<Field31<BabyBear>, BabyBear4>("zk/ext4-babybear.json");

public class Mersenne3Tests() : ExtensionTests<Mersenne31, Mersenne3>(null);

/// <summary>An extension's polynomial is irreducible, its arithmetic is that of polynomials, its values those of the peer.</summary>
public abstract class ExtensionTests<TBase, TParameters>(string? vectors)
    where TBase : unmanaged, IField<TBase>
    where TParameters : struct, IExtensionParameters<TBase>
{
    private static readonly int s_degree = TParameters.Degree;

    private static Extension<TBase, TParameters> X
    {
        get
        {
            var coefficients = new TBase[s_degree];
            coefficients[1] = TBase.One;
            return Extension<TBase, TParameters>.FromCoefficients(coefficients);
        }
    }

    // Rabin (1980): f of degree d over F_q is irreducible exactly if x^(q^d) = x mod f, and x^(q^(d/r)) - x has no
    // common factor with f for any prime r that divides d. Powers of x mod f need a ring only, no field.
    [Fact]
    public void Polynomial_RabinsTest_IsIrreducible()
    {
        Extension<TBase, TParameters> power = X;
        for (int i = 1; i <= s_degree; i++)
        {
            power = FieldMath.Power(power, TParameters.BaseOrder);
            if (i == s_degree) Assert.Equal(X, power);
            else if (s_degree % i == 0 && IsPrime(s_degree / i)) Assert.Equal(0, DegreeOfCommonFactor(power - X));
        }
    }

    [Fact]
    public void Reduction_ThePowerDegree_IsWhatTheParametersSay()
    {
        Extension<TBase, TParameters> expected = Extension<TBase, TParameters>.FromBase(TParameters.Constant);
        if (TParameters.MiddlePower != 0) expected += FieldMath.Power(X, (ulong)TParameters.MiddlePower) * TParameters.Middle;
        Assert.Equal(expected, FieldMath.Power(X, (ulong)s_degree));
        Assert.Equal(s_degree, Extension<TBase, TParameters>.Degree);
        Assert.Equal(s_degree * TBase.EncodedSize, Extension<TBase, TParameters>.EncodedSize);
    }

    [Fact]
    public void Frobenius_AnyElement_IsThePowerOfTheOrder()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Extension<TBase, TParameters> a = FieldTools.Element<Extension<TBase, TParameters>>(seed), image = a;
            Assert.Equal(FieldMath.Power(a, TParameters.BaseOrder), a.Frobenius());
            for (int i = 0; i < s_degree; i++) image = image.Frobenius();
            Assert.Equal(a, image);
            TBase scalar = FieldTools.Element<TBase>(seed);
            Assert.Equal(a * Extension<TBase, TParameters>.FromBase(scalar), a * scalar);
            Assert.Equal(Extension<TBase, TParameters>.FromBase(scalar), Extension<TBase, TParameters>.FromBase(scalar).Frobenius());
        }
        Assert.ThrowsAny<ArgumentException>(() => Extension<TBase, TParameters>.FromCoefficients(new TBase[s_degree + 1]));
        Assert.ThrowsAny<ArgumentException>(() => X[s_degree]);
    }

    [Fact]
    public void Arithmetic_PeerValues_Match()
    {
        if (vectors is null) Assert.Skip("The peer has no vectors for this extension.");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(vectors)));
        int cases = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            Extension<TBase, TParameters> Read(string name) => Extension<TBase, TParameters>.FromCoefficients(
                [.. row.GetProperty(name).EnumerateArray().Select(value => TBase.FromUInt64(value.GetUInt64()))]);
            Extension<TBase, TParameters> a = Read("a"), b = Read("b");
            Assert.Equal(Read("add"), a + b);
            Assert.Equal(Read("sub"), a - b);
            Assert.Equal(Read("mul"), a * b);
            Assert.Equal(Read("square_a"), a * a);
            Assert.Equal(Read("frobenius_a"), a.Frobenius());
            Assert.Equal(Read("a_times_scalar"), a * TBase.FromUInt64(row.GetProperty("base_scalar").GetUInt64()));
            if (row.GetProperty("inverse_a").ValueKind == JsonValueKind.Null) Assert.Equal(Extension<TBase, TParameters>.Zero, a);
            else Assert.Equal(Read("inverse_a"), a.Inverse());
            cases++;
        }
        Assert.True(cases > 10, $"Expected more than 10 cases, got {cases}.");
    }

    private static bool IsPrime(int number) => number is 2 or 3 or 5 or 7;

    // Euclid's algorithm on polynomials with the base field's division only.
    private static int DegreeOfCommonFactor(Extension<TBase, TParameters> value)
    {
        var a = new TBase[s_degree + 1];
        a[s_degree] = TBase.One;
        a[0] -= TParameters.Constant;
        if (TParameters.MiddlePower != 0) a[TParameters.MiddlePower] -= TParameters.Middle;
        TBase[] b = [.. Enumerable.Range(0, s_degree).Select(i => value[i])];
        for (; Degree(b) >= 0; (a, b) = (b, a))
            while (Degree(a) >= Degree(b))
            {
                int apart = Degree(a) - Degree(b), top = Degree(b);
                TBase factor = a[Degree(a)] * b[top].Inverse();
                for (int i = 0; i <= top; i++) a[i + apart] -= factor * b[i];
            }
        return Degree(a);
    }

    private static int Degree(TBase[] polynomial) => Array.FindLastIndex(polynomial, coefficient => coefficient != TBase.Zero);
}
