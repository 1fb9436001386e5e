using System.Runtime.CompilerServices;
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

    // Three runs fit the cache. They lie side by side on whole cache lines, a kilobyte past a multiple of 4096 bytes apart:
    // a store that agrees with a load shortly after it in the low twelve bits of the address holds that load up.
    private const int Length = 2048 + 256;

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
        Operands<F> runs = Elements();
        return Repeat(() => FieldSpans.Multiply<F>(runs[0], runs[1], runs[2]));
    }

    private static QuickBody MultiplyGoldilocks()
    {
        var runs = new Operands<Goldilocks>(Length / 2, i => Goldilocks.FromUInt64((ulong)i * 0x9E3779B97F4A7C15));
        return Repeat(() => FieldSpans.Multiply<Goldilocks>(runs[0], runs[1], runs[2]), Length / 2);
    }

    private static QuickBody Add()
    {
        Operands<F> runs = Elements();
        return Repeat(() => FieldSpans.Add<F>(runs[0], runs[1], runs[2]));
    }

    private static QuickBody Dot()
    {
        Operands<F> runs = Elements();
        return Repeat(() => FieldSpans.DotProduct<F>(runs[0], runs[1]));
    }

    private static QuickBody Horner()
    {
        Operands<F> runs = Elements();
        return Repeat(() => FieldSpans.Evaluate<F>(runs[0], F.FromUInt32(12345)));
    }

    private static QuickBody Invert()
    {
        Operands<F> runs = Elements();
        return Repeat(() => FieldSpans.Invert<F>(runs[0], runs[2]));
    }

    private static QuickBody Extension<TParameters>() where TParameters : struct, IExtensionParameters<F>
    {
        Operands<F> runs = Elements();
        var layout = new ColumnLayout(TParameters.Degree, Length / TParameters.Degree);
        int length = layout.Stride / 16 * 16;
        return Repeat(() => ExtensionColumns.Multiply<F, TParameters>(runs[0], runs[1], runs[2], length, layout), length);
    }

    private static QuickBody Repeat(Action action, int amount = Length)
    {
        const int Times = 100;
        return new QuickBody(() =>
        {
            for (int i = 0; i < Times; i++) action();
        }, (double)Times * amount * 1e-9);
    }

    private static Operands<F> Elements() => new(Length, i => F.FromUInt64((ulong)i * 0x9E3779B97F4A7C15));

    /// <summary>Three runs side by side, the first of them on a cache line.</summary>
    private sealed class Operands<T> where T : unmanaged
    {
        private readonly T[] _room;
        private readonly int _first, _length;

        public unsafe Operands(int length, Func<int, T> element)
        {
            _length = length;
            _room = GC.AllocateUninitializedArray<T>(3 * length + 64 / sizeof(T), pinned: true);
            _first = (int)((0 - (nuint)Unsafe.AsPointer(ref _room[0])) % 64) / sizeof(T);
            for (int i = 0; i < _room.Length; i++) _room[i] = element(i + 1);
        }

        public Span<T> this[int run] => _room.AsSpan(_first + run * _length, _length);
    }
}
