using System.Buffers;
using System.Runtime.CompilerServices;
using Prozchain.Benchmarks.Quick;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Zk;

/// <summary>The ground of the proof system: field, hash, commitment, transform, transcript. All on one thread.</summary>
internal static class ZkRows
{
    private const string Area = "Zk";

    // Where the peer was measured, the BCL's SHA-256 ran at this rate, GB/s.
    private const double Sha256There = 1.79;

    // One permutation takes in 136 bytes of a Keccak-256 message.
    private const double PeerKeccak = 2.05e6 * 136e-9;

    private static F s_sink;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "KoalaBear mul, 1 thread, 8 scalar chains", "G/s", Multiply) with
        {
            Against = Yardstick.Registers,
            Peer = new Peer("Plonky3, packed") { Value = 16.1 },
            Floor = new Goal(GoalOf.Value, 12),
            Aim = new Goal(GoalOf.Value, 16),
        },
        QuickRow.Rate(Area, "Keccak-256, 1 MiB, one stream", "GB/s", Keccak) with
        {
            Against = Yardstick.Sha256,
            Peer = new Peer("Plonky3, one state") { Value = PeerKeccak, Ratio = PeerKeccak / Sha256There },
        },
        QuickRow.Rate(Area, "Merkle commit, 2^14 x 16 KoalaBear, Keccak-256", "M elements/s", Commit) with
        {
            Against = Yardstick.Sha256,
            FromYardstick = static rate => rate * 1e3 / F.EncodedSize,
        },
        QuickRow.Time(Area, "naive DFT, 2^10 KoalaBear", "ms", 1e3, Transform) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.Milliseconds,
        },
        QuickRow.Rate(Area, "transcript, absorb 32 B and draw 32 B", "M/s", Transcript) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.MillionsPerSecond,
        },
    ];

    private static QuickBody Multiply()
    {
        const int Count = 1 << 18;
        return new QuickBody(() => s_sink = Chains(Count), Count * 1e-9);
    }

    // Eight products that do not wait for each other; more would not stay in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static F Chains(int count)
    {
        F a = F.FromUInt32(3), b = F.FromUInt32(5), c = F.FromUInt32(7), d = F.FromUInt32(11);
        F e = F.FromUInt32(13), f = F.FromUInt32(17), g = F.FromUInt32(19), h = F.FromUInt32(23);
        F by = F.FromUInt32(1_234_567_891);
        for (int i = 0; i < count; i += 8)
        {
            a *= by;
            b *= by;
            c *= by;
            d *= by;
            e *= by;
            f *= by;
            g *= by;
            h *= by;
        }
        return a + b + c + d + e + f + g + h;
    }

    private static QuickBody Keccak()
    {
        byte[] input = Seeded.Bytes(1 << 20, 1), digest = new byte[32];
        return new QuickBody(() => Keccak256.Hash(input, digest), input.Length * 1e-9);
    }

    private static QuickBody Commit()
    {
        const int Rows = 1 << 14, Columns = 16;
        ReadOnlyMemory<F>[] columns = [.. Enumerable.Range(0, Columns).Select(column => (ReadOnlyMemory<F>)Elements(Rows, column))];
        return new QuickBody(() => MatrixCommitment<F, Keccak256>.Commit(columns), Rows * Columns * 1e-6);
    }

    private static QuickBody Transform()
    {
        F[] coefficients = Elements(1 << 10, 1), values = new F[coefficients.Length];
        var dft = new NaiveDft<F>();
        return new QuickBody(() => dft.Evaluate(coefficients, F.One, values));
    }

    private static QuickBody Transcript()
    {
        const int Count = 256;
        var transcript = new ProverTranscript<Keccak256>(new ProtocolId("example.org/quick/v1"), new ArrayBufferWriter<byte>());
        byte[] message = Seeded.Bytes(32, 1), challenge = new byte[32];
        void Run()
        {
            for (int i = 0; i < Count; i++)
            {
                transcript.Absorb("message"u8, message);
                transcript.Challenge("challenge"u8, challenge);
            }
        }
        return new QuickBody(Run, Count * 1e-6, transcript);
    }

    private static F[] Elements(int count, int seed)
    {
        Random random = Seeded.Random(seed);
        var elements = new F[count];
        for (int i = 0; i < count; i++) elements[i] = F.FromUInt64((ulong)random.NextInt64());
        return elements;
    }
}
