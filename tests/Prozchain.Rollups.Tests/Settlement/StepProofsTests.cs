using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Payments;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Hybrid finality with a system that must be told the steps, and proves whole batches and no part of one: a segment has as many steps as a batch may.</summary>
public sealed class StepProofsTests : SettlementSuite
{
    private const ulong Most = 1 << 17;

    private ProofRollup _rollup = null!;
    private StepProofs _proofs = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A batch in which much leaves is proven, as its one segment; of a lie it is proven where the batch leads.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batches_InWhichMuchLeaves_AreProven(bool isLie)
    {
        IClaimSource told = isLie ? new Disputes.LyingSource(_rollup.Node, 0, 1) : _rollup.Node;
        var liar = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), _rollup.At, told);
        await RollupSuite.RunAsync(() => liar.StepAsync(Cancellation));
        var proposer = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), _rollup.At, _rollup.Node);
        var prover = new SegmentProver(_rollup.Live(ProofRollup.Honest), _rollup.At, _rollup.Node, _proofs, 0, ProofRollup.Policy);
        List<ClaimMove> moves = await RollupSuite.RunAsync(() => prover.StepAsync(Cancellation), () => proposer.StepAsync(Cancellation));
        // With its one segment all of the batch is, and what leaves needs no count.
        ClaimMove[] proven = [ClaimMove.Submitted, ClaimMove.Proven];
        Assert.Equal(isLie ? [ClaimMove.Submitted, ClaimMove.Refuted, .. proven] : proven, moves.Where(move => move >= ClaimMove.Submitted));
        Assert.Equal(1UL, Assert.Single(await World.EventsAsync(_rollup.At.StateChain, C.Proven))[0].ToUInt64());
        await World.AdvanceAsync(TimeSpan.FromSeconds(ProofRollup.Period));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await World.DoAsync(ProofRollup.User, _rollup.At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, 0));
    }

    [Fact]
    public async Task Proofs_HoldForTheirOwnStepsAlone()
    {
        ClaimableBatch own = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        var whole = new ProofStatement(own.StartLeaf, own.Leaves.Span[^1], own.Head);
        foreach (ProofStatement part in new[] { whole with { From = 1, To = Most }, whole with { FinalLeaf = own.Leaves.Span[0], To = 1 }, whole with { From = 1 } })
            await Assert.ThrowsAsync<ArgumentException>(() => _proofs.ProveAsync(part, null, Cancellation).AsTask());
        foreach (ulong to in (ulong[])[0, Most, 2 * Most])
        {
            ProofStatement statement = whole with { To = to };
            byte[] proof = (await _proofs.ProveAsync(statement, null, Cancellation)).ToArray();
            Assert.True(_proofs.Verify(statement, proof));
            // As a contract asks, which knows one word of both.
            Assert.True(_proofs.Verify(new ProofStatement(whole.StartLeaf, whole.FinalLeaf, statement.Head), proof));
            foreach (ProofStatement other in new[] { whole with { To = to + Most }, whole with { From = 1, To = to + Most }, statement with { StartLeaf = whole.FinalLeaf }, statement with { FinalLeaf = whole.StartLeaf }, statement with { BatchHead = whole.StartLeaf } })
                Assert.False(_proofs.Verify(other, proof));
            for (int at = 0; at < proof.Length; at++)
            {
                proof[at] ^= 1;
                Assert.False(_proofs.Verify(statement, proof));
                proof[at] ^= 1;
            }
            for (int length = 0; length < proof.Length; length++) Assert.False(_proofs.Verify(statement, proof.AsSpan(0, length)));
        }
    }

    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());

    protected override async Task PrepareAsync()
    {
        InProcessChain chain = ((InProcessWorld)World).Chain;
        var verifier = new StepProofs(new Whole(new RerunProofs(World.AddressOf(ProofRollup.Witness))));
        _rollup = await ProofRollup.StartAsync(
            World, (chain.HostHash<Sha256Tree>(), chain.HostSignatures(new HashVerifier()), chain.HostProofs(verifier)), ProofRollupSetup.Many with { SegmentSteps = (uint)Most });
        _proofs = new StepProofs(new Whole(_rollup.Proofs));
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 10_000);
        await _rollup.PostAsync();
        await _rollup.PostAsync(_rollup.Pay(0, 1, 10), _rollup.Withdraw(1, 60), _rollup.Withdraw(2, 70));
    }

    // Proves batches alone, and has to see that it is asked for all of one.
    private sealed class Whole(RerunProofs system) : IProofSystem
    {
        public Digest32 SetupId => system.SetupId;

        public string? OnChainVerifier => null;

        public ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken) =>
            IsWhole(statement) ? system.ProveAsync(statement with { To = 0 }, progress, cancellationToken) : throw new ArgumentException("Expected a whole batch, got some of its steps.", nameof(statement));

        public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => IsWhole(statement) && system.Verify(statement with { To = 0 }, proof);

        private static bool IsWhole(in ProofStatement statement) => statement.From == 0 && statement.To is 0 or >= Most;
    }
}
