using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.StateChainContract;
using R = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Hybrid finality of numbered accounts: segments of bare batches are proven by who executes them again out of their records, and lies fall by one proof.</summary>
public abstract class ProofSegmentSuite : SettlementSuite
{
    private const int Segment = 1 << 9, Steps = 3 * Segment + 12;

    // Steps of batch 1 in which something leaves, and how much: at both ends of segments, large ones in segments 1 and 3.
    private static readonly (int Step, ulong Amount)[] s_leaves =
        [(1, 10), (Segment - 1, 11), (Segment, 50), (2 * Segment - 1, 60), (2 * Segment, 12), (3 * Segment + 4, 70), (3 * Segment + 5, 13)];

    private ProofRollup _rollup = null!;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Segments_InWhichMuchLeaves_AreProven_AndNoOthers()
    {
        var proposer = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node);
        await RunAsync(() => proposer.StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(ProofRollup.Period));
        await RunAsync(() => proposer.StepAsync(Cancellation));
        int[] large = [2, 3, 5];
        foreach (int exit in large) Assert.Equal($"MustBeProven(1, {exit})", await RevertAsync(exit));
        // A prover that starts anew at every step, beside one that goes on.
        SegmentProver other = NewProver();
        Assert.Equal(
            [ClaimMove.Submitted, ClaimMove.Proven, ClaimMove.Covered, ClaimMove.Submitted, ClaimMove.Proven, ClaimMove.Covered],
            await RunAsync(() => NewProver().StepAsync(Cancellation), () => other.StepAsync(Cancellation)));
        Assert.Equal(2, _rollup.Proofs.Made);
        List<AbiValue> proven = await World.EventsAsync(At.StateChain, C.SegmentsProven), covered = await World.EventsAsync(At.StateChain, C.ExitsCovered);
        Assert.Equal([(1UL, 1UL), (3UL, 253UL)], proven.Select(e => (e[2].ToUInt64(), e[3].ToUInt64())));
        Assert.Equal([(2UL, 4UL), (5UL, ulong.MaxValue)], covered.Select(e => (e[2].ToUInt64(), e[3].ToUInt64())));
        UInt128 before = await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other));
        for (int exit = 0; exit < s_leaves.Length; exit++) await World.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, exit));
        Assert.Equal(before + (UInt128)s_leaves.Sum(leave => (long)leave.Amount), await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other)));
    }

    /// <summary>A batch whose segments are all proven, one after the other, is final after the delay of a proof, not after the period.</summary>
    [Fact]
    public async Task Segments_ThatAreAllProven_MakeTheBatchFinalEarly()
    {
        var proposer = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node);
        await RunAsync(() => proposer.StepAsync(Cancellation));
        await ProveWholeAsync(0);
        var strict = new FinalityPolicy(new FinalityRule(EffectKind.Withdrawal, 0, 1, FinalityRequirement.Prove));
        var prover = new SegmentProver(_rollup.Live(ProofRollup.Honest), At, _rollup.Node, _rollup.Proofs, 0, strict);
        await RunAsync(() => prover.StepAsync(Cancellation));
        Assert.Equal([0UL, 1, 2, 3], (await World.EventsAsync(At.StateChain, C.SegmentsProven)).Select(e => e[2].ToUInt64()));
        Assert.Equal([0UL, 1], (await World.EventsAsync(At.StateChain, C.Proven)).Select(e => e[0].ToUInt64()));
        await World.AdvanceAsync(TimeSpan.FromSeconds(_rollup.Plan.Finality.ValidityDelay + 1));
        Assert.Contains(ClaimMove.Finalized, await RunAsync(() => proposer.StepAsync(Cancellation)));
        Assert.Equal(2UL, (await World.ReadAsync(At.StateChain, C.FinalCount))[0].ToUInt64());
        for (int exit = 0; exit < s_leaves.Length; exit++) await World.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, exit));
    }

    /// <summary>A lie from the middle of a batch on falls by one proof of all of it; then the true claim's segments are proven.</summary>
    [Fact]
    public async Task Lie_FromTheMiddleOn_FallsByTheProofOfTheBatch()
    {
        var lie = new LyingSource(_rollup.Node, 1, 2 * Segment - 3);
        await RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, lie).StepAsync(Cancellation));
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Refuted], await RunAsync(() => NewProver().StepAsync(Cancellation)));
        Assert.Equal((1, default), (_rollup.Proofs.Made, (await World.ReadAsync(At.StateChain, C.Claims, 1UL))[0].ToDigest()));
        var proposer = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node);
        List<ClaimMove> moves = await RunAsync(() => proposer.StepAsync(Cancellation), () => NewProver().StepAsync(Cancellation));
        // What was built upon the lie goes with it.
        Assert.Contains(ClaimMove.Discarded, moves);
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Proven, ClaimMove.Covered, ClaimMove.Submitted, ClaimMove.Proven, ClaimMove.Covered], moves.Where(move => move >= ClaimMove.Submitted));
    }

    /// <summary>A claim that ends well over a leaf that is false: nobody can prove its segments, so the batch is proven as a whole, and no exit is lost.</summary>
    [Fact]
    public async Task FalseLeaf_InAClaimThatEndsWell_IsPassedOver()
    {
        var bent = new BentSource(_rollup.Node, Segment - 1);
        var proposer = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, bent);
        await RunAsync(() => proposer.StepAsync(Cancellation));
        ClaimTree tree = ClaimProposer.TreeOf((await bent.FindAsync(1, Cancellation))!.Value, _rollup.Plan.Height);
        // What follows from the false leaf is no statement about this batch, wherever it leads.
        await Assert.ThrowsAsync<ArgumentException>(() => ProveAsync(tree.Leaf(Segment - 1), tree.Leaf(2 * Segment - 1), Segment, 2 * Segment));
        await ProveWholeAsync(0);
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Proven], await RunAsync(() => NewProver().StepAsync(Cancellation)));
        Assert.Empty(await World.EventsAsync(At.StateChain, C.SegmentsProven));
        await World.AdvanceAsync(TimeSpan.FromSeconds(_rollup.Plan.Finality.ValidityDelay + 1));
        await RunAsync(() => proposer.StepAsync(Cancellation));
        await World.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, 2));
    }

    /// <summary>Whoever shows a false leaf of his own claim, as who wants its segments proven must, loses it to the proof of the steps before it.</summary>
    [Fact]
    public async Task FalseLeaf_ThatIsShown_EndsTheClaim()
    {
        var bent = new BentSource(_rollup.Node, Segment - 1);
        await RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, bent).StepAsync(Cancellation));
        ClaimableBatch own = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        ClaimTree tree = ClaimProposer.TreeOf((await bent.FindAsync(1, Cancellation))!.Value, _rollup.Plan.Height);
        Digest32 truth = own.Leaves.Span[Segment - 1];
        AbiValue told = AbiValue.List(0UL, 1UL, default(Digest32), AbiValue.List(), tree.Leaf(Segment - 1), DisputeMoves.Opening(tree, Segment - 1));
        AbiValue[] refute = [1UL, await ClaimAsync(1), await ClaimAsync(0), told, truth];
        Assert.Equal("NotProven(1)", await World.RevertAsync(ProofRollup.Honest, At.StateChain, C.RefuteSegments, 0, C.Errors, refute));
        await SubmitAsync(new ProofStatement(own.StartLeaf, truth, own.Head) { From = 0, To = Segment });
        await World.DoAsync(ProofRollup.Honest, At.StateChain, C.RefuteSegments, 0, refute);
        Assert.Equal(default, (await World.ReadAsync(At.StateChain, C.Claims, 1UL))[0].ToDigest());
    }

    /// <summary>With Close as the last step of a segment that one goes to the end; with Close alone in the next, it does not.</summary>
    [Theory]
    [InlineData(Segment - 1, 256)]
    [InlineData(Segment, 1)]
    public async Task Batch_ThatEndsWhereASegmentDoes_IsProvenInOneStretch(int steps, int segments)
    {
        await _rollup.PostAsync([.. Enumerable.Range(0, steps - 1).Select(i => _rollup.Pay(i % 3, (i + 1) % 3, 1)), _rollup.Withdraw(0, 90)]);
        ClaimableBatch own = (await _rollup.Node.FindAsync(3, Cancellation))!.Value;
        Assert.Equal((steps + 1, segments == 1 ? 1 : 0), (own.Leaves.Length, own.Machines.Length));
        await RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node).StepAsync(Cancellation));
        await RunAsync(() => NewProver().StepAsync(Cancellation));
        AbiValue proven = (await World.EventsAsync(At.StateChain, C.SegmentsProven))[^1];
        Assert.Equal((3UL, 0UL, (ulong)segments), (proven[0].ToUInt64(), proven[2].ToUInt64(), proven[3].ToUInt64()));
        Assert.True((await World.ReadAsync(At.StateChain, C.ProvenExit, 3UL, 0UL))[0].ToBool());
    }

    /// <summary>A leaf within a batch is that of a batch that ends there: state, exits, and nothing of what was used.</summary>
    [Fact]
    public async Task Leaves_AreThoseOfBatchesThatEndThere()
    {
        ClaimableBatch own = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        BatchRecord record = _rollup.Proofs.Records[1];
        BatchRerun<Payment, Sha256Tree> rerun = _rollup.NewRerun();
        Assert.True(rerun.TryExecute(record, out ExecutedBatch? whole));
        Digest32[] leaves = rerun.Leaves(Segment, out StepMachine[] machines);
        Assert.Equal(own.Leaves.ToArray(), leaves);
        Assert.Equal(own.Machines.ToArray(), machines);
        Assert.Equal((Steps + 1, 3, 1, C.LeafOf(whole!.PostRoot, whole.ExitRoot)), (leaves.Length, machines.Length, whole.ForcedCount, leaves[^1]));
        Assert.All(machines, machine => Assert.Equal((default, record.PreRoot, default), (machine.Used, machine.ForcedRoot, machine.ForcedExits)));
        Assert.Equal(BatchVerdict.Executed, rerun.Read(record, out ReadOnlyMemory<Payment> rows));
        Payment[] own1 = rows.ToArray();
        var codec = new BatchCodec<Payment>(ProofRollup.Codec(null!), _rollup.Rules.Limits);
        foreach (int steps in (int[])[2, 3, Segment, Segment + 1, 2 * Segment, 2 * Segment + 1, Steps - 1])
        {
            var source = new ArrayBufferWriter<byte>();
            codec.Write(BatchHead.Upon(record.PreRoot, steps - 1), own1.AsMemory(0, steps - 1).ToArray(), [], source);
            Assert.True(rerun.TryExecute(record with { Source = source.WrittenMemory }, out ExecutedBatch? part));
            StepMachine machine = StepMachine.Bare(part!.PostRoot, part.ExitRoot, (ulong)part.Effects.Count, record.PreRoot);
            Assert.Equal(machine.Leaf(), leaves[steps - 1]);
            if (steps % Segment == 0) Assert.Equal(machine, machines[steps / Segment - 1]);
        }
    }

    /// <summary>No word on anything but what the steps of a batch lead to, and none that holds for other words.</summary>
    [Fact]
    public async Task Statements_ThatAreFalse_AreNotProven()
    {
        ClaimableBatch own = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        Digest32 begin = own.StartLeaf, one = own.Leaves.Span[Segment - 1], two = own.Leaves.Span[2 * Segment - 1], end = own.Leaves.Span[^1];
        foreach ((Digest32 start, Digest32 final, ulong from, ulong to) in new (Digest32, Digest32, ulong, ulong)[]
        {
            (one, two, 0, Segment), (begin, two, 0, Segment), (one, end, Segment, 2 * Segment), (one, two, Segment + 1, 2 * Segment), (one, two, Segment, 2 * Segment - 1), (one, two, Segment, 0),
            (one, two, 0, 0), (begin, one, 0, 0), (two, one, 2 * Segment, Segment), (one, one, Segment, Segment), (one, two, 0, 2 * Segment), (begin, end, 0, Steps), (one, C.LeafOf(own.StateRoot, default), Segment, 1 << 17),
        })
            await Assert.ThrowsAsync<ArgumentException>(() => ProveAsync(start, final, from, to));
        var true_ = new ProofStatement(one, two, own.Head) { From = Segment, To = 2 * Segment };
        ReadOnlyMemory<byte> proof = await _rollup.Proofs.ProveAsync(true_, null, Cancellation);
        Assert.True(_rollup.Proofs.Verify(true_, proof.Span));
        foreach (ProofStatement other in new[] { true_ with { To = 3 * Segment }, true_ with { From = 0 }, true_ with { From = 0, To = 0 }, true_ with { StartLeaf = begin }, true_ with { FinalLeaf = end }, true_ with { BatchHead = one } })
            Assert.False(_rollup.Proofs.Verify(other, proof.Span));
        // To the end, however far that is said to be; and a whole batch by its steps is the batch.
        foreach (ulong to in (ulong[])[Steps + 1, 1 << 17]) await ProveAsync(two, end, 2 * Segment, to);
        await ProveAsync(begin, end, 0, 1 << 17);
        await ProveAsync(begin, end, 0, 0);
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await ProofRollup.StartAsync(World, await HostAsync(), ProofRollupSetup.Many);
        // Batch 0 brings deposits; 1 has one more, and many payments; 2 builds upon it.
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000_000);
        await _rollup.PostAsync();
        await _rollup.DepositAsync(0, 77);
        var payments = new Payment[Steps - 1];
        for (int i = 0; i < payments.Length; i++)
        {
            ulong leaves = Array.Find(s_leaves, leave => leave.Step == i + 1).Amount;
            payments[i] = leaves == 0 ? _rollup.Pay(i % 3, (i + 1) % 3, 1) : _rollup.Withdraw(i % 3, leaves);
        }
        await _rollup.PostAsync(payments);
        ExecutedBatch batch = _rollup.Batches[1];
        Assert.Equal((BatchVerdict.Executed, 1, Steps), (batch.Verdict, batch.ForcedCount, batch.Statuses.Length));
        Assert.All(batch.Statuses.ToArray(), status => Assert.Equal(TransitionStatus.Applied, status));
        await _rollup.PostAsync(_rollup.Pay(2, 1, 3));
        ClaimableBatch own = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        Assert.Equal(s_leaves, own.Operations.ToArray().Select(operation => ((int)operation.Step, (ulong)operation.Value)));
    }

    /// <summary>What hashes, what checks signatures, and what checks proofs there.</summary>
    protected abstract Task<(L1Address Hasher, L1Address Authorizer, L1Address Verifier)> HostAsync();

    private SegmentProver NewProver() => new(_rollup.Live(ProofRollup.Honest), At, _rollup.Node, _rollup.Proofs, 0, ProofRollup.Policy);

    private async Task<ReadOnlyMemory<byte>> ProveAsync(Digest32 start, Digest32 final, ulong from, ulong to) =>
        await _rollup.Proofs.ProveAsync(new ProofStatement(start, final, (await _rollup.Node.FindAsync(1, Cancellation))!.Value.Head) { From = from, To = to }, null, Cancellation);

    private async Task SubmitAsync(ProofStatement statement)
    {
        ReadOnlyMemory<byte> proof = await _rollup.Proofs.ProveAsync(statement, null, Cancellation);
        await World.DoAsync(ProofRollup.Honest, At.ProofRegistry, R.Submit, 0, 0UL, statement.StartLeaf, statement.FinalLeaf, statement.Head, AbiValue.Of(proof));
    }

    // Where nothing leaves that must be proven, who is in a hurry proves.
    private async Task ProveWholeAsync(ulong batch)
    {
        ClaimableBatch own = (await _rollup.Node.FindAsync(batch, Cancellation))!.Value;
        await SubmitAsync(new ProofStatement(own.StartLeaf, C.LeafOf(own.StateRoot, own.ExitRoot), own.Head));
        await World.DoAsync(ProofRollup.Honest, At.StateChain, C.Prove, 0, batch, await ClaimAsync(batch), await ClaimAsync(batch == 0 ? 0 : batch - 1));
    }

    private Task<string> RevertAsync(int exit) => World.RevertAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, [.. B.Errors, .. FinalityPolicyContract.Errors], _rollup.WithdrawalOf(1, exit));

    private async Task<AbiValue> ClaimAsync(ulong batch)
    {
        AbiValue e = (await World.EventsAsync(At.StateChain, C.Claimed)).Last(claimed => claimed[0].ToUInt64() == batch);
        return C.ClaimOf(e[2].ToDigest(), e[3].ToDigest(), e[4].ToDigest(), C.LeafOf(e[5].ToDigest(), e[6].ToDigest()), e[1].ToAddress(), e[7].ToUInt64());
    }

    private static Task<List<ClaimMove>> RunAsync(params Func<ValueTask<ClaimMove>>[] parties) => RollupSuite.RunAsync(parties);

    // The truth, but for one leaf of batch 1.
    private sealed class BentSource(IClaimSource truth, int step) : IClaimSource
    {
        public async ValueTask<ClaimableBatch?> FindAsync(ulong batch, CancellationToken cancellationToken)
        {
            if (await truth.FindAsync(batch, cancellationToken) is not { } own || batch != 1) return await truth.FindAsync(batch, cancellationToken);
            Digest32[] leaves = own.Leaves.ToArray();
            leaves[step] = StepMachine.Bare(new Digest32(Hashing.Keccak("a state that never was"u8)), default, 0, default).Leaf();
            return own with { Leaves = leaves };
        }

        public ValueTask<ReadOnlyMemory<byte>> WitnessAsync(ulong batch, ulong step, CancellationToken cancellationToken) => truth.WitnessAsync(batch, step, cancellationToken);
    }
}

public sealed class ProofSegmentInProcessTests : ProofSegmentSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());

    protected override Task<(L1Address Hasher, L1Address Authorizer, L1Address Verifier)> HostAsync() => Task.FromResult(ProofRollup.HostOn((InProcessWorld)World, new HashVerifier()));
}

[Collection(AnvilCollection.Name)]
public sealed class ProofSegmentOnAnvilTests(AnvilFixture fixture) : ProofSegmentSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);

    protected override async Task<(L1Address Hasher, L1Address Authorizer, L1Address Verifier)> HostAsync() =>
        (await World.DeployAsync("TestHash"), await World.DeployAsync("TestHashKeys"), await World.DeployAsync("TestWord", World.AddressOf(ProofRollup.Witness)));
}
