using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.ProvenChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Validity mode with a proof system that executes batches again: who proves, from any point on, whatever fails.</summary>
public abstract class ValiditySuite : RollupSuite
{
    private readonly CountedProofs _proofs = new();

    protected override FinalityMode Mode => FinalityMode.Validity;

    [Fact]
    public async Task Batches_AreFinalByProofAlone()
    {
        Assert.Equal((At.Inbox, default, default, default), (At.StateChain, At.Tournament, At.BondVault, At.StepJudge));
        await AppendAsync(3);
        Assert.Equal([ClaimMove.Proven, ClaimMove.Proven, ClaimMove.Proven], await RunAsync(() => NewProver(_proofs).StepAsync(Cancellation)));
        Assert.Equal(0UL, (await ReadAsync(C.FinalCount))[0].ToUInt64());
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        // In passing where there is something to prove, else by a call of its own.
        await AppendAsync(1);
        Assert.Equal([ClaimMove.Proven], await RunAsync(() => NewProver(_proofs).StepAsync(Cancellation)));
        Assert.Equal(3UL, (await ReadAsync(C.FinalCount))[0].ToUInt64());
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RunAsync(() => NewProver(_proofs).StepAsync(Cancellation)));
        Assert.Equal(4UL, (await ReadAsync(C.FinalCount))[0].ToUInt64());
        Assert.Equal(4, _proofs.Count);
    }

    /// <summary>A node that holds something else than what is proven adds nothing to it, and a system that is wrong cannot say it.</summary>
    [Fact]
    public async Task Prover_OfAnotherState_ProvesNothing()
    {
        await AppendAsync(2);
        Assert.Equal(ClaimMove.Proven, await NewProver(_proofs).StepAsync(Cancellation));
        Assert.Equal(ClaimMove.None, await NewProver(_proofs, Lie(0, 3)).StepAsync(Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await NewProver(_proofs, Lie(1, 3)).StepAsync(Cancellation));
        Assert.Equal(1UL, (await ReadAsync(C.ProvenCount))[0].ToUInt64());
    }

    /// <summary>A proof is dear: whatever becomes of the call, it is made once.</summary>
    [Fact]
    public async Task Proof_WhoseCallFailed_IsNotMadeAgain()
    {
        await AppendAsync(1);
        var chain = new FailingChain(Live(Honest));
        var prover = new ProofProposer(chain, At, Truth, [(0, _proofs)]);
        await Assert.ThrowsAsync<IOException>(async () => await prover.StepAsync(Cancellation));
        await Assert.ThrowsAsync<IOException>(async () => await prover.StepAsync(Cancellation));
        chain.IsFailing = false;
        Assert.Equal([ClaimMove.Proven], await RunAsync(() => prover.StepAsync(Cancellation)));
        Assert.Equal(1, _proofs.Count);
        await World.ReorganiseAsync(1);
        chain.Inner = Live(Honest);
        Assert.Equal([ClaimMove.Proven], await RunAsync(() => prover.StepAsync(Cancellation)));
        Assert.Equal(1, _proofs.Count);
    }

    /// <summary>The governor mends the registry; provers drop what was overtaken and prove it again.</summary>
    [Fact]
    public async Task Halt_IsOvercome()
    {
        await AppendAsync(3);
        var prover = NewProver(_proofs);
        Assert.Equal(3, (await RunAsync(() => prover.StepAsync(Cancellation))).Count);
        ClaimableBatch own = (await Truth.FindAsync(0, Cancellation))!.Value;
        foreach ((ulong system, Digest32 leaf) in ((ulong, Digest32)[])[(0, own.Leaves.Span[^1]), (1, Noise(4))])
            await World.DoAsync(Stranger, At.ProofRegistry, P.Submit, 0, system, own.StartLeaf, leaf, own.Head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal(ClaimMove.None, await prover.StepAsync(Cancellation));
        Digest32 salt = Noise(9);
        await CouncilAsync(P.Resume.Encode(), salt);
        await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal([ClaimMove.Restarted, ClaimMove.Proven, ClaimMove.Proven, ClaimMove.Proven], await RunAsync(() => prover.StepAsync(Cancellation)));
        Assert.Equal(3, _proofs.Count);
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RunAsync(() => NewProver(_proofs).StepAsync(Cancellation)));
        Assert.Equal(3UL, (await ReadAsync(C.FinalCount))[0].ToUInt64());
    }

    private ProofProposer NewProver(IProofSystem proofs, IClaimSource? source = null) => new(Live(Honest), At, source ?? Truth, [(0, proofs)]);

    // The registry's governor is the Guardian: its council calls, after the timelock.
    private async Task CouncilAsync(byte[] call, Digest32 salt)
    {
        for (int member = 0; member < 6; member++) await World.DoAsync(member, At.Guardian, GuardianContract.ApproveCall, 0, At.ProofRegistry, AbiValue.Of(call), salt);
        await World.AdvanceAsync(TimeSpan.FromDays(51));
        await World.DoAsync(Stranger, At.Guardian, GuardianContract.Execute, 0, At.ProofRegistry, AbiValue.Of(call), salt);
    }

    private sealed class CountedProofs : IProofSystem
    {
        private readonly ReexecutionProofs _system = new();

        public int Count { get; private set; }

        public Digest32 SetupId => _system.SetupId;

        public string OnChainVerifier => _system.OnChainVerifier;

        public ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
        {
            Count++;
            return _system.ProveAsync(statement, progress, cancellationToken);
        }

        public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => _system.Verify(statement, proof);
    }

    private sealed class FailingChain(ISettlementChain inner) : ISettlementChain
    {
        public ISettlementChain Inner { get; set; } = inner;

        public bool IsFailing { get; set; } = true;

        public L1Address Account => Inner.Account;

        public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => Inner.FindBlockAsync(number, finality, cancellationToken);

        public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) =>
            Inner.ReadLogsAsync(first, last, contracts, logs, cancellationToken);

        public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => Inner.CallAsync(call, cancellationToken);

        public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => IsFailing ? throw new IOException("The line is cut.") : Inner.SendAsync(call, cancellationToken);
    }
}

public sealed class ValidityInProcessTests : ValiditySuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ValidityOnAnvilTests(AnvilFixture fixture) : ValiditySuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
