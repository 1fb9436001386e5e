using Prozchain.Benchmarks.Quick;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Zk;

/// <summary>
/// Transforms of many columns, million input elements a second; held against memcpy of the run. The peer's figures are of
/// its own machine (memcpy 20 GB/s) at 2^20 rows; the short table takes 2^16 rows, where columns fit a second-level cache.
/// </summary>
internal static class TransformRows
{
    private const string Area = "Zk";
    private const double PeerMemcpy = 20;
    private const int LogSize = 16, Columns = 64;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Row("coset extension x2, 2^16 x 64, 1 thread", 127, 110, 250, () => Extend(LogSize, Columns, 1)),
        Row("coset extension x2, 2^16 x 64, 2 threads", 243, 200, 450, () => Extend(LogSize, Columns, 2)),
        Row("coset extension x2, 2^20 x 64, 1 thread", 127, 110, 250, () => Extend(20, 64, 1)),
        Row("coset extension x2, 2^20 x 64, 2 threads", 243, 200, 450, () => Extend(20, 64, 2)),
        Row("coset extension x2, 2^20 x 1, shared by 2 threads", null, null, null, () => Extend(20, 1, 2)),
        Row("coset extension x2, 2^15 x 1312, 2 threads", 243, 200, 450, () => Extend(15, 1312, 2)),
        Row("coset extension x2 within the columns, 2^20 x 64, 1 thread", null, null, null, ExtendInPlace),
        Row("Goldilocks coset extension x2, 2^16 x 64, 1 thread", null, null, null, () => Extend<Goldilocks>(LogSize, Columns, 1)) with
        {
            FromYardstick = static rate => rate * 1000 / sizeof(ulong),
        },
        Row("transform in place, 2^16 x 64, 1 thread", 458, null, null, Transform),
        Row("barycentric evaluation, 2^16 x 64, quartic point, 1 thread", null, null, null, Evaluate),
    ];

    private static QuickRow Row(string name, double? peer, double? floor, double? aim, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name, "M elements/s", prepare) with
        {
            Against = Yardstick.Memcpy,
            // Four bytes an element: what copying it would make.
            FromYardstick = static rate => rate * 1000 / sizeof(uint),
            Peer = peer is { } value ? new Peer("Plonky3, Zen 5") { Value = value, Ratio = value / (PeerMemcpy * 1000 / sizeof(uint)) } : null,
            Floor = floor is { } least ? new Goal(GoalOf.Value, least) : null,
            Aim = aim is { } most ? new Goal(GoalOf.Value, most) : null,
        };

    private static QuickBody Extend(int logSize, int columns, int threads) => Extend<F>(logSize, columns, threads);

    private static QuickBody Extend<T>(int logSize, int columns, int threads) where T : unmanaged, ITwoAdicField<T>
    {
        var extension = new CosetExtension<T>(logSize, 1, T.MultiplicativeGenerator);
        var layout = new ColumnLayout(columns, ColumnLayout.PaddedStride(extension.Size));
        var extendedLayout = new ColumnLayout(columns, ColumnLayout.PaddedStride(extension.ExtendedSize));
        T[] values = Elements<T>(layout), extended = Elements<T>(extendedLayout);
        return new QuickBody(() => extension.Extend(values, layout, extended, extendedLayout, threads), 1e-6 * columns * extension.Size);
    }

    private static QuickBody ExtendInPlace()
    {
        var extension = new CosetExtension<F>(20, 1, F.MultiplicativeGenerator);
        var layout = new ColumnLayout(Columns, ColumnLayout.PaddedStride(extension.ExtendedSize));
        F[] values = Elements(layout);
        return new QuickBody(() => extension.ExtendInPlace(values, layout), 1e-6 * Columns * extension.Size);
    }

    private static QuickBody Transform()
    {
        var plan = TransformPlan<F>.Forward(LogSize, F.One, TransformOrder.BitReversed);
        var layout = new ColumnLayout(Columns, ColumnLayout.PaddedStride(plan.Size));
        F[] values = Elements(layout);
        return new QuickBody(() => plan.Run(values, layout, values, layout), 1e-6 * Columns * plan.Size);
    }

    private static QuickBody Evaluate()
    {
        var point = E.FromCoefficients([F.FromUInt32(1), F.FromUInt32(2), F.FromUInt32(3), F.FromUInt32(4)]);
        var barycentric = new Barycentric<F, E>(LogSize, F.MultiplicativeGenerator, point, TransformOrder.BitReversed);
        var layout = new ColumnLayout(Columns, ColumnLayout.PaddedStride(1 << LogSize));
        F[] values = Elements(layout);
        var results = new E[Columns];
        return new QuickBody(() => barycentric.Evaluate(values, layout, results), 1e-6 * Columns * (1 << LogSize));
    }

    private static F[] Elements(ColumnLayout layout) => Elements<F>(layout);

    private static T[] Elements<T>(ColumnLayout layout) where T : unmanaged, ITwoAdicField<T>
    {
        T[] elements = GC.AllocateUninitializedArray<T>(layout.Count * layout.Stride);
        for (int i = 0; i < elements.Length; i++) elements[i] = T.FromUInt64((ulong)i * 0x9E3779B97F4A7C15);
        return elements;
    }
}
