using System.Runtime.CompilerServices;
using Prozchain.Benchmarks.Quick;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Zk;

/// <summary>
/// Whole proofs, without trace generation where the name does not say so. Peer rows run at the peer's example parameters (blowup 2, 100 queries, 16 bits of
/// grinding, folds by 8), which prove 65 bits; below them the same statement at what is proven to be secure. Held against SHA-256
/// of the run: the ratio is how many MB the machine hashes in the time.
/// </summary>
internal static class StarkRows
{
    private const string Area = "Stark";

    // MB/ms where the peer was measured.
    private const double PeerSha256 = 1.79;

    private static readonly StarkMemory s_memory = new();

    private static readonly Statement s_poseidon14 = Statement.Poseidon2(14), s_poseidon16 = Statement.Poseidon2(16), s_keccak = Statement.Keccak(14);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Prove("prove 2^17 Poseidon2, Keccak trees, peer's parameters, 1 thread", s_poseidon14, null, 1, 350, 420, 190),
        Prove("prove 2^17 Poseidon2, Keccak trees, peer's parameters, 2 threads", s_poseidon14, null, 2, 225, 240, 105),
        Row("prove 2^17 Poseidon2, trace included, Keccak trees, peer's parameters, 2 threads", null, null, null, () =>
        {
            Trace<F> trace = s_poseidon14.Describe();
            return new QuickBody(() => s_poseidon14.Prove(null, trace, 2));
        }),
        Prove("prove 2^19 Poseidon2, Keccak trees, peer's parameters, 2 threads", s_poseidon16, null, 2, 780, 850, 420),
        Prove("prove Keccak-f, 2^14 rows, Keccak trees, peer's parameters, 2 threads", s_keccak, null, 2, 358, 400, 200),
        Prove("prove 2^17 Poseidon2, Keccak trees, Secure100, 2 threads", s_poseidon14, 100, 2),
        Prove("prove 2^17 Poseidon2, Keccak trees, Secure128, 2 threads", s_poseidon14, 128, 2),
        Verify("verify 2^17 Poseidon2, peer's parameters", s_poseidon14, null, 5.8, 6, 3),
        Verify("verify 2^17 Poseidon2, Secure100", s_poseidon14, 100),
        Verify("verify Keccak-f, 2^14 rows, Secure100", s_keccak, 100, floor: 20),
        QuickRow.Figure(Area, "bytes of 2^17 Poseidon2, peer's parameters", "kB", Better.Lower, () => s_poseidon14.Proof(null).EncodedSize * 1e-3) with
        {
            Peer = new Peer("Plonky3") { Value = 684 },
            Floor = new Goal(GoalOf.Value, 690),
            Aim = new Goal(GoalOf.Value, 620),
        },
        QuickRow.Figure(Area, "bytes taken to prove 2^17 Poseidon2, trace included, over the extended trace", "x", Better.Lower, () => s_poseidon14.Taken()) with
        {
            Peer = new Peer("Plonky3, resident") { Value = 1.05 },
            Floor = new Goal(GoalOf.Value, 1.15),
            Aim = new Goal(GoalOf.Value, 1.05),
        },
        QuickRow.Figure(Area, "bytes of 2^17 Poseidon2, Secure100", "kB", Better.Lower, () => s_poseidon14.Proof(100).EncodedSize * 1e-3),
    ];

    // Parameters that prove less than anyone should ask for: the library makes them for this comparison, and for nobody else.
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "ForBenchmark")]
    private static extern StarkParameters ForBenchmark(
        StarkParameters? type, StarkShape shape, int extensionDegree, int logBlowup, int queries, GrindingBits grinding, int maxLogArity, int logFinalLength, int digestBits);

    private static QuickRow Prove(string name, Statement statement, int? bits, int threads, double? peer = null, double? floor = null, double? aim = null) =>
        Row(name, peer, floor, aim, () =>
        {
            Trace<F> trace = statement.NewTrace();
            return new QuickBody(() => statement.Prove(bits, trace, threads), Before: () => statement.Fill(trace));
        });

    private static QuickRow Verify(string name, Statement statement, int? bits, double? peer = null, double? floor = null, double? aim = null) =>
        Row(name, peer, floor, aim, () =>
        {
            StarkProof proof = statement.Proof(bits);
            return new QuickBody(() => statement.Verify(bits, proof));
        });

    private static QuickRow Row(string name, double? peer, double? floor, double? aim, Func<QuickBody> prepare) =>
        QuickRow.Time(Area, name, "ms", 1e3, prepare) with
        {
            Against = Yardstick.Sha256,
            // The time of one megabyte.
            FromYardstick = static rate => 1 / rate,
            Peer = peer is { } value ? new Peer("Plonky3, Zen 5") { Value = value, Ratio = 1 / (value * PeerSha256) } : null,
            Floor = floor is { } most ? new Goal(GoalOf.Value, most) : null,
            Aim = aim is { } wanted ? new Goal(GoalOf.Value, wanted) : null,
        };

    /// <summary>An AIR with a trace that is described, and its keys by security.</summary>
    private sealed class Statement(Func<IAir> air, int logRows, Func<Trace<F>> describe)
    {
        private readonly Dictionary<int, StarkKey<F>> _keys = [];
        private Trace<F>? _trace;

        public static Statement Poseidon2(int logRows)
        {
            Poseidon2Air<KoalaBear> air = new(8);
            return new(() => air, logRows, () =>
            {
                var inputs = new F[16 * 8 << logRows];
                for (int i = 0; i < inputs.Length; i++) inputs[i] = F.FromUInt64((uint)i * 2654435761u);
                return air.Describe(inputs, 2);
            });
        }

        public static Statement Keccak(int logRows) => new(() => new KeccakAir(isAlone: true), logRows, () =>
            KeccakInput.Describe<F>(Enumerable.Range(0, (1 << logRows) / 24).Select(i => new KeccakInput(new ulong[25].Select((_, k) => (ulong)(i * 25 + k) * 0x9E3779B97F4A7C15).ToArray(), 0)).ToArray(), 2));

        public Trace<F> Describe() => describe();

        public Trace<F> NewTrace()
        {
            _trace ??= describe();
            Trace<F> copy = Trace<F>.WithRoom(_trace.Width, _trace.Height, 1);
            Fill(copy);
            return copy;
        }

        public void Fill(Trace<F> trace)
        {
            for (int i = 0; i < trace.Width; i++) _trace!.Column(i).CopyTo(trace.Column(i));
        }

        public StarkProof Prove(int? bits, Trace<F> trace, int threads) => Prove(bits, trace, threads, s_memory);

        private StarkProof Prove(int? bits, Trace<F> trace, int threads, StarkMemory? memory) =>
            StarkProver.Prove(Key(bits), [trace], [[]], new() { MaxDegreeOfParallelism = threads, OverwriteTraces = true, Memory = memory });

        public StarkProof Proof(int? bits) => Prove(bits, NewTrace(), 2);

        public void Verify(int? bits, StarkProof proof)
        {
            VerifyResult result = StarkVerifier.Verify(Key(bits), [[]], proof);
            if (result != VerifyResult.Valid) throw new InvalidOperationException($"Expected a valid proof, got {result}.");
        }

        /// <summary>The trace's memory and all that is allocated meanwhile, over the extended trace.</summary>
        public double Taken()
        {
            Proof(null);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Trace<F> trace = NewTrace();
            Prove(null, trace, 2, null);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / (2.0 * trace.Width * trace.Height * F.EncodedSize);
        }

        private StarkKey<F> Key(int? bits)
        {
            if (_keys.TryGetValue(bits ?? 0, out StarkKey<F>? key)) return key;
            IAir[] airs = [air()];
            StarkShape shape = StarkKey.ShapeOf<F>(airs, logRows, logRows);
            StarkParameters parameters = bits is { } target ? StarkParameters.ForTarget(target, shape)
                : ForBenchmark(null, shape, extensionDegree: 4, logBlowup: 1, queries: 100, new(0, 0, 0, 0, 0, Query: 16), maxLogArity: 3, logFinalLength: 0, digestBits: 256);
            return _keys[bits ?? 0] = StarkKey.Create<F>(airs, parameters);
        }
    }
}
