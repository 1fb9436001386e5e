using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests;

/// <summary>The whole road with the defaults, real signatures and data on disk.</summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"rollups-{Environment.ProcessId}-{Path.GetRandomFileName()}");
    private readonly P256Signer[] _signers = [.. Enumerable.Range(0, 6).Select(i => new P256Signer([(byte)i, .. new byte[31]]))];

    [Fact]
    public async Task Batches_FromTransfersToFinality_WithALieInBetween()
    {
        P256Signer poster = _signers[3], watcher = _signers[4], honest = _signers[5];
        var genesis = new RollupGenesis(
            5, _signers.Take(3).Select(wallet => new GenesisAccount(AddressOf(wallet), 1_000)),
            [new(poster.PublicKey, 10_000, true), new(watcher.PublicKey, 10_000, false), new(honest.PublicKey, 10_000, true)],
            new SettlementParameters { ChallengeWindow = 20, DisputeClock = 30, StepWindow = 10 });
        var log = new InMemorySettlementLog();
        RollupNode lying = new(genesis, log, new DirectoryDataPublisher(_directory)), node = new(genesis, log, new DirectoryDataPublisher(_directory));
        var sequencer = Sequencer.Start(genesis);
        for (int i = 0; i < 12; i++)
            Assert.Equal(SubmitResult.Accepted, sequencer.Submit(L2Transfer.Create(_signers[i % 3], 5, AddressOf(_signers[(i + 1) % 4]), (ulong)(100 * i), (ulong)(i / 3))));
        SequencedBatch batch = sequencer.BuildBatch(BatchLimits.Default, 1)!;

        // The proposer mints for itself at the seventh transfer.
        RollupState state = genesis.NewState();
        Digest32[] roots = new Digest32[13];
        roots[0] = state.Root();
        Assert.Equal(BatchReadResult.Ok, Batch.TryRead(batch.Data, BatchLimits.Default, out Batch? read));
        using var verifier = new P256Verifier();
        for (int i = 0; i < 12; i++)
        {
            new PaymentsTransition(5, verifier).Apply(read!.GetTransfer(i), true, default, state, new EffectLog());
            if (i == 6) state.Credit(AddressOf(poster), 1_000_000);
            roots[i + 1] = state.Root();
        }
        var liar = new Proposer(lying, poster, _ => new BatchTrace(roots));
        var watch = new Verifier(node, watcher);
        await liar.PostAsync(batch);
        for (int round = 0; round < 100 && node.Settlement.FindDispute(0) is not { IsOpen: false }; round++)
        {
            await liar.StepAsync();
            await watch.StepAsync();
            await node.SyncAsync();
            log.Advance();
        }
        Assert.Equal((DisputePhase.ChallengerWon, 7), (node.Settlement.FindDispute(0)!.Phase, node.Settlement.FindDispute(0)!.High));

        var proposer = new Proposer(node, honest);
        Assert.Equal(1, await proposer.StepAsync());
        VerifierReport report = await watch.StepAsync();
        Assert.Equal(new VerifierReport(1, -1, 0, false), report);
        log.Advance(21);
        await node.SyncAsync();
        Assert.Equal((1L, batch.PostRoot), (node.Settlement.FinalCount, node.Settlement.FinalRoot));
        Assert.Equal(10_500UL, node.Settlement.FindActor(watch.Address)!.Value.Free);
        Assert.Equal((9_000UL, 500UL), (node.Settlement.FindActor(liar.Address)!.Value.Free, node.Settlement.Burned));
        Assert.Equal((UInt128)3_000, node.CopyState().TotalBalance());
    }

    public void Dispose()
    {
        foreach (P256Signer signer in _signers) signer.Dispose();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    private static AccountAddress AddressOf(P256Signer signer) => AccountAddress.FromPublicKey(signer.PublicKey.Span);
}
