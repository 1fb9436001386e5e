using System.Text.Json;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.StateChainContract;
using G = Prozchain.Rollups.Evm.GuardianContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// The keys by which L2BEAT sorts rollups into stages (2026), each as a test on a deployed chain, and each failing where the chain
/// lacks what it is about. What no test can tell: callsItselfRollup, rollupNodeSourceAvailable, proverSourcePublished; that half of a
/// council is outside; noRedTrustedSetups and programHashesReproducible, which are the host's proof system's. usersHave7DaysToExit,
/// delayWith30DExitWindow, usersCanExitWithoutCooperation and principle are in <see cref="StageExitSuite"/>.
/// </summary>
public abstract class StageSuite : SettlementSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Stage 0.
    [Fact]
    public async Task StateRootsPostedToL1()
    {
        using PaymentRollup rollup = await FilledAsync();
        Assert.False(await HasRootsAsync(rollup));
        var proposer = new ClaimProposer(rollup.Live(PaymentRollup.Proposer), rollup.At, rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        Assert.True(await HasRootsAsync(rollup));
    }

    [Fact]
    public async Task DataAvailabilityOnL1()
    {
        using PaymentRollup rollup = await FilledAsync();
        Assert.True(await IsDerivedFromL1Async(rollup));
        await rollup.AppendAsync([rollup.Pay(0, 1, 5)], 0, isInCall: false);
        Assert.False(await IsDerivedFromL1Async(rollup));
    }

    [Fact]
    public async Task StateVerificationOnL1()
    {
        using PaymentRollup rollup = await FilledAsync();
        Assert.True(await IsVerifiedAsync(rollup, rollup.At.StepJudge));
        L1Address other = await World.DeployAsync("TestStep");
        using PaymentRollup unverified = await FilledAsync(plan => plan with { Payments = null, StepVerifier = other });
        Assert.False(await IsVerifiedAsync(unverified, unverified.At.StepJudge));
    }

    [Fact]
    public async Task FraudProofSystemAtLeast5Outsiders()
    {
        using PaymentRollup rollup = await LiedToAsync();
        Assert.Equal(5, await ContestersAsync(rollup, 3, 4, 5, 6, 7));
        // Too late for anyone: a chain on which nobody may contest.
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period + 1));
        Assert.Equal(0, await ContestersAsync(rollup, 3, 4, 5, 6, 7));
    }

    // Stage 1.
    [Fact]
    public async Task SecurityCouncilProperlySetUp()
    {
        using PaymentRollup rollup = await PaymentRollup.StartAsync(World);
        Assert.Equal((false, true), (await CanScheduleAsync(rollup, 5), await CanScheduleAsync(rollup, 6)));
        L1Address[] seven = [.. Enumerable.Range(0, 7).Select(World.AddressOf)];
        await Assert.ThrowsAsync<ArgumentException>(() => PaymentRollup.StartAsync(World, change: plan => plan with { Council = seven }));
        Assert.False((await World.CreateAsync("Guardian", World.AddressOf(0), AbiValue.List([.. seven.Select(member => (AbiValue)member)]), 1UL)).IsOk);
    }

    // Stage 2.
    [Fact]
    public async Task FraudProofSystemIsPermissionless()
    {
        foreach (bool isSomebodyThere in new[] { true, false })
        {
            using PaymentRollup rollup = await LiedToAsync();
            var stranger = new Challenger(rollup.Live(7), rollup.At, rollup.Node);
            var keeper = new ClaimProposer(rollup.Live(7), rollup.At, rollup.Node);
            for (int days = 0; (await World.ReadAsync(rollup.At.StateChain, C.FinalCount))[0].ToUInt64() < 2; days += 4)
            {
                Assert.True(days < 60, "Expected an end.");
                if (isSomebodyThere) await RollupSuite.RunAsync(() => stranger.StepAsync(Cancellation));
                await World.AdvanceAsync(TimeSpan.FromDays(4));
                await RollupSuite.RunAsync(() => keeper.StepAsync(Cancellation));
            }
            Digest32 truth = (await rollup.Node.FindRootsAsync(1, Cancellation))!.Value.StateRoot;
            Assert.Equal(isSomebodyThere, (await World.ReadAsync(rollup.At.StateChain, C.StateRoot, 1UL))[0].ToDigest() == truth);
        }
    }

    /// <summary>Those who hold the guardian can do nothing to claims, disputes, bridge and queue that a stranger cannot.</summary>
    [Fact]
    public async Task ProofSystemOverriddenOnlyInCaseOfABug()
    {
        using PaymentRollup rollup = await PaymentRollup.StartAsync(World);
        RollupAddresses at = rollup.At;
        (string, L1Address)[] contracts =
        [
            ("Inbox", at.Inbox), ("Bridge", at.Bridge), ("StateChain", at.StateChain), ("Tournament", at.Tournament), ("MessageRoot", at.MessageRoot), ("EscapeHatch", at.EscapeHatch),
            ("DataChallenge", at.DataChallenge), ("BondVault", at.BondVault), ("StakeRegistry", at.StakeRegistry),
        ];
        foreach ((string name, L1Address contract) in contracts) Assert.Empty(await PrivilegesAsync(name, contract, at.Guardian));
        // Where proofs are checked, verifiers come and go by announced calls; a halt by two proofs that contradict each other is a bug.
        L1Address proof = await World.DeployAsync("TestProof", false);
        L1Address registry = await World.DeployAsync("ProofRegistry", at.Guardian, AbiValue.List(proof), AbiValue.List(true), 1UL);
        Assert.Equal(["register(address,bool)", "resume()", "retire(uint32)"], (await PrivilegesAsync("ProofRegistry", registry, at.Guardian)).Order(StringComparer.Ordinal));
        ChainAnswer resumed = await World.CallFromAsync(at.Guardian, new ChainCall(registry, ProofRegistryContract.Resume.Encode()));
        Assert.Equal("AlreadyDone()", RevertReason.Describe(resumed.Output, ProofRegistryContract.Errors));
    }

    protected override Task PrepareAsync() => Task.CompletedTask;

    // Deposits and a batch of payments, posted in calls.
    private async Task<PaymentRollup> FilledAsync(Func<RollupPlan, RollupPlan>? change = null)
    {
        L1Address[] council = [.. Enumerable.Range(0, 8).Select(i => new L1Address([.. Enumerable.Repeat((byte)(0x40 + i), 20)]))];
        PaymentRollup rollup = await PaymentRollup.StartAsync(World, change: plan => (change?.Invoke(plan) ?? plan) with { Council = council });
        await rollup.DepositAsync(0, 1_000);
        await rollup.AppendAsync([], 1, isInCall: true);
        await rollup.AppendAsync([rollup.Pay(0, 1, 10), rollup.Withdraw(0, 4)], 0, isInCall: true);
        Assert.Null((await rollup.SyncAsync()).WaitsFor);
        return rollup;
    }

    private async Task<PaymentRollup> LiedToAsync()
    {
        PaymentRollup rollup = await FilledAsync();
        var liar = new ClaimProposer(rollup.Live(PaymentRollup.Proposer), rollup.At, new LyingSource(rollup.Node, 1, 0));
        await RollupSuite.RunAsync(() => liar.StepAsync(Cancellation));
        return rollup;
    }

    private async Task<bool> HasRootsAsync(PaymentRollup rollup)
    {
        ulong batches = (await rollup.SyncAsync()).Tip.NextBatch;
        Dictionary<ulong, Digest32> told = (await World.EventsAsync(rollup.At.StateChain, C.Claimed)).ToDictionary(e => e[0].ToUInt64(), e => e[5].ToDigest());
        for (ulong batch = 0; batch < batches; batch++)
            if (told.GetValueOrDefault(batch) != (await rollup.Node.FindRootsAsync(batch, Cancellation))!.Value.StateRoot) return false;
        return true;
    }

    // By a node that nobody gives any data.
    private async Task<bool> IsDerivedFromL1Async(PaymentRollup rollup)
    {
        var node = new DerivationNode<Payment, KeccakTree>(rollup.Rules, World.As(0), new InMemoryDataPublisher(), rollup.NewDeriver);
        DerivationStatus status = await node.SyncAsync(null, Cancellation);
        return status.WaitsFor is null && status.Tip.Root == (await rollup.SyncAsync()).Tip.Root;
    }

    // The true step, and not another.
    private async Task<bool> IsVerifiedAsync(PaymentRollup rollup, L1Address judge)
    {
        ClaimableBatch own = (await rollup.Node.FindAsync(1, Cancellation))!.Value;
        ReadOnlyMemory<byte> witness = await rollup.Node.WitnessAsync(1, 1, Cancellation);
        var answers = new List<bool>();
        foreach (Digest32 after in new[] { own.Leaves.Span[1], own.StartLeaf })
        {
            ChainAnswer answer = await World.As(0).CallAsync(new ChainCall(judge, StepJudgeContract.Step.Encode(own.Leaves.Span[0], after, 1UL, own.Head, AbiValue.Of(witness))), Cancellation);
            answers.Add(answer.IsOk && StepJudgeContract.Step.TryDecodeOutput(answer.Output, out AbiValue said) == AbiReadResult.Ok && said[0].ToBool());
        }
        return answers is [true, false];
    }

    private async Task<int> ContestersAsync(PaymentRollup rollup, params int[] accounts)
    {
        ClaimableBatch own = (await rollup.Node.FindAsync(1, Cancellation))!.Value;
        int height = (int)(await World.ReadAsync(rollup.At.StateChain, C.Height))[0].ToUInt64(), count = 0;
        ClaimTree tree = ClaimProposer.TreeOf(own, height);
        AbiValue[] claims = [.. (await World.EventsAsync(rollup.At.StateChain, C.Claimed)).Select(e => C.ClaimOf(e[2].ToDigest(), e[3].ToDigest(), e[4].ToDigest(), C.LeafOf(e[5].ToDigest(), e[6].ToDigest()), e[1].ToAddress(), e[7].ToUInt64()))];
        byte[] contest = C.Contest.Encode(
            1UL, claims[1], claims[0], tree.Node(height - 1, 0), tree.Node(height - 1, 1), own.StateRoot, own.ExitRoot, DisputeMoves.Opening(tree, (1UL << height) - 1));
        foreach (int account in accounts)
            if ((await World.As(account).CallAsync(new ChainCall(rollup.At.StateChain, contest, PaymentRollup.Bond), Cancellation)).IsOk) count++;
        return count;
    }

    private async Task<bool> CanScheduleAsync(PaymentRollup rollup, int members)
    {
        var salt = new Digest32(Hashing.Keccak([(byte)members]));
        byte[] data = C.FinalCount.Encode();
        for (int i = 0; i < members; i++) await World.DoAsync(i, rollup.At.Guardian, G.ApproveCall, 0, rollup.At.StateChain, AbiValue.Of(data), salt);
        return (await World.ReadAsync(rollup.At.Guardian, G.ReadyAt, G.IdOf(rollup.At.Guardian, 2, rollup.At.StateChain, data, salt)))[0].ToUInt64() != 0;
    }

    // Functions that answer somebody otherwise than a stranger, called with zeros.
    private async Task<List<string>> PrivilegesAsync(string name, L1Address contract, L1Address somebody)
    {
        var stranger = new L1Address([.. Enumerable.Repeat((byte)0x99, 20)]);
        var found = new List<string>();
        ContractCode code = ContractCode.Load(name);
        HashSet<string> views = [.. code.Abi.EnumerateArray().Where(item => item.TryGetProperty("stateMutability", out JsonElement kind) && kind.GetString() is "view" or "pure").Select(item => item.TryGetProperty("name", out JsonElement said) ? said.GetString()! : "")];
        foreach (string signature in code.Signatures("function").Where(signature => !views.Contains(signature[..signature.IndexOf('(')])))
        {
            byte[] input = new AbiFunction(signature).Encode([.. AbiType.Parse(signature[signature.IndexOf('(')..]).Parts.Select(Zero)]);
            ChainAnswer one = await World.CallFromAsync(somebody, new ChainCall(contract, input)), other = await World.CallFromAsync(stranger, new ChainCall(contract, input));
            if (one.IsOk != other.IsOk || (!one.IsOk && one.Output.Length >= 4 && !one.Output.Span[..4].SequenceEqual(other.Output.Span[..4]))) found.Add(signature);
        }
        Assert.True(views.Count > 0);
        return found;
    }

    private static AbiValue Zero(AbiType type) => type.Kind switch
    {
        AbiKind.Tuple => AbiValue.List([.. type.Parts.Select(Zero)]),
        AbiKind.FixedArray => AbiValue.List([.. Enumerable.Repeat(Zero(type.Parts[0]), type.Size)]),
        AbiKind.Array => AbiValue.List(),
        AbiKind.Bytes or AbiKind.String => AbiValue.Of(ReadOnlyMemory<byte>.Empty),
        _ => 0UL,
    };
}

