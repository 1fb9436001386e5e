using System.Numerics;
using System.Runtime.Intrinsics;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public unsafe class FieldKernelTests
{
    private const ulong Even = (1UL << 26) + (1UL << 17) - 1, Odd = (1UL << 25) + (1UL << 17) - 1;

    [Fact]
    public void Arithmetic_LimbsAtTheirBounds_EqualsBigIntegers()
    {
        if (FieldLanes512.IsSupported) Check<Vector512<ulong>, FieldLanes512>();
        if (FieldLanes256.IsSupported) Check<Vector256<ulong>, FieldLanes256>();
        Assert.SkipUnless(FieldLanes256.IsSupported, "Expected AVX2 at least; without it there are no lanes.");
    }

    private static void Check<TVector, TLanes>()
        where TVector : unmanaged
        where TLanes : struct, IFieldLanes<TVector>
    {
        var random = new SeededRandom(TestSettings.Seed);
        for (int round = 0; round < 300; round++)
        {
            // First factors of four units and second ones of three; the first round has every limb at its bound.
            FieldVector<TVector> a = Limbs<TVector, TLanes>(random, round == 0 ? 0 : 3, 4), b = Limbs<TVector, TLanes>(random, round == 0 ? 0 : 3, 3);
            FieldVector<TVector> c = Limbs<TVector, TLanes>(random, round == 0 ? 0 : 3, 1), d = Limbs<TVector, TLanes>(random, round == 0 ? 0 : 3, 1);
            FieldKernel<TVector, TLanes>.Multiply(out FieldVector<TVector> product, in a, in b);
            FieldKernel<TVector, TLanes>.Square(out FieldVector<TVector> square, in c);
            FieldKernel<TVector, TLanes>.Subtract(out FieldVector<TVector> difference, in c, in d);
            FieldKernel<TVector, TLanes>.Add(out FieldVector<TVector> sum, in a, in b);
            FieldVector<TVector> reduced = a;
            LaneField<TVector, TLanes>.Reduce(&reduced);
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                Assert.Equal(Mod(Number<TVector>(&a, lane) * Number<TVector>(&b, lane)), Mod(Number<TVector>(&product, lane)));
                Assert.Equal(Mod(BigInteger.Pow(Number<TVector>(&c, lane), 2)), Mod(Number<TVector>(&square, lane)));
                Assert.Equal(Mod(Number<TVector>(&c, lane) - Number<TVector>(&d, lane)), Mod(Number<TVector>(&difference, lane)));
                Assert.Equal(Number<TVector>(&a, lane) + Number<TVector>(&b, lane), Number<TVector>(&sum, lane));
                Assert.Equal(Mod(Number<TVector>(&a, lane)), Number<TVector>(&reduced, lane));
                for (int i = 0; i < 10; i++)
                {
                    Assert.InRange(Limb<TVector>(&product, i, lane), 0UL, i % 2 == 0 ? Even : Odd);
                    Assert.InRange(Limb<TVector>(&square, i, lane), 0UL, i % 2 == 0 ? Even : Odd);
                    Assert.InRange(Limb<TVector>(&difference, i, lane), 0UL, 3 * (i % 2 == 0 ? Even : Odd));
                }
            }
            CheckAroundModulus<TVector, TLanes>(round);
        }
    }

    // p, its neighbours and its multiples, in limbs that are reduced but for the last one: nothing but one number below p comes out.
    private static void CheckAroundModulus<TVector, TLanes>(int round)
        where TVector : unmanaged
        where TLanes : struct, IFieldLanes<TVector>
    {
        BigInteger number = NaiveEdwards.P * (round % 3) + round / 3 - 50;
        if (number.Sign < 0) return;
        FieldVector<TVector> a = default;
        BigInteger rest = number;
        for (int i = 0; i < 10; i++)
        {
            int bits = i == 9 ? 64 : 26 - i % 2;
            ((TVector*)&a)[i] = TLanes.Broadcast((ulong)(rest & ((BigInteger.One << bits) - 1)));
            rest >>= bits;
        }
        FieldVector<TVector> copy = a;
        LaneField<TVector, TLanes>.Reduce(&a);
        Assert.Equal(Mod(number), Number<TVector>(&a, 0));
        Assert.Equal(Mod(number).IsZero, TLanes.Signs(LaneField<TVector, TLanes>.IsZero(&copy)) != 0);
    }

    // Limbs at their bound, at zero or between: by chance, or, of zero kinds, all at their bound.
    private static FieldVector<TVector> Limbs<TVector, TLanes>(SeededRandom random, int kinds, uint units)
        where TVector : unmanaged
        where TLanes : struct, IFieldLanes<TVector>
    {
        FieldVector<TVector> result = default;
        for (int i = 0; i < 10; i++)
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                ulong bound = units * (i % 2 == 0 ? Even : Odd);
                ((ulong*)((TVector*)&result + i))[lane] = (kinds == 0 ? 0 : random.Next(kinds)) switch { 0 => bound, 1 => 0, _ => (ulong)random.Next(0, (int)bound) };
            }
        return result;
    }

    private static ulong Limb<TVector>(FieldVector<TVector>* a, int limb, int lane) where TVector : unmanaged => ((ulong*)((TVector*)a + limb))[lane];

    private static BigInteger Number<TVector>(FieldVector<TVector>* a, int lane) where TVector : unmanaged
    {
        BigInteger sum = 0;
        for (int i = 9; i >= 0; i--) sum = (sum << (26 - i % 2)) + Limb(a, i, lane);
        return sum;
    }

    private static BigInteger Mod(BigInteger value) => NaiveEdwards.Mod(value);
}
