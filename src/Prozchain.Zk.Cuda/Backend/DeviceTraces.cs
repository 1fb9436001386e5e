using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Traces of shipped AIRs that kernels make from their inputs, with the cells that <see cref="TraceSource{TField}.Fill"/> writes.</summary>
internal static class DeviceTraces
{
    private const int Threads = 128;

    /// <summary>Whether there is a kernel for a source.</summary>
    public static bool Makes<TField>(TraceSource<TField> source) where TField : struct, IField<TField> =>
        source is Poseidon2Source<KoalaBear> or Poseidon2Source<BabyBear> or KeccakSource<Field31<KoalaBear>> or KeccakSource<Field31<BabyBear>>;

    /// <summary>Writes every cell.</summary>
    /// <param name="session">The session.</param>
    /// <param name="source">One that there is a kernel for.</param>
    /// <param name="target">Columns of its shape, which may be views.</param>
    public static void Make<TField>(DeviceSession session, TraceSource<TField> source, DeviceMatrix target) where TField : struct, IField<TField>
    {
        switch (source)
        {
            case Poseidon2Source<KoalaBear> permutations: Poseidon2(session, permutations, "koalabear", target); break;
            case Poseidon2Source<BabyBear> permutations: Poseidon2(session, permutations, "babybear", target); break;
            case KeccakSource<Field31<KoalaBear>> permutations: Keccak(session, permutations.Inputs.Span, "koalabear", target); break;
            case KeccakSource<Field31<BabyBear>> permutations: Keccak(session, permutations.Inputs.Span, "babybear", target); break;
            default: throw new ArgumentException($"Expected a source that there is a kernel for, got {source.GetType().Name}.", nameof(source));
        }
    }

    private static KernelGrid Rows(DeviceMatrix target) => new(((1L << target.LogRows) + Threads - 1) / Threads, Threads);

    private static void Poseidon2<TParameters>(DeviceSession session, Poseidon2Source<TParameters> source, string prefix, DeviceMatrix target)
        where TParameters : struct, IField31Parameters
    {
        Poseidon2Core<TParameters> core = Poseidon2Core<TParameters>.Width16;
        using DeviceBuffer constants = session.Upload<Field31<TParameters>>([.. core.Constants, .. core.Instance.Diagonal], "constants of permutations");
        using DeviceBuffer inputs = session.Upload(source.Inputs.Span, "inputs of permutations");
        using DeviceBuffer? asked = source.Asked.IsEmpty ? null : session.Upload(source.Asked.Span, "counters of permutations");
        session.Launch(
            new("traces_poseidon2", $"{prefix}_poseidon2_trace"), Rows(target) with { BlocksY = source.Permutations }, target.Column(0), target.Stride, 1 << target.LogRows,
            source.Permutations, inputs, (long)source.Count, source.OnBus ? 1 : 0, asked?.Address ?? 0, constants);
    }

    private static void Keccak(DeviceSession session, ReadOnlySpan<KeccakInput> permutations, string prefix, DeviceMatrix target)
    {
        const int Lanes = KeccakSource<Field31<KoalaBear>>.Lanes;
        ulong[] lanes = new ulong[permutations.Length * Lanes];
        uint[] counters = new uint[permutations.Length];
        for (int i = 0; i < counters.Length; i++)
        {
            permutations[i].State.Span.CopyTo(lanes.AsSpan(i * Lanes));
            counters[i] = permutations[i].Asked;
        }
        // Low words first, as the host has them.
        using DeviceBuffer states = session.Upload<ulong>(lanes, "inputs of permutations"), asked = session.Upload<uint>(counters, "counters of permutations");
        session.Launch(
            new("traces_keccak", $"{prefix}_keccak_trace"), Rows(target), target.Column(0), target.Stride, 1 << target.LogRows, states, asked, counters.Length);
    }
}
