using FsCheck;
using FsCheck.Fluent;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

public class KoalaBearLaws : TwoAdicLaws<Field31<KoalaBear>>;

public class BabyBearLaws : TwoAdicLaws<Field31<BabyBear>>;

public class GoldilocksLaws : TwoAdicLaws<Goldilocks>;

public class Mersenne31Laws : FieldLaws<Mersenne31>;

public class KoalaBear4Laws : FieldLaws<Extension<Field31<KoalaBear>, KoalaBear4>>;

public class KoalaBear5Laws : FieldLaws<Extension<Field31<KoalaBear>, KoalaBear5>>;

public class KoalaBear6Laws : FieldLaws<Extension<Field31<KoalaBear>, KoalaBear6>>;

public class KoalaBear8Laws : FieldLaws<Extension<Field31<KoalaBear>, KoalaBear8>>;

public class BabyBear4Laws : FieldLaws<Extension<Field31<BabyBear>, BabyBear4>>;

public class Mersenne3Laws : FieldLaws<Extension<Mersenne31, Mersenne3>>;

/// <summary>What every field owes, whichever it is: a new field is one line above.</summary>
public abstract class FieldLaws<TField> where TField : struct, IField<TField>
{
    private static readonly Arbitrary<TField> s_any = FieldTools.Arbitrary<TField>();

    [Fact]
    public void Addition_AnyElements_IsAnAbelianGroup()
    {
        ForAll((a, b, c) => (a + b) + c == a + (b + c) && a + b == b + a);
        ForAll((a, b, _) => a + TField.Zero == a && a + -a == TField.Zero && a - b == a + -b && -(-a) == a && a - a == TField.Zero);
    }

    [Fact]
    public void Multiplication_AnyElements_IsAbelianAndDistributes()
    {
        ForAll((a, b, c) => (a * b) * c == a * (b * c) && a * b == b * a);
        ForAll((a, b, c) => a * (b + c) == a * b + a * c && a * -b == -(a * b) && a * (b - c) == a * b - a * c);
        ForAll((a, _, _) => a * TField.One == a && a * TField.Zero == TField.Zero);
    }

    [Fact]
    public void Inverse_AnyButZero_TimesTheElementIsOne()
    {
        ForAll((a, b, _) => a == TField.Zero || (a * a.Inverse() == TField.One && a.Inverse().Inverse() == a && b * a * a.Inverse() == b));
        Assert.Throws<DivideByZeroException>(() => TField.Zero.Inverse());
    }

    [Fact]
    public void Multiplication_NonZeroElements_IsNeverZero() =>
        ForAll((a, b, _) => (a * b == TField.Zero) == (a == TField.Zero || b == TField.Zero));

    [Fact]
    public void Equality_AnyElements_FollowsTheEncoding() => ForAll((a, b, _) =>
        (a == b) == Encode(a).AsSpan().SequenceEqual(Encode(b)) && a.Equals(b) == (a == b) && a.Equals((object)b) == (a == b) && (a != b) != (a == b)
        && (a != b || a.GetHashCode() == b.GetHashCode()));

    [Fact]
    public void Encoding_AnyElement_RoundTrips()
    {
        ForAll((a, _, _) => TField.TryRead(Encode(a), out TField read) && read == a);
        Assert.Equal(new byte[TField.EncodedSize], Encode(TField.Zero));
        Assert.Equal(default, TField.Zero);
    }

    [Fact]
    public void Encoding_AnyBytes_AreRefusedOrTheCanonicalOnes()
    {
        var random = new Random(1);
        var bytes = new byte[TField.EncodedSize];
        int refused = 0;
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            // Half of them near the top of the range, where a wide field's few refused encodings are.
            if ((i & 1) == 0) bytes.AsSpan(bytes.Length / 2).Fill(0xFF);
            else if (i % 4 == 1) for (int top = 3; top < bytes.Length; top += 4) bytes[top] &= 0x3F;
            if (TField.TryRead(bytes, out TField value)) Assert.Equal(bytes, Encode(value));
            else refused += value == TField.Zero ? 1 : throw new InvalidOperationException("A refused element is not zero.");
        }
        Assert.InRange(refused, 1, 99_999);
        Assert.False(TField.TryRead(new byte[TField.EncodedSize - 1], out _));
        Assert.False(TField.TryRead(new byte[TField.EncodedSize + 1], out _));
        Assert.False(TField.TryRead([], out _));
        Assert.Throws<ArgumentException>(() => TField.One.Write(new byte[TField.EncodedSize - 1]));
    }

    [Fact]
    public void FromUInt64_AnyIntegers_IsARingMap()
    {
        FieldTools.Check(Prop.ForAll(ArbMap.Default.ArbFor<uint>(), ArbMap.Default.ArbFor<uint>(), (a, b) =>
            TField.FromUInt64((ulong)a + b) == TField.FromUInt64(a) + TField.FromUInt64(b)
            && TField.FromUInt64((ulong)a * b) == TField.FromUInt64(a) * TField.FromUInt64(b)));
        Assert.Equal(TField.One, TField.FromUInt64(1));
        Assert.Equal(TField.FromUInt64(uint.MaxValue) * TField.FromUInt64(1UL << 32) + TField.FromUInt64(uint.MaxValue), TField.FromUInt64(ulong.MaxValue));
    }

    [Fact]
    public void Power_SmallExponents_IsRepeatedMultiplication() => ForAll((a, _, _) =>
    {
        TField power = TField.One;
        for (ulong i = 0; i < 20; i++, power *= a)
            if (FieldMath.Power(a, i) != power) return false;
        return true;
    });

    [Fact]
    public void Evaluate_AnyPolynomial_IsTheSumOfItsTerms() => ForAll((a, b, x) =>
        FieldMath.Evaluate([a, b, a, TField.One], x) == a + b * x + a * x * x + x * x * x && FieldMath.Evaluate<TField>([], x) == TField.Zero);

    [Fact]
    public void Arithmetic_WarmedUp_AllocatesNothing()
    {
        TField x = FieldTools.Element<TField>(1), sum = TField.One;
        var bytes = new byte[TField.EncodedSize];
        Testing.AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) sum = (sum + x) * x - -sum;
            sum *= (sum + TField.One).Inverse();
            sum.Write(bytes);
            if (!TField.TryRead(bytes, out TField read) || !read.Equals(sum) || sum.GetHashCode() != read.GetHashCode()) throw new InvalidOperationException();
        });
        Assert.NotEqual(TField.Zero, sum);
    }

    private static void ForAll(Func<TField, TField, TField, bool> law) => FieldTools.Check(Prop.ForAll(s_any, s_any, s_any, law));

    private static byte[] Encode(TField value)
    {
        var bytes = new byte[TField.EncodedSize];
        value.Write(bytes);
        return bytes;
    }
}
