using System.Buffers;
using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// What sampled validators work on: segments as the members of a simulated shard hand them out, of transfers between 4,096
/// accounts that lie on it. Signatures of transfers are not checked: the rows of Ed25519 say what those cost.
/// </summary>
internal static class AttestationRows
{
    private const string Area = "Sharding";
    private const byte SegmentMessage = 48;

    private static readonly Lazy<SegmentWitness> s_segment = new(Capture);

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "segments executed again from witnesses, no signatures, 1 thread", "1/s", Again) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond },
        QuickRow.Figure(Area, "witness of a segment over 4,096 accounts, bytes a block", "B", Better.Lower, () => (double)s_segment.Value.Witness.Length / s_segment.Value.Blocks.Count),
        QuickRow.Figure(Area, "attestation certificate, 467 of 700 signers", "B", Better.Lower, Certificate),
    ];

    private static QuickBody Again()
    {
        SegmentWitness segment = s_segment.Value;
        ShardLayout layout = ShardLayout.Create(1);
        var machine = new ShardMachine<TransferTransition>(default, layout, layout.Shards[0].Id, new MachineOptions { Atomic = new AtomicOptions { ChainId = BankWorld.ChainId, Programs = new Dictionary<ushort, IAtomicProgram>() } });
        var checker = new SegmentChecker<TransferTransition>(machine, new CommitteeDirectory(), new NoSignatures());
        void Run()
        {
            SegmentResult result = checker.Check(segment);
            if (result.Fault != SegmentFault.None) throw new InvalidOperationException($"Expected a segment that checks out, got {result.Fault}.");
        }
        return new QuickBody(Run, checker.Check(segment).Transactions, checker);
    }

    private static SegmentWitness Capture()
    {
        using var bank = new BankWorld(1, new BankOptions
        {
            Signer = number => new FlatLoad.Noise(number), Verifier = () => new NoSignatures(), Shards = 1, Validators = 4, Attesters = 1, Accounts = 4096, TransfersPerSecond = 4_000, SwapsPerSecond = 0, Skew = 0, LoadMs = 1_200,
        });
        byte[] largest = [];
        bank.World.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind == SimulatedEventKind.Received && bytes.Length > largest.Length + 2 && bytes[1] == SegmentMessage) largest = bytes[2..].ToArray();
        };
        bank.World.RunTo(2_000);
        SegmentWitness.TryRead(largest, out SegmentWitness? segment);
        return segment ?? throw new InvalidOperationException("Expected a segment, got none.");
    }

    private static double Certificate()
    {
        var statement = new Attestation(1, new ShardId(1), 1, 1, 5, default, default, default);
        AttestationCertificate certificate = AttestationCertificate.Assemble(statement, 700, [.. Enumerable.Range(0, 467).Select(member => (member, (ReadOnlyMemory<byte>)new byte[65]))]);
        var output = new ArrayBufferWriter<byte>();
        certificate.Write(output);
        return output.WrittenCount;
    }
}
