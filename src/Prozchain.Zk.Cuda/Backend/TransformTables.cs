using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The powers of roots of unity that transforms look up: of the root w of the largest order w^i below 2^12, then w^(2^12 i).</summary>
internal static class TransformTables
{
    private const int FineLog = 12;

    /// <summary>Bytes of the table.</summary>
    public static long Bytes<TField>() where TField : unmanaged, ITwoAdicField<TField> => (long)DeviceMatrix.ElementSize * ((1 << FineLog) + (1 << (TField.TwoAdicity - FineLog)));

    /// <summary>Makes the table on the device.</summary>
    public static DeviceBuffer Upload<TField>(DeviceSession session) where TField : unmanaged, ITwoAdicField<TField>
    {
        int fine = 1 << FineLog, coarse = 1 << (TField.TwoAdicity - FineLog);
        TField root = TField.TwoAdicGenerator(TField.TwoAdicity), step = FieldMath.Power(root, (ulong)fine);
        var table = new TField[fine + coarse];
        FillPowers(table.AsSpan(0, fine), TField.One, root);
        FillPowers(table.AsSpan(fine), TField.One, step);
        return session.Upload<TField>(table, "roots of unity");
    }

    /// <summary>first, first * ratio, …</summary>
    public static void FillPowers<TField>(Span<TField> powers, TField first, TField ratio) where TField : unmanaged, IField<TField>
    {
        foreach (ref TField power in powers)
        {
            power = first;
            first *= ratio;
        }
    }
}
