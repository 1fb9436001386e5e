using System.Security.Cryptography;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Tests;

public class KoalaBearSpans : FieldSpansTests<Field31<KoalaBear>>
{
    // SHA-256 of every kernel's results over seeded inputs: the same at every width, on every machine.
    private const string Frozen = "4BD5355B5FC0FF926BB27D6011DA69C1F6BC1D46A53336FF";

    [Fact]
    public void Kernels_EveryWidth_GiveTheFrozenBytes()
    {
        static void Body() => Assert.Equal(Frozen, Digest());
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    private static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[4];
        for (int length = 0; length < 200; length += 7)
        {
            Field31<KoalaBear>[] x = FieldTools.Elements<Field31<KoalaBear>>(length, 1), y = FieldTools.Elements<Field31<KoalaBear>>(length, 2);
            foreach (Field31<KoalaBear> value in Results(x, y, FieldTools.Element<Field31<KoalaBear>>(3)))
            {
                value.Write(bytes);
                hash.AppendData(bytes);
            }
        }
        return Convert.ToHexString(hash.GetHashAndReset())[..48];
    }
}

public class BabyBearSpans : FieldSpansTests<Field31<BabyBear>>;

public class Mersenne31Spans : FieldSpansTests<Mersenne31>;

public class GoldilocksSpans : FieldSpansTests<Goldilocks>
{
    [Fact]
    public void Kernels_EveryWidth_AreIntegersModP()
    {
        static void Body() => CheckIntegers();
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    // The edges of every carry, each against each; the transform by way of one coset extension against the naive one.
    private static void CheckIntegers()
    {
        var random = new SeededRandom(5);
        ulong p = Goldilocks.Modulus;
        ulong[] edges = [0, 1, 2, p - 1, p - 2, p / 2, 1UL << 32, (1UL << 32) - 1, (1UL << 32) + 1, 1UL << 63, 0xFFFF_FFFE_FFFF_FFFF, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFE_0000_0001, .. Enumerable.Range(0, 40).Select(_ => random.NextUInt64() % p)];
        Goldilocks[] x = [.. edges.SelectMany(a => edges.Select(_ => Goldilocks.FromUInt64(a)))], y = [.. edges.SelectMany(_ => edges.Select(Goldilocks.FromUInt64))];
        Goldilocks[] sums = new Goldilocks[x.Length], differences = new Goldilocks[x.Length], products = new Goldilocks[x.Length];
        FieldSpans.Add<Goldilocks>(x, y, sums);
        FieldSpans.Subtract<Goldilocks>(x, y, differences);
        FieldSpans.Multiply<Goldilocks>(x, y, products);
        UInt128 dot = 0;
        for (int i = 0; i < x.Length; i++)
        {
            UInt128 a = x[i].ToUInt64(), b = y[i].ToUInt64();
            Assert.Equal((ulong)((a + b) % p), sums[i].ToUInt64());
            Assert.Equal((ulong)((a + p - b) % p), differences[i].ToUInt64());
            Assert.Equal((ulong)(a * b % p), products[i].ToUInt64());
            dot = (dot + a * b % p) % p;
        }
        Assert.Equal((ulong)dot, FieldSpans.DotProduct<Goldilocks>(x, y).ToUInt64());
        Goldilocks shift = Goldilocks.MultiplicativeGenerator;
        for (int log = 0; log <= 8; log++)
        {
            Goldilocks[] expected = new Goldilocks[2 << log], extended = new Goldilocks[2 << log];
            new LowDegreeExtension<Goldilocks>(new NaiveDft<Goldilocks>()).Extend(x.AsSpan(100, 1 << log), shift, expected);
            new CosetExtension<Goldilocks>(log, 1, shift).Extend(x.AsSpan(100, 1 << log), new ColumnLayout(1, 1 << log), extended, new ColumnLayout(1, 2 << log));
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], extended[NttTable<Goldilocks>.Reverse(i, log + 1)]);
        }
    }
}

public class KoalaBear5Spans : FieldSpansTests<Extension<Field31<KoalaBear>, KoalaBear5>>;

/// <summary>The span kernels against the operators, one element at a time.</summary>
public abstract class FieldSpansTests<TField> where TField : unmanaged, IField<TField>
{
    private static readonly SpanKernelRules s_rules = new() { MaxLength = TestLength };
    private static readonly TField s_factor = FieldTools.Element<TField>(77);

    // Beyond four of the widest vectors and some; extensions have no lanes of their own.
    private const int TestLength = 150;

    [Fact]
    public void Add_EveryLength_IsTheOperator() =>
        SpanKernelTests.Binary<TField>(FieldSpans.Add, (x, y, d) => Each(x, y, d, (a, b) => a + b), Element, s_rules);

    [Fact]
    public void Subtract_EveryLength_IsTheOperator() =>
        SpanKernelTests.Binary<TField>(FieldSpans.Subtract, (x, y, d) => Each(x, y, d, (a, b) => a - b), Element, s_rules);

    [Fact]
    public void Multiply_EveryLength_IsTheOperator() =>
        SpanKernelTests.Binary<TField>(FieldSpans.Multiply, (x, y, d) => Each(x, y, d, (a, b) => a * b), Element, s_rules);

