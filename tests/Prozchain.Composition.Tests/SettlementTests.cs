using System.Buffers;
using Prozchain.Devnet;
using Prozchain.Devnet.Adapters;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Sharding;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using P256Signer = Prozchain.Rollups.Ports.P256Signer;

namespace Prozchain.Composition.Tests;

/// <summary>The rollup over the real neighbours: calls on the beacon of a sharded chain, batches in extended squares.</summary>
public sealed class SettlementTests : IDisposable
{
    private const uint Application = 7;
    private const ulong Deposit = 100_000;

    private readonly TemporaryFolder _folder = new();
    private readonly Sharding.Ports.Ed25519Signer _validator = new(Seed(1));
    private readonly P256Signer _proposerKey = new(Seed(2)), _verifierKey = new(Seed(3)), _userKey = new(Seed(4));
    private readonly InProcessEngine<TransferTransition> _engine;
    private readonly BeaconSettlementLog _log;
    private readonly CodedDataPublisher _publisher;
    private readonly RollupGenesis _genesis;

    public SettlementTests()
    {
        _engine = InProcessEngine<TransferTransition>.Open(
            default, new InProcessOptions { Rules = TransferEngine.Rules(1, 2), Validators = [new EngineValidator(_validator, 1000)], ShardCount = 2, UnsafeDevelopment = new CommitteeParameters(4, 8) }, TestContext.Current.CancellationToken);
        _log = new BeaconSettlementLog(call => Assert.Equal(RecordResult.Accepted, _engine.SubmitRecord(Application, call.Span)));
        _publisher = new CodedDataPublisher(_folder["squares"], AvailabilityCode.Square);
        _genesis = new RollupGenesis(
            chainId: 9,
            [new Rollups.Settlement.GenesisAccount(AccountAddress.FromPublicKey(_userKey.PublicKey.Span), 1_000_000)],
            [new SettlementActor(_proposerKey.PublicKey, Deposit, MayPostBatches: true), new SettlementActor(_verifierKey.PublicKey, Deposit, MayPostBatches: false)],
            new SettlementParameters { ChallengeWindow = 6, DisputeClock = 3, StepWindow = 3 });
    }

    [Fact]
    public async Task Assertion_OfAWrongRoot_LosesItsBondAndTheRightOneBecomesFinal()
    {
        RollupNode proposerNode = Node(), verifierNode = Node();
        var proposer = new Proposer(proposerNode, _proposerKey);
        var verifier = new Verifier(verifierNode, _verifierKey);
        await PostAsync(proposer, proposerNode);

        // The proposer's key also signs what its program never would: the right trace but for an invented last root.
        BatchTrace right = proposerNode.GetBatch(0).Trace!;
        Digest32[] roots = [.. Enumerable.Range(0, right.Count + 1).Select(i => right[i])];
        roots[^1] = new Digest32(Seed(66));
        var wrong = new BatchTrace(roots);
        long sequence = proposerNode.Settlement.FindActor(proposer.Address)!.Value.NextSequence;
        byte[] lie = SettlementCall.Encode(_proposerKey, _genesis.Digest, sequence, new AssertCall(0, wrong.PreRoot, wrong.PostRoot, wrong.Commitment, wrong.Count, wrong.Open(wrong.Count)));
        await WithRoundsAsync(_log.AppendAsync(lie, TestContext.Current.CancellationToken).AsTask());

        Task<VerifierReport> verify = verifier.StepAsync(TestContext.Current.CancellationToken).AsTask();
        await WithRoundsAsync(verify);
        Assert.Equal(0, (await verify).Challenged);

        // The liar does not answer; its clock runs out, its bond is gone, and the batch is asserted anew.
        for (int i = 0; i < 40 && verifierNode.Settlement.FinalCount == 0; i++)
        {
            RunRound();
            await WithRoundsAsync(verifier.StepAsync(TestContext.Current.CancellationToken).AsTask());
            await proposerNode.SyncAsync(cancellationToken: TestContext.Current.CancellationToken);
            if (proposerNode.Settlement.OpenDisputes.Count == 0) await WithRoundsAsync(proposer.StepAsync(TestContext.Current.CancellationToken).AsTask());
        }
        Assert.Equal(1, verifierNode.Settlement.FinalCount);
        Assert.Equal(right.PostRoot, verifierNode.Settlement.FinalRoot);
        ActorStanding liar = verifierNode.Settlement.FindActor(proposer.Address)!.Value, challenger = verifierNode.Settlement.FindActor(AccountAddress.FromPublicKey(_verifierKey.PublicKey.Span))!.Value;
        Assert.Equal(Deposit - 1000, liar.Free + liar.Bonded);
        Assert.Equal(Deposit + 500, challenger.Free + challenger.Bonded);
        Assert.Equal(_genesis.TotalDeposit, verifierNode.Settlement.TotalUnits);
    }

    [Fact]
    public async Task Node_StartedLate_DerivesTheSameStateFromBeaconAndSquares()
    {
        RollupNode proposerNode = Node();
        var proposer = new Proposer(proposerNode, _proposerKey);
        await PostAsync(proposer, proposerNode);
        RollupNode late = Node();
        SyncReport report = await late.SyncAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(-1, report.MissingBatch);
        Assert.Equal(1, late.DerivedCount);
        Assert.Equal(proposerNode.StateRoot, late.StateRoot);
        Assert.Equal((UInt128)1_000_000, late.CopyState().TotalBalance());
    }

    [Fact]
    public async Task Square_DamagedOnDisk_IsUnavailableNotWrong()
    {
        var commitment = new byte[32];
        await _publisher.PublishAsync(new byte[5000], commitment, TestContext.Current.CancellationToken);
        string file = Assert.Single(Directory.GetFiles(_folder["squares"]));
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[1234] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var fetched = new ArrayBufferWriter<byte>();
        Assert.False(await _publisher.TryFetchAsync(commitment, fetched, TestContext.Current.CancellationToken));
        Assert.Equal(0, fetched.WrittenCount);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _validator.Dispose();
        _proposerKey.Dispose();
        _verifierKey.Dispose();
        _userKey.Dispose();
        _folder.Dispose();
    }

    private RollupNode Node() => new(_genesis, _log, _publisher);

    private async Task PostAsync(Proposer proposer, RollupNode node)
    {
        Sequencer sequencer = Sequencer.Start(_genesis, null);
        var recipient = AccountAddress.FromPublicKey(_verifierKey.PublicKey.Span);
        for (ulong nonce = 0; nonce < 5; nonce++) Assert.Equal(SubmitResult.Accepted, sequencer.Submit(L2Transfer.Create(_userKey, _genesis.ChainId, recipient, 10 + nonce, nonce)));
        SequencedBatch batch = sequencer.BuildBatch(BatchLimits.Default, nowMs: 0)!;
        await WithRoundsAsync(proposer.PostAsync(batch, TestContext.Current.CancellationToken).AsTask());
        await node.SyncAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private Task WithRoundsAsync(Task work) => _log.WithRoundsAsync(work, RunRound);

    private void RunRound()
    {
        EngineRound round = _engine.RunRound(_engine.TimeMs + 500);
        _log.OnBlock((long)round.Height, round.Records.Select(record => record.Data));
    }

    private static byte[] Seed(byte value) => [.. Enumerable.Repeat(value, 32)];
}
