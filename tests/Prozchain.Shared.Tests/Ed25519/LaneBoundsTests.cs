using Kernel = Prozchain.Shared.FieldKernel<Prozchain.Shared.Tests.Interval, Prozchain.Shared.Tests.IntervalLanes>;

namespace Prozchain.Shared.Tests;

/// <summary>That no word overflows in any formula in lanes, for all inputs within the bounds that the kernels state.</summary>
public unsafe class LaneBoundsTests
{
    // The largest limbs of one unit.
    private const ulong Even = (1UL << 26) + (1UL << 17) - 1, Odd = (1UL << 25) + (1UL << 17) - 1;

    [Fact]
    public void Field_AllInputsWithinBounds_GivesLimbsOfOneUnit()
    {
        FieldVector<Interval> four = Units(4), three = Units(3), one = Units(1);
        Kernel.Multiply(out FieldVector<Interval> product, in four, in three);
        AssertUnits(product, 1);
        Kernel.Square(out FieldVector<Interval> square, in one, 3);
        AssertUnits(square, 1);
        Kernel.Subtract(out FieldVector<Interval> difference, in one, in one);
        AssertUnits(difference, 3);
        Kernel.Add(out FieldVector<Interval> sum, in one, in three);
        AssertUnits(sum, 4);
        FieldVector<Interval> large = default;
        for (int i = 0; i < 10; i++) ((Interval*)&large)[i] = Interval.Of(0, (1UL << 63) - 1);
        Kernel.Carry(ref large);
        AssertUnits(large, 1);
    }

    [Fact]
    public void Field_InputsBeyondBounds_AreCaught()
    {
        FieldVector<Interval> four = Units(4), two = Units(2), one = Units(1);
        // 19 · 4 units are more than 32 bits; one unit less two may fall below zero; columns of 36 units are more than 64 bits.
        Assert.ThrowsAny<Exception>(() => Kernel.Multiply(out FieldVector<Interval> _, in one, in four));
        Assert.Throws<OverflowException>(() => Kernel.Subtract(out FieldVector<Interval> _, in one, in two));
        FieldVector<Interval> twelve = Units(12), three = Units(3);
        Assert.Throws<OverflowException>(() => Kernel.Multiply(out FieldVector<Interval> _, in twelve, in three));
    }

    [Fact]
    public void Reduce_AllLimbs_GivesMaskedLimbs()
    {
        FieldVector<Interval> a = Units(4);
        LaneField<Interval, IntervalLanes>.Reduce(&a);
        for (int i = 0; i < 10; i++) Assert.InRange(((Interval*)&a)[i].Max, 0UL, i % 2 == 0 ? (1UL << 26) - 1 : (1UL << 25) - 1);
    }

    [Fact]
    public void Decode_AllEncodings_GivesPointsOfThreeUnits()
    {
        IntervalLanes.Loaded = Interval.Any;
        IntervalLanes.Stored = [];
        IntervalLanes.Bounds = null;
        var isPoint = new bool[IntervalLanes.Count];
        new LaneEdwardsKernel<Interval, IntervalLanes>().Decode(null, null, isPoint);
        Assert.Equal(AffinePoint.PackedWords, IntervalLanes.Stored.Count);
        for (int i = 0; i < 15; i++) AssertPacked(IntervalLanes.Stored[i], i < 10 ? 3u : 1);
        Assert.Equal(0UL, IntervalLanes.Stored[15].Max);
    }

    // Rows of one unit, to which points of three units are added, stay of one unit: whatever the number of points.
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Sum_AllRowsAndPoints_KeepsRowsOfOneUnit(int bits)
    {
        ulong three = 3 * Even | 3 * Odd << 32, one = Even | Odd << 32;
        IntervalLanes.Loaded = Interval.Packed(Even, Odd);
        IntervalLanes.Stored = [];
        IntervalLanes.Bounds = [three, one];
        var points = new PinnedWords(2 * AffinePoint.PackedWords);
        for (int i = 0; i < points.Length; i++) points.Span[i] = i % AffinePoint.PackedWords < 10 ? three : one;
        var digits = new PinnedWords(2 * 64 / sizeof(ulong));
        new LaneEdwardsKernel<Interval, IntervalLanes>().Sum([new PointRun(points.Start, (sbyte*)digits.Start, 2, 256 / bits)], bits);
        Assert.NotEmpty(IntervalLanes.Stored);
        Assert.All(IntervalLanes.Stored, word => AssertPacked(word, 1));
    }

    private static FieldVector<Interval> Units(uint units)
    {
        FieldVector<Interval> result = default;
        for (int i = 0; i < 10; i++) ((Interval*)&result)[i] = Interval.Of(0, units * (i % 2 == 0 ? Even : Odd));
        return result;
    }

    private static void AssertUnits(FieldVector<Interval> vector, uint units)
    {
        for (int i = 0; i < 10; i++) Assert.InRange(((Interval*)&vector)[i].Max, 0UL, units * (i % 2 == 0 ? Even : Odd));
    }

    private static void AssertPacked(Interval word, uint units)
    {
        Assert.True(word.IsLowKnown);
        Assert.InRange(word.LowMax, 0UL, units * Even);
        Assert.InRange(word.Max >> 32, 0UL, units * Odd);
    }
}
