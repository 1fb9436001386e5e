using Prozchain.Zk.Air;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Two tables of different heights, one of which asks for what the other has: the statement that is lied about.</summary>
internal static class PitfallCase
{
    public const int AskedLog = 7, Values = 64;

    public static readonly Bus Numbers = new("numbers", 1, BusKind.Lookup);

    public static StarkKey<F> Key(bool hiding = false, GrindingBits grinding = default, int queries = 24, int arity = 2, Bus? asked = null, ulong first = 0, int chunked = 2,
        int blowup = 2, ulong start = 0) =>
        Key([new Asking(asked ?? Numbers, chunked, start), new Having(first)], hiding, grinding, queries, arity, blowup: blowup);

    public static StarkKey<F> Key(IAir[] airs, bool hiding = false, GrindingBits grinding = default, int queries = 24, int arity = 2, int least = 6, int most = 8, int blowup = 2) =>
        StarkKey.Create<F>(airs, StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>(airs, least, most, hiding), 4, blowup, queries, grinding, arity, 1));

    public static (Trace<F>[] Traces, F[][] Publics) Witness(int seed = 1, ulong first = 0)
    {
        var random = new Random(seed);
        Trace<F> asking = new(2, 1 << AskedLog), having = new(1, Values);
        var counts = new uint[Values];
        F sum = F.Zero;
        for (int row = 0; row < asking.Height; row++)
        {
            int value = random.Next(Values);
            counts[value]++;
            (asking[0, row], asking[1, row]) = (F.FromUInt64((ulong)value + first), sum += F.FromUInt64((ulong)value + first));
        }
        for (int row = 0; row < Values; row++) having[0, row] = F.FromUInt64(counts[row]);
        return ([asking, having], [[sum], []]);
    }

    public static LyingProver Prover(StarkKey<F> key, int seed = 1)
    {
        (Trace<F>[] traces, F[][] publics) = Witness(seed);
        return new(key, traces, publics);
    }

    public static VerifyResult Verify(StarkKey<F> key, StarkProof proof, int seed = 1) => StarkVerifier.Verify(key, Witness(seed).Publics, proof);
}

/// <summary>Sums numbers from a start on, each of which the other table must have.</summary>
internal readonly struct Asking(Bus bus, int degree = 2, ulong start = 0) : IAir
{
    public AirShape Shape => new() { Name = "asking", Width = 2, PublicValues = 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        b.AssertEqual(Rows.First, b.Local(1), b.Local(0) + b.Constant(start), "start");
        b.AssertEqual(Rows.Transition, b.Next(1), b.Local(1) + b.Next(0), "step");
        b.AssertEqual(Rows.Last, b.Local(1), b.Public(0), "total");
        TValue power = b.Local(1) - b.Local(0);
        for (int i = 1; i < degree; i++) power *= b.Local(0);
        b.AssertZero(Rows.First, power, "of a degree");
        var message = new TValue[bus.Length];
        for (int i = 0; i < message.Length; i++) message[i] = i == 0 ? b.Local(0) : b.Constant(0);
        b.Send(bus, b.Constant(1), message);
    }
}

/// <summary>The numbers from one on.</summary>
internal readonly struct Having(ulong first = 0) : IAir
{
    public AirShape Shape => new() { Name = "having", Width = 1, PreprocessedWidth = 1, Height = PitfallCase.Values };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> => b.Receive(PitfallCase.Numbers, b.Local(0), [b.Preprocessed(0)]);

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, Prozchain.Zk.Fields.IField<TField>
    {
        for (int row = 0; row < PitfallCase.Values; row++) columns[0, row] = TField.FromUInt64(first + (ulong)row);
    }
}
