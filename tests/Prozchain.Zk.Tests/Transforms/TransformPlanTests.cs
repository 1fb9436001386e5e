using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Tests;

public class BabyBearTransforms : TransformPlanTests<Field31<BabyBear>>;

public class GoldilocksTransforms : TransformPlanTests<Goldilocks>;

/// <summary>Fast transforms against the naive one, and beyond its reach against evaluation at single points.</summary>
public abstract class TransformPlanTests<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private static readonly NaiveDft<TField> s_naive = new();
    private static readonly TField s_shift = FieldTools.Element<TField>(9);

    [Fact]
    public void Forward_EverySizeAndOrder_IsTheNaiveTransform()
    {
        for (int log = 0; log <= 10; log++)
        {
            const int Columns = 5;
            var layout = new ColumnLayout(Columns, (1 << log) + 3);
            TField[] source = FieldTools.Elements<TField>(Columns * layout.Stride, log), before = [.. source];
            TField[] expected = new TField[1 << log], natural = new TField[source.Length], reversed = new TField[source.Length], inPlace = [.. source];
            foreach (TField shift in (TField[])[TField.One, s_shift])
            {
                TransformPlan<TField>.Forward(log, shift, TransformOrder.Natural).Run(source, layout, natural, layout);
                TransformPlan<TField>.Forward(log, shift, TransformOrder.BitReversed).Run(source, layout, reversed, layout);
                before.CopyTo(inPlace, 0);
                TransformPlan<TField>.Forward(log, shift, TransformOrder.BitReversed).Run(inPlace, layout, inPlace, layout, maxDegreeOfParallelism: 2);
                Assert.Equal(before, source);
                for (int column = 0; column < Columns; column++)
                {
                    s_naive.Evaluate(source.AsSpan(column * layout.Stride, 1 << log), shift, expected);
                    for (int i = 0; i < 1 << log; i++)
                    {
                        Assert.Equal(expected[i], natural[column * layout.Stride + i]);
                        Assert.Equal(expected[i], reversed[column * layout.Stride + Reverse(i, log)]);
                        Assert.Equal(expected[i], inPlace[column * layout.Stride + Reverse(i, log)]);
                    }
                    // Beyond the column, nothing is touched.
                    Assert.Equal(before.AsSpan(column * layout.Stride + (1 << log), 3), inPlace.AsSpan(column * layout.Stride + (1 << log), 3));
                }
            }
        }
    }

    [Fact]
    public void Inverse_EverySizeAndOrder_IsTheNaiveTransform()
    {
        for (int log = 0; log <= 10; log++)
        {
            TField[] source = FieldTools.Elements<TField>(1 << log, log), expected = new TField[1 << log], actual = new TField[1 << log];
            s_naive.Interpolate(source, TField.One, expected);
            TransformPlan<TField>.Inverse(log, TransformOrder.Natural).Run(source, actual);
            Assert.Equal(expected, actual);
            TransformPlan<TField>.Inverse(log, TransformOrder.BitReversed).Run(source, actual);
            for (int i = 0; i < 1 << log; i++) Assert.Equal(expected[i], actual[Reverse(i, log)]);
            TransformPlan<TField>.Inverse(log, TransformOrder.Natural).Run(source, source);
            Assert.Equal(expected, source);
        }
    }

    [Fact]
    public void FastDft_EverySize_IsTheNaiveTransform()
    {
        var fast = new FastDft<TField>();
        for (int log = 0; log <= 10; log++)
        {
            TField[] source = FieldTools.Elements<TField>((1 << log) * 3 / 4, log), expected = new TField[1 << log], actual = new TField[1 << log];
            s_naive.Evaluate(source, s_shift, expected);
            fast.Evaluate(source, s_shift, actual);
            Assert.Equal(expected, actual);
            s_naive.Interpolate(expected, s_shift, expected);
            fast.Interpolate(actual, s_shift, actual);
            Assert.Equal(expected, actual);
        }
        Assert.Throws<ArgumentException>(() => fast.Evaluate([], s_shift, new TField[3]));
        Assert.Throws<ArgumentException>(() => fast.Evaluate(new TField[4], s_shift, new TField[2]));
        Assert.Throws<ArgumentException>(() => fast.Evaluate([], TField.Zero, new TField[2]));
        Assert.Throws<ArgumentException>(() => fast.Interpolate(new TField[4], s_shift, new TField[2]));
    }

    [Fact]
    public void Transforms_LargeSizes_AgreeWithEvaluationAtPoints()
    {
        foreach (int log in (int[])[11, 12, 13, 14, 17])
        {
            TField[] coefficients = FieldTools.Elements<TField>(1 << log, log), values = new TField[1 << log], back = new TField[1 << log];
            TransformPlan<TField>.Forward(log, s_shift, TransformOrder.BitReversed).Run(coefficients, values);
            TField root = TField.TwoAdicGenerator(log);
            foreach (int i in (int[])[0, 1, 2, 255, 256, 1000, (1 << log) - 1])
                Assert.Equal(FieldMath.Evaluate<TField>(coefficients, s_shift * FieldMath.Power(root, (ulong)i)), values[Reverse(i, log)]);
            TransformPlan<TField>.Forward(log, TField.One, TransformOrder.Natural).Run(coefficients, values);
            TransformPlan<TField>.Inverse(log, TransformOrder.Natural).Run(values, back);
            Assert.Equal(coefficients, back);
        }
    }

    [Fact]
    public void Extend_EverySizeBlowupAndParallelism_IsTheNaiveExtension()
    {
        foreach ((int log, int added) in from log in Enumerable.Range(0, 10) from added in (int[])[1, 2, 3] where log + added <= 10 select (log, added))
        {
            const int Columns = 6;
            var layout = new ColumnLayout(Columns, (1 << log) + 1);
            var extendedLayout = new ColumnLayout(Columns, ColumnLayout.PaddedStride(1 << (log + added)));
            TField[] source = FieldTools.Elements<TField>(Columns * layout.Stride, log), extended = new TField[Columns * extendedLayout.Stride];
            TField[] expected = new TField[1 << (log + added)];
            var extension = new CosetExtension<TField>(log, added, s_shift);
            foreach (int degree in (int[])[1, 2, -1])
            {
                Array.Clear(extended);
                extension.Extend(source, layout, extended, extendedLayout, degree);
                for (int column = 0; column < Columns; column++)
                {
                    new LowDegreeExtension<TField>(s_naive).Extend(source.AsSpan(column * layout.Stride, 1 << log), s_shift, expected);
                    for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], extended[column * extendedLayout.Stride + Reverse(i, log + added)]);
                }
                TField[] inPlace = FieldTools.Elements<TField>(extended.Length, 3);
                for (int column = 0; column < Columns; column++) source.AsSpan(column * layout.Stride, 1 << log).CopyTo(inPlace.AsSpan(column * extendedLayout.Stride));
                extension.ExtendInPlace(inPlace, extendedLayout, degree);
                for (int column = 0; column < Columns; column++)
                    Assert.Equal(extended.AsSpan(column * extendedLayout.Stride, expected.Length), inPlace.AsSpan(column * extendedLayout.Stride, expected.Length));
            }
        }
    }

    [Fact]
    public void Extend_ColumnsThatThreadsShare_AreThoseOfOneThread()
    {
        foreach (int log in (int[])[13, 14, 15, 16])
            foreach ((int columns, int workers) in ((int, int)[])[(1, 2), (1, 3), (1, 40), (3, 2), (5, 4)])
            {
                ColumnLayout layout = new(columns, (1 << log) + 16), extendedLayout = new(columns, (2 << log) + 16);
                TField[] source = FieldTools.Elements<TField>(columns * layout.Stride, log), serial = new TField[columns * extendedLayout.Stride], parallel = new TField[serial.Length];
                var extension = new CosetExtension<TField>(log, 1, s_shift);
                extension.Extend(source, layout, serial, extendedLayout);
                extension.Extend(source, layout, parallel, extendedLayout, workers);
                Assert.Equal(serial, parallel);
                for (int column = 0; column < columns; column++) source.AsSpan(column * layout.Stride, 1 << log).CopyTo(parallel.AsSpan(column * extendedLayout.Stride));
                extension.ExtendInPlace(parallel, extendedLayout, workers);
                Assert.Equal(serial, parallel);
            }
    }

    [Fact]
    public void Blocks_EverySize_AreThoseOfTheExtensionAndGoBack()
    {
        foreach (int log in (int[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15])
        {
            TField[] values = FieldTools.Elements<TField>(1 << log, log), coefficients = new TField[1 << log], extended = new TField[4 << log], block = new TField[1 << log];
            var extension = new CosetExtension<TField>(log, 2, s_shift);
            extension.Extend(values, new ColumnLayout(1, 1 << log), extended, new ColumnLayout(1, 4 << log));
            TransformPlan<TField>.Inverse(log, TransformOrder.Natural).Run(values, coefficients);
            for (int i = 0; i < 4; i++)
            {
                extension.EvaluateBlock(i, coefficients, block);
                Assert.Equal(extended.AsSpan(i << log, 1 << log), block.AsSpan());
                extension.InterpolateBlock(i, block, values);
                Assert.Equal(coefficients, values);
                extension.InterpolateBlock(i, block, block);
                Assert.Equal(coefficients, block);
            }
            Assert.ThrowsAny<ArgumentException>(() => extension.EvaluateBlock(4, coefficients, block));
            Assert.ThrowsAny<ArgumentException>(() => extension.InterpolateBlock(0, extended, block));
        }
    }

    [Fact]
    public void Transforms_OnGuardPages_StayWithin()
    {
        for (int log = 0; log <= 12; log++)
            foreach (GuardSide side in (GuardSide[])[GuardSide.After, GuardSide.Before])
            {
                using GuardedMemory<TField> source = new(FieldTools.Elements<TField>(1 << log, 1), side), extended = new(2 << log, side), to = new(1 << log, side);
                new CosetExtension<TField>(log, 1, s_shift).Extend(source.Span, new ColumnLayout(1, 1 << log), extended.Span, new ColumnLayout(1, 2 << log));
                using GuardedMemory<TField> inPlace = new(2 << log, side);
                source.Span.CopyTo(inPlace.Span);
                new CosetExtension<TField>(log, 1, s_shift).ExtendInPlace(inPlace.Span, new ColumnLayout(1, 2 << log));
                Assert.Equal(extended.Span, inPlace.Span);
                new CosetExtension<TField>(log, 1, s_shift).InterpolateBlock(1, inPlace.Span[(1 << log)..], to.Span);
                TField[] coefficients = to.Span.ToArray();
                TransformPlan<TField>.Inverse(log, TransformOrder.Natural).Run(source.Span, to.Span);
                Assert.Equal(coefficients.AsSpan(), to.Span);
                TransformPlan<TField>.Forward(log, s_shift, TransformOrder.BitReversed).Run(to.Span, to.Span);
                Assert.Equal(to.Span, extended.Span[..(1 << log)]);
            }
    }

    [Fact]
    public void Transforms_WarmedUp_AllocateNothing()
    {
        var plan = TransformPlan<TField>.Inverse(10, TransformOrder.Natural);
        var extension = new CosetExtension<TField>(10, 1, s_shift);
        TField[] source = FieldTools.Elements<TField>(4 << 10, 1), extended = new TField[8 << 10];
        var fast = new FastDft<TField>();
        AllocationAssert.None(() =>
        {
            plan.Run(source, new ColumnLayout(4, 1 << 10), source, new ColumnLayout(4, 1 << 10));
            extension.Extend(source, new ColumnLayout(4, 1 << 10), extended, new ColumnLayout(4, 2 << 10));
            fast.Interpolate(extended, s_shift, extended);
            extension.ExtendInPlace(extended, new ColumnLayout(4, 2 << 10));
            extension.InterpolateBlock(1, extended.AsSpan(1 << 10, 1 << 10), extended.AsSpan(0, 1 << 10));
            extension.EvaluateBlock(1, extended.AsSpan(0, 1 << 10), extended.AsSpan(1 << 10, 1 << 10));
        });
    }

    [Fact]
    public void Arguments_OutOfDomain_Throw()
    {
        var plan = TransformPlan<TField>.Forward(3, TField.One, TransformOrder.Natural);
        var columns = new TField[32];
        Assert.ThrowsAny<ArgumentException>(() => TransformPlan<TField>.Forward(-1, TField.One, TransformOrder.Natural));
        Assert.ThrowsAny<ArgumentException>(() => TransformPlan<TField>.Forward(TField.TwoAdicity + 1, TField.One, TransformOrder.Natural));
        Assert.ThrowsAny<ArgumentException>(() => TransformPlan<TField>.Forward(3, TField.Zero, TransformOrder.Natural));
        Assert.ThrowsAny<ArgumentException>(() => plan.Run(columns, new ColumnLayout(5, 8), columns, new ColumnLayout(5, 8)));
        Assert.ThrowsAny<ArgumentException>(() => plan.Run(columns, new ColumnLayout(2, 7), columns, new ColumnLayout(2, 7)));
        Assert.ThrowsAny<ArgumentException>(() => plan.Run(columns, new ColumnLayout(2, 8), columns, new ColumnLayout(1, 8)));
        Assert.ThrowsAny<ArgumentException>(() => plan.Run(columns, new ColumnLayout(2, 8), columns.AsSpan(1), new ColumnLayout(2, 8)));
        Assert.ThrowsAny<ArgumentException>(() => plan.Run(columns, new ColumnLayout(2, 8), new TField[16], new ColumnLayout(2, 8), 0));
        Assert.ThrowsAny<ArgumentException>(() => new CosetExtension<TField>(3, 0, s_shift));
        Assert.ThrowsAny<ArgumentException>(() => new CosetExtension<TField>(3, 1, TField.Zero));
        var extension = new CosetExtension<TField>(3, 1, s_shift);
        Assert.ThrowsAny<ArgumentException>(() => extension.Extend(columns.AsSpan(0, 8), new ColumnLayout(1, 8), columns.AsSpan(4), new ColumnLayout(1, 16)));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => plan.Run(columns, new ColumnLayout(2, 8), columns, new ColumnLayout(2, 8), 1, source.Token));
    }

    private static int Reverse(int value, int bits) => (int)((ulong)ReverseAll((uint)value) << bits >> 32);

    private static uint ReverseAll(uint value)
    {
        uint reversed = 0;
        for (int i = 0; i < 32; i++) reversed |= (value >> i & 1) << (31 - i);
        return reversed;
    }
}
