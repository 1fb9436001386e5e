using System.Buffers;
using Prozchain.Benchmarks.Quick;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>
/// The rollup over 2^16 accounts, on one thread: 1,000 signed transfers (P-256, keys known) into an encoded batch, and
/// back from the log. The root is taken after every transaction, which a dispute needs.
/// </summary>
internal static class RollupsRows
{
    private const string Area = "Rollups";
    private const int Count = 1_000;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Rate("sequencer, payments, encoded batch out, P-256 inside", () => Sequence(new P256Verifier()), floor: 35_000),
        Rate("sequencer, payments, encoded batch out, signatures not checked", () => Sequence(new NoSignatures()), floor: 500_000),
        Rate("derivation and re-execution, P-256 inside", Derive, floor: 35_000),
        QuickRow.Time(Area, "one step verified from its witness, signature included", "ms", 1e3, OneStep) with
        {
            Against = Yardstick.Registers,
            FromYardstick = Steps.Milliseconds,
        },
    ];

    private static QuickRow Rate(string name, Func<QuickBody> prepare, double floor) => QuickRow.Rate(Area, name, "tx/s", prepare) with
    {
        Against = Yardstick.Registers,
        FromYardstick = Steps.PerSecond,
        Floor = new Goal(GoalOf.Value, floor),
    };

    private static QuickBody Sequence(ISignatureVerifier verifier)
    {
        var load = new RollupLoad(Count);
        Sequencer? sequencer = null;
        return new QuickBody(
            () => Batch(sequencer!, load),
            Count,
            new Disposer(() =>
            {
                (verifier as IDisposable)?.Dispose();
                load.Dispose();
            }),
            () => sequencer = Sequencer.Start(load.Genesis, new SequencerOptions { Verifier = verifier }));
    }

    private static SequencedBatch Batch(Sequencer sequencer, RollupLoad load)
    {
        foreach (ref readonly L2Transfer transfer in load.Transfers.AsSpan()) sequencer.Submit(transfer);
        SequencedBatch? batch = sequencer.BuildBatch(BatchLimits.Default, 1);
        if (batch?.Statistics.Transfers != Count) throw new InvalidOperationException($"Expected {Count} transfers, got {batch?.Statistics.Transfers ?? 0}.");
        return batch;
    }

    private static QuickBody Derive()
    {
        var load = new RollupLoad(Count);
        var log = new InMemorySettlementLog();
        var publisher = new InMemoryDataPublisher();
        var verifier = new P256Verifier();
        SequencedBatch batch = Batch(Sequencer.Start(load.Genesis, new SequencerOptions { Verifier = verifier }), load);
        var first = new RollupNode(load.Genesis, log, publisher, verifier);
        first.SyncAsync().AsTask().GetAwaiter().GetResult();
        new Proposer(first, load.Proposer).PostAsync(batch).AsTask().GetAwaiter().GetResult();
        RollupNode? node = null;
        void Run()
        {
            node!.SyncAsync().AsTask().GetAwaiter().GetResult();
            if (node.StateRoot != batch.PostRoot) throw new InvalidOperationException($"Expected root {batch.PostRoot}, got {node.StateRoot}.");
        }
        void Dispose()
        {
            verifier.Dispose();
            load.Dispose();
        }
        return new QuickBody(Run, Count, new Disposer(Dispose), () => node = new RollupNode(load.Genesis, log, publisher, verifier));
    }

    // What the judge of a dispute does for one transaction, from bytes to the root after it; not the reading of the batch.
    private static QuickBody OneStep()
    {
        using var load = new RollupLoad(1);
        L2Transfer transfer = load.Transfers[0];
        var verifier = new P256Verifier();
        var transition = new PaymentsTransition(load.Genesis.ChainId, verifier);
        RollupState state = load.Genesis.NewState();
        var effects = new EffectLog();
        Digest32 before = state.Root();
        var recording = new RecordingState<KeccakTree>(state.Store);
        transition.Apply(transfer, isAuthentic: true, default, recording, effects);
        var witnessBytes = new ArrayBufferWriter<byte>();
        recording.Witness()!.Write(witnessBytes);
        transition.Apply(transfer, isAuthentic: true, default, state, effects);
        Digest32 after = state.Root();
        void Run()
        {
            bool isAuthentic = false;
            if (StateWitness.TryRead(witnessBytes.WrittenSpan, out StateWitness witness) != WitnessReadResult.Ok
                || !StatelessState<KeccakTree>.TryOpen(before, witness, out StatelessState<KeccakTree> part))
                throw new InvalidOperationException("Expected a witness that opens, got one that does not.");
            transition.Authenticate(new ReadOnlySpan<L2Transfer>(in transfer), new Span<bool>(ref isAuthentic));
            transition.Apply(transfer, isAuthentic, default, part, effects);
            if (part.Root() != after) throw new InvalidOperationException($"Expected root {after}, got {part.Root()}.");
        }
        return new QuickBody(Run, Owner: verifier);
    }
}
