using System.Runtime.InteropServices;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Tests.Backend;

[Collection(nameof(DeviceTests))]
public sealed class DeviceFoldsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    [InlineData(7, 3)]
    [InlineData(10, 1)]
    public void Fold_OfRows_IsTheHosts(int logSize, int logArity)
    {
        Check<Field31<KoalaBear>, KoalaBear4>(logSize, logArity);
        Check<Field31<KoalaBear>, KoalaBear5>(logSize, logArity);
        Check<Field31<KoalaBear>, KoalaBear6>(logSize, logArity);
        Check<Field31<KoalaBear>, KoalaBear8>(logSize, logArity);
        Check<Field31<BabyBear>, BabyBear4>(logSize, logArity);
    }

    private static void Check<TField, TParameters>(int logSize, int logArity)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        Samples<TField, TParameters> samples = new(logSize);
        TField shift = TField.FromUInt64(77);
        var codeword = new Codeword<TField>(logSize, TParameters.Degree, shift);
        for (int power = 0; power < TParameters.Degree; power++) samples.Elements(1 << logSize).CopyTo(codeword.Column(power));
        var rows = new FoldRows<TField>(codeword, logArity);
        Extension<TField, TParameters> beta = samples.Extended(), factor = samples.Extended();
        Codeword<TField> expected = CodewordFold<TField, TParameters>.Fold(rows, beta, new(), 1, default);

        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1L << 28);
        using DeviceTransforms<TField> transforms = new(session);
        DeviceFolds<TField, TParameters> folds = new(session, transforms.Roots);
        using DeviceCodeword<TField> uploaded = Upload(session, codeword);
        IReadOnlyList<DeviceColumns> inPlace = DeviceFolds<TField, TParameters>.Rows(uploaded, logArity);
        ReadOnlyMemory<TField>[] columns = rows.Columns();
        Assert.Equal(columns.Length, inPlace.Count);
        for (int column = 0; column < columns.Length; column++)
        {
            ulong[] addresses = [.. Enumerable.Range(0, 1 << (logSize - logArity)).Select(row => inPlace[column].At(row, 0))];
            Assert.True(MemoryMarshal.Cast<TField, uint>(columns[column].Span).SequenceEqual(DeviceGather.Read(session, addresses)), $"column {column}");
        }

        using DeviceCodeword<TField> folded = folds.Fold(uploaded, logArity, beta);
        Compare(expected, folds.Read(folded));

        var other = new Codeword<TField>(logSize, TParameters.Degree, shift);
        for (int power = 0; power < TParameters.Degree; power++) samples.Elements(1 << logSize).CopyTo(other.Column(power));
        using DeviceCodeword<TField> added = Upload(session, other);
        folds.Add(uploaded, added, factor);
        CodewordSum<TField, TParameters>.AddScaled(codeword, other, factor);
        Compare(codeword, folds.Read(uploaded));
    }

    private static void Compare<TField>(Codeword<TField> expected, Codeword<TField> got) where TField : unmanaged, ITwoAdicField<TField>
    {
        Assert.Equal((expected.LogSize, expected.Shift), (got.LogSize, got.Shift));
        for (int power = 0; power < expected.Degree; power++) Assert.True(expected.Column(power).SequenceEqual(got.Column(power)), $"coordinate {power}");
    }

    private static DeviceCodeword<TField> Upload<TField>(DeviceSession session, Codeword<TField> codeword) where TField : unmanaged, ITwoAdicField<TField>
    {
        DeviceMatrix columns = DeviceMatrix.Allocate(session, codeword.LogSize, 0, codeword.Degree, "a codeword");
        for (int power = 0; power < codeword.Degree; power++) session.Write<TField>(columns.Values, power * columns.Stride * DeviceMatrix.ElementSize, codeword.Column(power));
        return new(columns, codeword.Shift);
    }
}
