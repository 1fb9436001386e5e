using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Tests.Backend;

[Collection(nameof(DeviceTests))]
public sealed class DeviceTransformsTests
{
    // One tile of every size, two passes, three.
    [Theory]
    [InlineData(0, 1, 3)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 3, 5)]
    [InlineData(5, 1, 7)]
    [InlineData(6, 2, 3)]
    [InlineData(9, 1, 2)]
    [InlineData(12, 1, 2)]
    [InlineData(13, 2, 2)]
    [InlineData(15, 1, 3)]
    [InlineData(21, 1, 1)]
    public void Extend_FromEitherOrder_IsTheHosts(int logRows, int logBlowup, int width)
    {
        CheckExtend<Field31<KoalaBear>>(logRows, logBlowup, width);
        if (logRows < 21) CheckExtend<Field31<BabyBear>>(logRows, logBlowup, width);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(13)]
    public void Block_BeyondTheExtension_IsTheHosts(int logRows)
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1L << 30);
        using DeviceTransforms<Field31<KoalaBear>> transforms = new(session);
        Field31<KoalaBear>[] columns = Draw<Field31<KoalaBear>>(3 << logRows);
        // A block is the same in every domain that has it.
        var expected = new Field31<KoalaBear>[12 << logRows];
        new CosetExtension<Field31<KoalaBear>>(logRows, 2, Field31<KoalaBear>.MultiplicativeGenerator).Extend(columns, new(3, 1 << logRows), expected, new(3, 4 << logRows));
        using DeviceMatrix matrix = Extended(session, transforms, columns, logRows, 1, 3, TransformOrder.Natural, Field31<KoalaBear>.MultiplicativeGenerator);
        for (int block = 0; block < 4; block++)
        {
            using DeviceMatrix values = transforms.Block(matrix, block, "a block");
            var got = new Field31<KoalaBear>[3 << logRows];
            session.Read(values.Values, 0, got.AsSpan());
            for (int column = 0; column < 3; column++)
                Assert.True(expected.AsSpan((4 * column + block) << logRows, 1 << logRows).SequenceEqual(got.AsSpan(column << logRows, 1 << logRows)), $"block {block}, column {column}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(14)]
    public void Interpolate_ThenEvaluate_IsTheExtension(int logRows)
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1L << 30);
        using DeviceTransforms<Field31<KoalaBear>> transforms = new(session);
        Field31<KoalaBear>[] columns = Draw<Field31<KoalaBear>>(2 << logRows);
        Field31<KoalaBear> shift = Field31<KoalaBear>.FromUInt64(12345);
        using DeviceMatrix expected = Extended(session, transforms, columns, logRows, 1, 2, TransformOrder.BitReversed, shift);
        using DeviceMatrix coefficients = DeviceMatrix.Allocate(session, logRows, 0, 2, "coefficients"), got = DeviceMatrix.Allocate(session, logRows, 1, 2, "values");
        session.Write<Field31<KoalaBear>>(coefficients.Values, 0, columns);
        transforms.Interpolate(coefficients);
        transforms.Evaluate(coefficients, shift, got);
        Assert.Equal(Read<Field31<KoalaBear>>(session, expected), Read<Field31<KoalaBear>>(session, got));
        // The coefficients say what the columns were: at the first point of their coset.
        var values = new Field31<KoalaBear>[2 << logRows];
        session.Read(coefficients.Values, 0, values.AsSpan());
        for (int column = 0; column < 2; column++)
        {
            Field31<KoalaBear> sum = default;
            foreach (Field31<KoalaBear> value in values.AsSpan(column << logRows, 1 << logRows)) sum += value;
            Assert.Equal(columns[column << logRows], sum);
        }
    }

    private static void CheckExtend<TField>(int logRows, int logBlowup, int width) where TField : unmanaged, ITwoAdicField<TField>
    {
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1L << 30);
        using DeviceTransforms<TField> transforms = new(session);
        TField shift = TField.MultiplicativeGenerator;
        TField[] columns = Draw<TField>(width << logRows);
        var extension = new CosetExtension<TField>(logRows, logBlowup, shift);
        var expected = new TField[width << (logRows + logBlowup)];
        extension.Extend(columns, new(width, 1 << logRows), expected, new(width, 1 << (logRows + logBlowup)));

        using DeviceMatrix natural = Extended(session, transforms, columns, logRows, logBlowup, width, TransformOrder.Natural, shift);
        Assert.True(expected.AsSpan().SequenceEqual(Read<TField>(session, natural)), "from natural order");
        for (int column = 0; column < width; column++) session.Write<TField>(natural.Values, natural.At(column), columns.AsSpan(column << logRows, 1 << logRows));
        transforms.Extend(natural.Run(0, logRows), TransformOrder.Natural, shift, natural);
        Assert.True(expected.AsSpan().SequenceEqual(Read<TField>(session, natural)), "in its place");
        for (int column = 0; column < width; column++) DomainPoints<TField>.Permute(columns.AsSpan(column << logRows, 1 << logRows));
        using DeviceMatrix reversed = Extended(session, transforms, columns, logRows, logBlowup, width, TransformOrder.BitReversed, shift);
        Assert.True(expected.AsSpan().SequenceEqual(Read<TField>(session, reversed)), "from bit-reversed order");
    }

    private static DeviceMatrix Extended<TField>(
        DeviceSession session, DeviceTransforms<TField> transforms, TField[] columns, int logRows, int logBlowup, int width, TransformOrder order, TField factor)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        DeviceMatrix target = DeviceMatrix.Allocate(session, logRows, logBlowup, width, "the extension");
        using DeviceMatrix source = DeviceMatrix.Allocate(session, logRows, 0, width, "the columns");
        session.Write<TField>(source.Values, 0, columns);
        transforms.Extend(source, order, factor, target);
        return target;
    }

    private static TField[] Read<TField>(DeviceSession session, DeviceMatrix matrix) where TField : unmanaged
    {
        var values = new TField[matrix.Width * matrix.Stride];
        session.Read(matrix.Values, 0, values.AsSpan());
        return values;
    }

    private static TField[] Draw<TField>(int count) where TField : unmanaged, IField<TField>
    {
        var random = new Random(count);
        var values = new TField[count];
        foreach (ref TField value in values.AsSpan()) value = TField.FromUInt64((ulong)random.NextInt64());
        return values;
    }
}
