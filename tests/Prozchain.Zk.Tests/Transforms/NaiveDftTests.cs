using FsCheck;
using FsCheck.Fluent;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests;

public class NaiveDftTests
{
    private static readonly NaiveDft<F> s_dft = new();

    [Fact]
    public void Evaluate_TwoPoints_MatchesByHand()
    {
        // 1 + 2x on 3 and -3.
        var values = new F[2];
        s_dft.Evaluate([F.FromUInt32(1), F.FromUInt32(2)], F.FromUInt32(3), values);
        Assert.Equal([F.FromUInt32(7), F.FromUInt32(KoalaBear.Modulus - 5)], values);
    }

    [Fact]
    public void Interpolate_WhatEvaluateMade_IsTheSame() => ForAll((seed, bits) =>
    {
        F[] coefficients = FieldTools.Elements<F>(1 << bits, seed), copy = [.. coefficients];
        F shift = NonZero(seed);
        s_dft.Evaluate(copy, shift, copy);
        s_dft.Interpolate(copy, shift, copy);
        return copy.AsSpan().SequenceEqual(coefficients);
    });

    [Fact]
    public void Evaluate_AnyPolynomial_IsHornerAtEachPoint() => ForAll((seed, bits) =>
    {
        F[] coefficients = FieldTools.Elements<F>((1 << bits) * 3 / 4, seed);
        F shift = NonZero(seed), root = F.TwoAdicGenerator(bits);
        var values = new F[1 << bits];
        s_dft.Evaluate(coefficients, shift, values);
        for (int k = 0; k < values.Length; k++)
        {
            F sum = F.Zero, x = shift * FieldMath.Power(root, (ulong)k);
            for (int j = 0; j < coefficients.Length; j++) sum += coefficients[j] * FieldMath.Power(x, (ulong)j);
            if (sum != values[k]) return false;
        }
        return true;
    });

    [Fact]
    public void Extend_AnyColumn_AgreesWithThePolynomialEverywhere() => ForAll((seed, bits) =>
    {
        F[] coefficients = FieldTools.Elements<F>(1 << bits, seed), values = new F[1 << bits], extended = new F[4 << bits], expected = new F[4 << bits];
        s_dft.Evaluate(coefficients, F.One, values);
        F shift = NonZero(seed);
        new LowDegreeExtension<F>(s_dft).Extend(values, shift, extended);
        s_dft.Evaluate(coefficients, shift, expected);
        new LowDegreeExtension<F>(s_dft).Extend(values, F.One, expected.AsSpan(0, values.Length));
        return expected.AsSpan(0, values.Length).SequenceEqual(values) && extended[^1] == FieldMath.Evaluate(coefficients, shift * F.TwoAdicGenerator(bits + 2).Inverse());
    });

    [Fact]
    public void Evaluate_WarmedUp_AllocatesNothing()
    {
        F[] values = FieldTools.Elements<F>(32, 1), extended = new F[64];
        var extension = new LowDegreeExtension<F>(s_dft);
        Testing.AllocationAssert.None(() =>
        {
            s_dft.Evaluate(values, F.One, values);
            s_dft.Interpolate(values, F.One, values);
            extension.Extend(values, F.MultiplicativeGenerator, extended);
        });
    }

    [Fact]
    public void Arguments_OutOfDomain_Throw()
    {
        F one = F.One;
        Assert.Throws<ArgumentException>(() => s_dft.Evaluate([], one, []));
        Assert.Throws<ArgumentException>(() => s_dft.Evaluate([], one, new F[3]));
        Assert.Throws<ArgumentException>(() => s_dft.Evaluate(new F[4], one, new F[2]));
        Assert.Throws<ArgumentException>(() => s_dft.Evaluate([], F.Zero, new F[2]));
        Assert.Throws<ArgumentException>(() => s_dft.Evaluate([], one, new F[1 << 25]));
        Assert.Throws<ArgumentException>(() => s_dft.Interpolate(new F[4], one, new F[2]));
        Assert.Throws<ArgumentException>(() => s_dft.Interpolate(new F[4], F.Zero, new F[4]));
        var extension = new LowDegreeExtension<F>(s_dft);
        var values = new F[8];
        Assert.Throws<ArgumentException>(() => extension.Extend(values, one, new F[4]));
        Assert.Throws<ArgumentException>(() => extension.Extend(values.AsSpan(0, 4), one, values));
        Assert.Throws<ArgumentNullException>(() => new LowDegreeExtension<F>(null!));
    }

    [Fact]
    public void Evaluate_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => s_dft.Evaluate(new F[8], F.One, new F[8], source.Token));
        Assert.Throws<OperationCanceledException>(() => s_dft.Interpolate(new F[8], F.One, new F[8], source.Token));
    }

    private static F NonZero(int seed)
    {
        F shift = FieldTools.Element<F>(~seed);
        return shift == F.Zero ? F.One : shift;
    }

    private static void ForAll(Func<int, int, bool> law) =>
        FieldTools.Check(Prop.ForAll(ArbMap.Default.ArbFor<int>(), Gen.Choose(0, 6).ToArbitrary(), law), 100);
}
