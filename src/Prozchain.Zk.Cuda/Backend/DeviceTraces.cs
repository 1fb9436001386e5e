using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Traces of shipped AIRs that kernels make from their inputs, with the cells that <see cref="TraceSource{TField}.Fill"/> writes.</summary>
internal static class DeviceTraces
{
    private const int Threads = 128, KeccakWords = 51, Blake3Words = 29, Sha256Words = 25;

    /// <summary>Whether there is a kernel for a source.</summary>
    public static bool Makes<TField>(TraceSource<TField> source) where TField : struct, IField<TField> =>
        source is Poseidon2Source<KoalaBear> or Poseidon2Source<BabyBear>
        || (source is KeccakSource<TField> or Blake3Source<TField> or Sha256Source<TField> && (typeof(TField) == typeof(Field31<KoalaBear>) || typeof(TField) == typeof(Field31<BabyBear>)));

    /// <summary>Those of some traces that there are kernels for, the others null.</summary>
    public static TraceSource<TField>?[] Of<TField>(IReadOnlyList<Trace<TField>> traces) where TField : struct, IField<TField> =>
        [.. traces.Select(trace => trace.Source is { } source && Makes(source) ? source : null)];

    /// <summary>Bytes that <see cref="Make"/> takes besides, at most.</summary>
    public static long Bytes<TField>(TraceSource<TField> source) where TField : struct, IField<TField> => sizeof(uint) * source switch
    {
        Poseidon2Source<KoalaBear> of => (long)of.Inputs.Length + of.Asked.Length + Constants<KoalaBear>(),
        Poseidon2Source<BabyBear> of => (long)of.Inputs.Length + of.Asked.Length + Constants<BabyBear>(),
        KeccakSource<TField> of => (long)KeccakWords * of.Inputs.Length,
        Blake3Source<TField> of => (long)Blake3Words * of.Inputs.Length,
        Sha256Source<TField> of => (long)Sha256Words * of.Inputs.Length,
        _ => 0L,
    } + sizeof(uint);

    /// <summary>Writes every cell.</summary>
    /// <param name="session">The session.</param>
    /// <param name="source">One that there is a kernel for.</param>
    /// <param name="target">Columns of its shape, which may be views.</param>
    public static void Make<TField>(DeviceSession session, TraceSource<TField> source, DeviceMatrix target) where TField : struct, IField<TField>
    {
        switch (source)
        {
            case Poseidon2Source<KoalaBear> of: Poseidon2(session, of, target); break;
            case Poseidon2Source<BabyBear> of: Poseidon2(session, of, target); break;
            case KeccakSource<TField> of: Write<TField>(session, "keccak", of.Inputs.Length, Words(of.Inputs.Span), target); break;
            case Blake3Source<TField> of: Write<TField>(session, "blake3", of.Inputs.Length, Words(of.Inputs.Span), target); break;
            case Sha256Source<TField> of: Write<TField>(session, "sha256", of.Inputs.Length, Words(of.Inputs.Span), target); break;
            default: throw new ArgumentException($"Expected a source that there is a kernel for, got {source.GetType().Name}.", nameof(source));
        }
    }

    private static int Constants<TParameters>() where TParameters : struct, IField31Parameters =>
        Poseidon2Core<TParameters>.Width16.Constants.Length + Poseidon2Core<TParameters>.Width16.Instance.Diagonal.Length;

    private static KernelGrid Rows(DeviceMatrix target) => new(((1L << target.LogRows) + Threads - 1) / Threads, Threads);

    private static void Poseidon2<TParameters>(DeviceSession session, Poseidon2Source<TParameters> source, DeviceMatrix target)
        where TParameters : struct, IField31Parameters
    {
        Poseidon2Core<TParameters> core = Poseidon2Core<TParameters>.Width16;
        using DeviceBuffer constants = session.Upload<Field31<TParameters>>([.. core.Constants, .. core.Instance.Diagonal], "constants of permutations");
        using DeviceBuffer inputs = session.Upload(source.Inputs.Span, "inputs of permutations");
        using DeviceBuffer? asked = source.Asked.IsEmpty ? null : session.Upload(source.Asked.Span, "counters of permutations");
        session.Launch(
            new("traces_poseidon2", $"{KernelPrefix.Of<Field31<TParameters>>()}_poseidon2_trace"), Rows(target) with { BlocksY = source.Permutations }, target.Column(0), target.Stride,
            1 << target.LogRows, source.Permutations, inputs, (long)source.Count, source.OnBus ? 1 : 0, asked?.Address ?? 0, constants);
    }

    private static void Write<TField>(DeviceSession session, string hash, int count, uint[] words, DeviceMatrix target)
    {
        using DeviceBuffer inputs = session.Upload<uint>(words, $"inputs of {hash}");
        session.Launch(new($"traces_{hash}", $"{KernelPrefix.Of<TField>()}_{hash}_trace"), Rows(target), target.Column(0), target.Stride, 1 << target.LogRows, inputs, count);
    }

    // Lanes, the lower word first; the counter.
    private static uint[] Words(ReadOnlySpan<KeccakInput> inputs)
    {
        var words = new uint[inputs.Length * KeccakWords];
        for (int i = 0; i < inputs.Length; i++)
        {
            Span<uint> of = words.AsSpan(i * KeccakWords, KeccakWords);
            for (int lane = 0; lane < 25; lane++) (of[2 * lane], of[2 * lane + 1]) = ((uint)inputs[i].State.Span[lane], (uint)(inputs[i].State.Span[lane] >> 32));
            of[^1] = inputs[i].Asked;
        }
        return words;
    }

    // Chaining value, message, the counter's lower word and upper, length, flags; how often it is asked for.
    private static uint[] Words(ReadOnlySpan<Blake3Compression> inputs)
    {
        var words = new uint[inputs.Length * Blake3Words];
        for (int i = 0; i < inputs.Length; i++)
        {
            Span<uint> of = words.AsSpan(i * Blake3Words, Blake3Words);
            inputs[i].Chaining.Span.CopyTo(of);
            inputs[i].Message.Span.CopyTo(of[8..]);
            (of[24], of[25], of[26], of[27], of[28]) = ((uint)inputs[i].Counter, (uint)(inputs[i].Counter >> 32), inputs[i].Length, inputs[i].Flags, inputs[i].Asked);
        }
        return words;
    }

    // State and message; how often it is asked for.
    private static uint[] Words(ReadOnlySpan<Sha256Compression> inputs)
    {
        var words = new uint[inputs.Length * Sha256Words];
        for (int i = 0; i < inputs.Length; i++)
        {
            Span<uint> of = words.AsSpan(i * Sha256Words, Sha256Words);
            inputs[i].Chaining.Span.CopyTo(of);
            inputs[i].Message.Span.CopyTo(of[8..]);
            of[^1] = inputs[i].Asked;
        }
        return words;
    }
}