public sealed class StageInProcessTests : StageSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class StageOnAnvilTests(AnvilFixture fixture) : StageSuite
{
    private AnvilWorld _world = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The code at each address is what the library's contracts give, which another test compiles again.</summary>
    [Fact]
    public async Task VerifierContractsReproducible()
    {
        RollupPlan plan = null!;
        using PaymentRollup rollup = await PaymentRollup.StartAsync(World, change: wanted => plan = wanted);
        var chain = new Recording(World.As(0));
        RollupAddresses at = await RollupDeployment.DeployAsync(chain, plan, Cancellation);
        Assert.Equal(12, chain.Created.Count);
        foreach ((ChainCall call, ChainReceipt receipt) in chain.Created) Assert.True(await IsReproducedAsync(call, receipt));
        await _world.Node.SetCodeAsync(at.StepJudge, new byte[] { 0x60, 0x01 });
        (ChainCall judge, ChainReceipt replaced) = chain.Created.Single(each => each.Receipt.Created == at.StepJudge);
        Assert.False(await IsReproducedAsync(judge, replaced));
    }

    protected override async Task<SettlementWorld> StartAsync() => _world = await AnvilWorld.StartAsync(fixture);

    // What the creation gives in its block, and what is there now.
    private async Task<bool> IsReproducedAsync(ChainCall creation, ChainReceipt receipt)
    {
        JsonElement there = await _world.Node.DoAsync(RpcRequest.Of("eth_getCode", Hex.Data(receipt.Created.Span), "latest"));
        JsonElement made = await _world.Node.DoAsync(new RpcRequest("eth_call", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("from", Hex.Data(World.AddressOf(0).Span));
            writer.WriteString("data", Hex.Data(creation.Input.Span));
            writer.WriteEndObject();
            writer.WriteStringValue(Hex.Quantity((UInt128)receipt.Block));
        }));
        return there.GetString()!.Length > 100 && there.GetString() == made.GetString();
    }

    private sealed class Recording(ISettlementChain chain) : ISettlementChain
    {
        public List<(ChainCall Call, ChainReceipt Receipt)> Created { get; } = [];

        public L1Address Account => chain.Account;

        public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => chain.FindBlockAsync(number, finality, cancellationToken);

        public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) => chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);

        public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => chain.CallAsync(call, cancellationToken);

        public async ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken)
        {
            ChainReceipt receipt = await chain.SendAsync(call, cancellationToken);
            Created.Add((call, receipt));
            return receipt;
        }
    }
}
