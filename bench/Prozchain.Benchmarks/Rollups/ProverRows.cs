using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// Batches of transfers among 2^20 accounts, proven from what a prover is told to the proofs of segments and tree: signatures and state inside, tables included, at 100 bits,
/// not hiding. What a payment costs in permutations is counted over the tables.
/// </summary>
internal static class ProverRows
{
    private const string Area = "Rollups", Said = "Secure100, not hiding";
    private const int Threads = 2;

    private static readonly Dictionary<int, ProverInput> s_inputs = [];
    private static BatchProof? s_proof;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Proven(12),
        // PROZCHAIN_LONG=1: a minute, and gigabytes.
        .. Environment.GetEnvironmentVariable("PROZCHAIN_LONG") == "1" ? [Proven(13)] : (QuickRow[])[],
        QuickRow.Figure(Area, $"memory while 2^12 payments are proven, {Said}, {Threads} threads", "MiB", Better.Lower, () => Memory(12)),
        QuickRow.Time(Area, $"verify a segment of 2^12 payments, {Said}, 1 thread", "ms", 1e3, Verify) with
        {
            Against = Yardstick.Sha256,
            // The time of one megabyte.
            FromYardstick = static rate => 1 / rate,
            Floor = new Goal(GoalOf.Value, 50),
            Aim = new Goal(GoalOf.Value, 15),
        },
        QuickRow.Figure(Area, $"bytes of the proof of a segment of 2^12 payments, {Said}", "kB", Better.Lower, () => Proof().Proofs[1].EncodedSize * 1e-3),
        QuickRow.Figure(Area, $"bytes of the proof of the tree of 2^12 payments, {Said}", "kB", Better.Lower, () => Proof().Proofs[0].EncodedSize * 1e-3),
        Permutations("permutations a signature with its key path, height 7", () => OneTimeKeyAir<Cells>.Rows(HashSignature.DefaultHeight) + CompressionsASignature(), 130, 80),
        State(ProverWorkload.Uniform, "uniform", 16, 18, 14),
        State(ProverWorkload.Uniform, "uniform", 12, 36, 30),
        State(ProverWorkload.Zipf, "Zipf", 16),
        State(ProverWorkload.Zipf, "Zipf", 12),
    ];

    private static QuickRow Proven(int log) => QuickRow.Rate(Area, $"2^{log} payments proven, signatures inside, {Said}, {Threads} threads", "tx/s", () =>
    {
        ProverInput input = Input(log);
        return new QuickBody(() => s_proof = ProverRun.Prove(input, Threads, ProverRun.Memory), 1 << log);
    })
    with
    {
        Against = Yardstick.Registers,
        FromYardstick = Steps.PerSecond,
        Floor = new Goal(GoalOf.Value, 1_000),
        Aim = new Goal(GoalOf.Value, 3_000),
    };

    private static QuickRow State(ProverWorkload workload, string drawn, int log, double? floor = null, double? aim = null) =>
        Permutations($"permutations a payment for state, {drawn} over 2^{ProverWorkload.LogAccounts} accounts, 2^{log} a batch", () => workload.StatePermutations(1 << log) / (double)(1 << log), floor, aim);

    private static QuickRow Permutations(string name, Func<double> count, double? floor, double? aim) => QuickRow.Figure(Area, name, "", Better.Lower, count) with
    {
        Floor = floor is { } most ? new Goal(GoalOf.Value, most) : null,
        Aim = aim is { } wanted ? new Goal(GoalOf.Value, wanted) : null,
    };

    // Its message's digest, two blocks, and its codeword.
    private static int CompressionsASignature() => 3;

    private static QuickBody Verify()
    {
        GroupProof<F> proof = ProverRun.Segment(Proof(), 1);
        return new QuickBody(() =>
        {
            VerifyResult result = StarkGroup.VerifyAlone(proof, proof.Proof.Place!);
            if (result != VerifyResult.Valid) throw new InvalidOperationException($"Expected a valid proof, got {result}.");
        });
    }

    // What the process takes more than before, looked at every few milliseconds.
    private static double Memory(int log)
    {
        ProverInput input = Input(log);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long before = Environment.WorkingSet, most = before;
        using (new Timer(_ => most = Math.Max(most, Environment.WorkingSet), null, 0, 5)) s_proof = ProverRun.Prove(input, Threads, memory: null);
        return (most - before) / (double)(1 << 20);
    }

    private static BatchProof Proof() => s_proof ??= ProverRun.Prove(Input(12), Threads, ProverRun.Memory);

    private static ProverInput Input(int log)
    {
        if (!s_inputs.TryGetValue(log, out ProverInput? input)) s_inputs[log] = input = ProverWorkload.Uniform.Input(1 << log);
        return input;
    }
}
