using Prozchain.Benchmarks.Quick;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Zk;

/// <summary>
/// Field kernels, one thread, operands in the first-level cache; held against SHA-256 of the run. The peer's figures are
/// of its own machine, where that hash makes 1.79 GB/s.
/// </summary>
internal static class FieldRows
{
    private const string Area = "Zk";
    private const string PeerName = "Plonky3, Zen 5";
    private const double PeerSha256 = 1.79;

    // Three operands fit the cache; lengths off the powers of two keep them from sharing sets.
    private const int Length = 2048 + 48;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Row("KoalaBear packed mul", 16.1, 12, 16, Multiply),
        Row("KoalaBear packed add", null, null, null, Add),
        Row("KoalaBear dot product", null, null, null, Dot),
        Row("KoalaBear Horner by lanes", null, null, null, Horner),
        Row("KoalaBear batch inversion", null, null, null, Invert),
        Row("quartic extension mul, packed", 1.2, 1.0, 2, Extension<KoalaBear4>),
        Row("quintic extension mul, packed", null, 0.7, 1.4, Extension<KoalaBear5>),
        Row("Goldilocks packed mul", null, null, null, MultiplyGoldilocks),
    ];

    private static QuickRow Row(string name, double? peer, double? floor, double? aim, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, name + ", 1 thread", "G/s", prepare) with
        {
            Against = Yardstick.Sha256,
            Peer = peer is { } value ? new Peer(PeerName) { Value = value, Ratio = value / PeerSha256 } : null,
            Floor = floor is { } least ? new Goal(GoalOf.Value, least) : null,
            Aim = aim is { } most ? new Goal(GoalOf.Value, most) : null,
        };

    private static QuickBody Multiply()
    {
        F[] x = Elements(1), y = Elements(2), product = new F[Length];
        return Repeat(() => FieldSpans.Multiply<F>(x, y, product));
    }

    private static QuickBody MultiplyGoldilocks()
    {
        Goldilocks[] x = [.. Enumerable.Range(1, Length / 2).Select(i => Goldilocks.FromUInt64((ulong)i * 0x9E3779B97F4A7C15))], product = new Goldilocks[x.Length];
        return Repeat(() => FieldSpans.Multiply<Goldilocks>(x, x, product), x.Length);
    }

    private static QuickBody Add()
    {
        F[] x = Elements(1), y = Elements(2), sum = new F[Length];
        return Repeat(() => FieldSpans.Add<F>(x, y, sum));
    }

    private static QuickBody Dot()
    {
        F[] x = Elements(1), y = Elements(2);
        return Repeat(() => FieldSpans.DotProduct<F>(x, y));
    }

    private static QuickBody Horner()
    {
        F[] x = Elements(1);
        return Repeat(() => FieldSpans.Evaluate<F>(x, F.FromUInt32(12345)));
    }

    private static QuickBody Invert()
    {
        F[] x = Elements(1), inverses = new F[Length];
        return Repeat(() => FieldSpans.Invert<F>(x, inverses));
    }

    private static QuickBody Extension<TParameters>() where TParameters : struct, IExtensionParameters<F>
    {
        F[] x = Elements(1), y = Elements(2), product = new F[Length];
        var layout = new ColumnLayout(TParameters.Degree, Length / TParameters.Degree);
        int length = layout.Stride / 16 * 16;
        return Repeat(() => ExtensionColumns.Multiply<F, TParameters>(x, y, product, length, layout), length);
    }

    private static QuickBody Repeat(Action action, int amount = Length)
    {
        const int Times = 100;
        return new QuickBody(() =>
        {
            for (int i = 0; i < Times; i++) action();
        }, (double)Times * amount * 1e-9);
    }

    private static F[] Elements(uint seed) => [.. Enumerable.Range(1, Length).Select(i => F.FromUInt64((ulong)i * 0x9E3779B97F4A7C15 * seed))];
}
