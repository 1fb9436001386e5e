using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>Gas of proofs of segments, 256 of 256 steps, and of a withdrawal that must be proven. Times are set: they are call data, whose zero bytes are cheaper.</summary>
internal sealed class SegmentGas(AnvilNode node, TestAccount user, SortedDictionary<string, ulong> gas)
{
    private const int Height = 16, Segment = 256;
    private const ulong Rollup = 9, Period = 604_800;

    private static readonly UInt128 s_fee = 1_000_000_000_000_000;

    private ulong _now = 2_000_000_000;
    private L1Address _inbox, _registry, _chain;

    public async Task MeasureAsync()
    {
        (_inbox, _) = await user.DeployAsync("Inbox", user.Address, AbiValue.List(), 0UL);
        L1Address verifier = (await user.SendAsync(null, ContractCode.Load("TestProof", typeof(SegmentGas).Assembly).Create(true))).Created!.Value;
        (_registry, _) = await user.DeployAsync("ProofRegistry", user.Address, AbiValue.List(verifier), AbiValue.List(true), 1UL);
        ulong count = (await node.Client.GetNonceAsync(user.Address, L1Client.Latest, TestContext.Current.CancellationToken)).Value!.Value;
        L1Address vault = L1Address.OfCreated(user.Address, count);
        _chain = L1Address.OfCreated(user.Address, count + 1);
        await user.DeployAsync("BondVault", AbiValue.List(_chain), default(L1Address), 60UL);
        await user.DeployAsync("StateChain", _inbox, user.Address, vault, _registry, user.Address, Period, 600UL, 86_400UL, (UInt128)2, (ulong)Height, World.Root(1), (ulong)Segment);
        AbiValue rules = AbiValue.List(AbiValue.List(1UL, 0UL, 40UL, 1UL), AbiValue.List(2UL, 0UL, 0UL, 1UL));
        (L1Address policy, gas["FinalityPolicy.constructor 2 rules"]) = await user.DeployAsync("FinalityPolicy", _chain, rules);
        (L1Address bridge, _) = await user.DeployAsync("Bridge", _inbox, _chain, default(L1Address), default(L1Address), Rollup, 600UL, Period, 200UL, policy);
        await SendAsync(null, bridge, BridgeContract.DepositEther, s_fee + 1_000_000, 1_000_000UL, 1UL, default(Digest32));

        var log = new EffectLog();
        log.Begin(new BatchContext(Rollup, 0, 0, 0));
        var recipient = new L1Address([.. Enumerable.Repeat((byte)0x77, 20)]);
        for (int i = 0; i < 1_000; i++) log.Withdraw(0, 50, recipient);
        // All that left did so in the second segment.
        var before = new StepMachine(World.Root(2), default, 0, new ResourceUse(1_000, 1_000), World.Root(3), default);
        StepMachine later = before with { StateRoot = World.Root(4), ExitRoot = World.Root(5), Exits = 1_000 };
        (AbiValue claim, AbiValue stretch) = await ClaimAsync(0, before.Leaf(), later.Leaf(), log.ExitRoot());
        await SendAsync("StateChain.proveSegments", _chain, C.ProveSegments, 0, 0UL, claim, claim, stretch);
        await SendAsync("StateChain.coverExits 1000 exits", _chain, C.CoverExits, 0, 0UL, claim, 1UL, 1UL, C.MachineOf(before), stretch[3], C.MachineOf(later), stretch[5]);
        (AbiValue false_, AbiValue told) = await ClaimAsync(1, before.Leaf(), World.Root(6), World.Root(7));
        Digest32 truth = World.Root(8);
        await SendAsync(null, _registry, ProofRegistryContract.Submit, 0, 0UL, told[2], truth, C.SegmentHead(await HeadAsync(1), Segment, 2 * Segment), AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        await SendAsync("StateChain.refuteSegments", _chain, C.RefuteSegments, 0, 1UL, false_, claim, told, truth);
        _now += Period;
        await SendAsync(null, _chain, C.FinalizeBatches, 0, AbiValue.List(claim), World.Root(9), log.ExitRoot(), false);
        foreach (int i in (int[])[0, 1])
            await SendAsync(
                "Bridge.withdraw that must be proven, 1000 effects", bridge, BridgeContract.Withdraw, 0,
                0UL, (ulong)i, 0UL, log[i].Amount, recipient, AbiValue.List([.. log.Prove(i).Select(sibling => (AbiValue)sibling)]));
    }

    // Of 600 steps; the second segment is proven, of a lie elsewhere.
    private async Task<(AbiValue Claim, AbiValue Stretch)> ClaimAsync(ulong batch, Digest32 pre, Digest32 post, Digest32 exitRoot)
    {
        await SendAsync(null, _inbox, InboxContract.AppendCalldata, 0, batch, AbiValue.Of(new byte[] { 1 }), 0UL, InboxContract.ListOf(default, 0, _now));
        Digest32[] leaves = [.. Enumerable.Range(0, 600).Select(i => World.Root(1_000 + i))];
        Digest32 parent = batch == 0 ? default : (await user.ReadAsync(_chain, C.Claims, batch - 1))[0].ToDigest(), head = await HeadAsync(batch);
        (leaves[Segment - 1], leaves[2 * Segment - 1], leaves[^1]) = (pre, post, C.LeafOf(World.Root(9), exitRoot));
        var tree = new ClaimTree(Height, leaves);
        (Digest32 left, Digest32 right) = (tree.Node(Height - 1, 0), tree.Node(Height - 1, 1));
        await SendAsync(null, _chain, C.Propose, 2, batch, head, left, right, World.Root(9), exitRoot, DisputeMoves.Opening(tree, (1UL << Height) - 1));
        AbiValue claim = C.ClaimOf(parent, left, right, leaves[^1], user.Address, _now);
        if (batch == 0) await SendAsync(null, _registry, ProofRegistryContract.Submit, 0, 0UL, pre, post, C.SegmentHead(head, Segment, 2 * Segment), AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        return (claim, AbiValue.List(1UL, 1UL, pre, DisputeMoves.Opening(tree, Segment - 1), post, DisputeMoves.Opening(tree, 2 * Segment - 1)));
    }

    private async Task<Digest32> HeadAsync(ulong batch) => (await user.ReadAsync(_inbox, InboxContract.BatchHeads, batch))[0].ToDigest();

    private async Task SendAsync(string? name, L1Address to, AbiFunction function, UInt128 value, params AbiValue[] arguments)
    {
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(++_now)));
        L1Receipt receipt = await user.SendAsync(to, function.Encode(arguments), value);
        Assert.True(receipt.Succeeded, name ?? function.Name);
        if (name is not null) gas[name] = receipt.GasUsed;
    }
}
