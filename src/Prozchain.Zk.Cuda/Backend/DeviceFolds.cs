using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Folds of codewords on the device: as <see cref="FoldRows{TField}"/>, <see cref="CodewordFold{TField, TParameters}"/> and <see cref="CodewordSum{TField, TParameters}"/> compute them.</summary>
/// <param name="session">The session; its caller's turn.</param>
/// <param name="roots">See <see cref="TransformTables"/>.</param>
internal sealed class DeviceFolds<TField, TParameters>(DeviceSession session, DeviceBuffer roots)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private const int MaxLogArity = 3;

    private static readonly string s_prefix = KernelPrefix.Of<TField, TParameters>();

    private static int Degree => TParameters.Degree;

    private static KernelName Kernel(string name) => KernelPrefix.Of("folds", s_prefix, name);

    /// <summary>The matrix whose row is 2^logArity neighbouring values, coordinate by coordinate: where it lies in the codeword.</summary>
    public static IReadOnlyList<DeviceColumns> Rows(DeviceCodeword<TField> codeword, int logArity)
    {
        if (logArity is < 1 or > MaxLogArity) throw new ArgumentOutOfRangeException(nameof(logArity), logArity, $"Expected 1 to {MaxLogArity}.");
        DeviceMatrix values = codeword.Columns;
        List<DeviceColumns> columns = [];
        for (int value = 0; value < 1 << logArity; value++)
            for (int power = 0; power < Degree; power++)
                columns.Add(new(values.Column(power) + (ulong)value * DeviceMatrix.ElementSize, 1, Stride: 0, RowStride: 1 << logArity));
        return columns;
    }

    /// <summary>The fold of a codeword's rows.</summary>
    /// <param name="codeword">The codeword, which stays as it is.</param>
    /// <param name="logArity">log2 of the values of a row.</param>
    /// <param name="beta">The challenge.</param>
    public DeviceCodeword<TField> Fold(DeviceCodeword<TField> codeword, int logArity, Extension<TField, TParameters> beta)
    {
        int logRows = codeword.LogSize - logArity;
        DeviceMatrix folded = DeviceMatrix.Allocate(session, logRows, 0, Degree, "a folded codeword");
        using DeviceBuffer challenge = session.Upload<TField>(RawElements.Coordinates(beta), "a challenge");
        session.Launch(
            Kernel($"fold{logArity}"), KernelGrid.ForEach(1L << logRows), folded.Column(0), codeword.Columns.Column(0), challenge, logRows,
            RawElements.Of(codeword.Shift.Inverse()), roots);
        return new(folded, FieldMath.Power(codeword.Shift, 1UL << logArity));
    }

    /// <summary>Adds a multiple of another codeword, position by position.</summary>
    public void Add(DeviceCodeword<TField> sum, DeviceCodeword<TField> other, Extension<TField, TParameters> factor)
    {
        using DeviceBuffer scale = session.Upload<TField>(RawElements.Coordinates(factor), "a challenge");
        session.Launch(Kernel("add_scaled"), KernelGrid.ForEach(1L << sum.LogSize), sum.Columns.Column(0), other.Columns.Column(0), scale, 1L << sum.LogSize);
    }

    /// <summary>The values, for the processor.</summary>
    public Codeword<TField> Read(DeviceCodeword<TField> codeword)
    {
        Codeword<TField> read = new(codeword.LogSize, Degree, codeword.Shift);
        for (int power = 0; power < Degree; power++) session.Read(codeword.Columns.Values, codeword.Columns.At(power), read.Column(power));
        return read;
    }
}