    [Fact]
    public void MultiplyAdd_EveryLength_IsTheOperators() =>
        SpanKernelTests.Binary<TField>((x, y, d) => FieldSpans.MultiplyAdd(x, s_factor, y, d), (x, y, d) => Each(x, y, d, (a, b) => a * s_factor + b), Element, s_rules);

    [Fact]
    public void Invert_EveryLength_IsTheInverse() => SpanKernelTests.Unary<TField>(
        FieldSpans.Invert, (x, d) => Each(x, x, d, (a, _) => a.Inverse()), random => Element(random) is var e && e == TField.Zero ? TField.One : e, s_rules);

    [Fact]
    public void Invert_MoreThanABlock_IsTheInverse()
    {
        TField[] values = FieldTools.Elements<TField>(2500, 5), inverses = new TField[2500];
        FieldSpans.Invert(values, inverses);
        for (int i = 0; i < values.Length; i++) Assert.Equal(TField.One, values[i] * inverses[i]);
    }

    [Fact]
    public void Invert_AZeroAnywhere_Throws()
    {
        foreach (int length in (int[])[1, 3, 4, 64, 150])
            for (int at = 0; at < length; at += 7)
            {
                TField[] values = FieldTools.Elements<TField>(length, 4);
                values[at] = TField.Zero;
                Assert.Throws<DivideByZeroException>(() => FieldSpans.Invert(values, new TField[values.Length]));
            }
    }

    [Fact]
    public void DotProductAndEvaluate_EveryLengthOnGuardPages_AreTheSums()
    {
        foreach (GuardSide side in (GuardSide[])[GuardSide.After, GuardSide.Before])
            for (int length = 0; length <= TestLength; length++)
            {
                // The largest element everywhere is where a delayed reduction would overflow.
                TField[] x = FieldTools.Elements<TField>(length, length), y = FieldTools.Elements<TField>(length, ~length);
                if (length % 3 == 0) (x, y) = ([.. x.Select(_ => -TField.One)], [.. y.Select(_ => -TField.One)]);
                using GuardedMemory<TField> gx = new(x, side), gy = new(y, side);
                TField sum = TField.Zero;
                for (int i = 0; i < length; i++) sum += x[i] * y[i];
                Assert.Equal(sum, FieldSpans.DotProduct<TField>(gx.Span, gy.Span));
                Assert.Equal(FieldMath.Evaluate<TField>(x, s_factor), FieldSpans.Evaluate<TField>(gx.Span, s_factor));
            }
        Assert.Throws<ArgumentException>(() => FieldSpans.DotProduct<TField>(new TField[2], new TField[3]));
    }

    [Fact]
    public void DotProduct_ManyLargestElements_DoesNotOverflow()
    {
        var values = new TField[1 << 16];
        Array.Fill(values, -TField.One);
        Assert.Equal(TField.FromUInt64((ulong)values.Length), FieldSpans.DotProduct<TField>(values, values));
        TField[] random = FieldTools.Elements<TField>(1 << 12, 1);
        Assert.Equal(FieldMath.Evaluate<TField>(random, s_factor), FieldSpans.Evaluate<TField>(random, s_factor));
    }

    [Fact]
    public void Kernels_WarmedUp_AllocateNothing()
    {
        TField[] x = FieldTools.Elements<TField>(300, 1), y = FieldTools.Elements<TField>(300, 2), d = new TField[300];
        AllocationAssert.None(() =>
        {
            FieldSpans.Add<TField>(x, y, d);
            FieldSpans.Subtract<TField>(x, y, d);
            FieldSpans.Multiply<TField>(x, y, d);
            FieldSpans.MultiplyAdd<TField>(x, s_factor, y, d);
            FieldSpans.Invert<TField>(x, d);
            d[0] = FieldSpans.DotProduct<TField>(x, y);
            d[1] = FieldSpans.Evaluate<TField>(x, s_factor);
        });
    }

    protected static IEnumerable<TField> Results(TField[] x, TField[] y, TField factor)
    {
        var d = new TField[x.Length];
        FieldSpans.Add<TField>(x, y, d);
        foreach (TField value in d) yield return value;
        FieldSpans.Subtract<TField>(x, y, d);
        foreach (TField value in d) yield return value;
        FieldSpans.Multiply<TField>(x, y, d);
        foreach (TField value in d) yield return value;
        FieldSpans.MultiplyAdd<TField>(x, factor, y, d);
        foreach (TField value in d) yield return value;
        FieldSpans.Invert<TField>(x, d);
        foreach (TField value in d) yield return value;
        yield return FieldSpans.DotProduct<TField>(x, y);
        yield return FieldSpans.Evaluate<TField>(x, factor);
    }

    private static void Each(ReadOnlySpan<TField> x, ReadOnlySpan<TField> y, Span<TField> d, Func<TField, TField, TField> operation)
    {
        for (int i = 0; i < x.Length; i++) d[i] = operation(x[i], y[i]);
    }

    private static TField Element(SeededRandom random)
    {
        int seed = (int)random.NextUInt64();
        return (seed & 7) switch { 0 => TField.Zero, 1 => TField.One, 2 => -TField.One, _ => FieldTools.Element<TField>(seed) };
    }
}
