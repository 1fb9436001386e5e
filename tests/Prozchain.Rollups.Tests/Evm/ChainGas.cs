using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Settlement;
using C = Prozchain.Rollups.Evm.StateChainContract;
using T = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>Gas of claims, disputes, proofs and bonds, with trees of 2^16 leaves. Times are set: hashes over them are call data, whose zero bytes are cheaper.</summary>
internal sealed class ChainGas(AnvilNode node, TestAccount user, SortedDictionary<string, ulong> gas)
{
    private const int Height = 16, Batches = 34;
    private const ulong Period = 604_800;

    private static readonly Digest32 s_genesis = World.Root(1);

    private readonly TournamentParameters _rules = new();
    private readonly List<Digest32> _roots = [];
    private ulong _now = 1_900_000_000, _spent;
    private L1Address _chain, _game, _inbox, _vault;

    public async Task MeasureAsync()
    {
        ulong count = (await node.Client.GetNonceAsync(user.Address, L1Client.Latest, TestContext.Current.CancellationToken)).Value!.Value;
        L1Address At(ulong place) => L1Address.OfCreated(user.Address, count + place);
        L1Address step = await CreateTestAsync("TestStep");
        (_inbox, _vault, _chain, _game) = (At(1), At(2), At(3), At(4));
        await CreateAsync("Inbox", null, user.Address, AbiValue.List(), 0UL);
        await CreateAsync("BondVault", "BondVault.constructor", AbiValue.List(_chain, _game), default(L1Address), 60UL);
        await CreateAsync("StateChain", "StateChain.constructor", _inbox, _game, _vault, default(L1Address), user.Address, Period, 600UL, 86_400UL, _rules.Bond, (ulong)Height, s_genesis, 0UL);
        await CreateAsync("Tournament", "Tournament.constructor", _chain, _vault, step, (ulong)Height, RollupDeployment.Rules(_rules));

        AbiValue parent = C.ClaimOf(default, default, default, default, default, 0);
        Digest32 leaf = C.LeafOf(s_genesis, default);
        var claims = new List<AbiValue>();
        Side truth = default, lie = default;
        for (ulong batch = 0; batch < Batches; batch++)
        {
            await SendAsync(null, _inbox, InboxContract.AppendCalldata, 0, batch, AbiValue.Of(new byte[] { 1 }), 0UL, InboxContract.ListOf(default, 0, _now));
            Digest32 head = (await user.ReadAsync(_inbox, InboxContract.BatchHeads, batch))[0].ToDigest();
            truth = Run(leaf, head, -1);
            await SendAsync(batch == 0 ? "StateChain.propose first" : "StateChain.propose", _chain, C.Propose, _rules.Bond, [batch, head, .. truth.Claim]);
            Digest32 parentId = batch == 0 ? default : C.IdOf(batch - 1, parent);
            claims.Add(C.ClaimOf(parentId, truth.Left, truth.Right, truth.Tree.Claim.FinalRoot, user.Address, _now));
            if (batch == Batches - 1)
            {
                lie = Run(leaf, head, 6);
                _spent = 0;
                await SendAsync("StateChain.contest", _chain, C.Contest, _rules.Bond, [batch, claims[^1], parent, .. lie.Claim]);
                await PlayAsync(truth.Tree, lie.Tree, Run(leaf, head, 9), leaf);
            }
            (parent, leaf) = (claims[^1], truth.Tree.Claim.FinalRoot);
        }
        _now += Period;
        AbiValue many = AbiValue.List([.. claims[..32]]);
        await SendAsync("Tournament.conclude", _game, T.Conclude, 0, 0UL);
        await SendAsync("Tournament.collect", _game, T.Collect, 0, 0UL, user.Address);
        gas["Tournament, a dispute of 3 claims, all calls"] = _spent;
        await SendAsync("StateChain.finalize and refund 32 batches", _chain, C.FinalizeBatches, 0, many, _roots[31], default(Digest32), true);
        await SendAsync("StateChain.finalize 1 batch", _chain, C.FinalizeBatches, 0, AbiValue.List(claims[32]), _roots[32], default(Digest32), false);
        await SendAsync("StateChain.publish", _chain, C.Publish, 0, 3UL, claims[3], _roots[3], default(Digest32));
        await SendAsync("StateChain.refund 1 batch", _chain, C.Refund, 0, AbiValue.List(claims[32]));
        _now += 60;
        await SendAsync("BondVault.withdraw", _vault, BondVaultContract.Withdraw, 0);
        await ProveAsync();
    }

    // The same batches, each proven before a verifier that costs next to nothing: what the contracts alone do. About the last one the claim is a lie.
    private async Task ProveAsync()
    {
        (L1Address registry, gas["ProofRegistry.constructor 1 system"]) =
            await user.DeployAsync("ProofRegistry", user.Address, AbiValue.List(await CreateTestAsync("TestProof", true)), AbiValue.List(true), 1UL);
        ulong count = (await node.Client.GetNonceAsync(user.Address, L1Client.Latest, TestContext.Current.CancellationToken)).Value!.Value;
        L1Address vault = L1Address.OfCreated(user.Address, count), chain = L1Address.OfCreated(user.Address, count + 1);
        await CreateAsync("BondVault", null, AbiValue.List(chain), default(L1Address), 60UL);
        await CreateAsync("StateChain", null, _inbox, _game, vault, registry, user.Address, Period, 600UL, 86_400UL, _rules.Bond, (ulong)Height, s_genesis, 0UL);
        AbiValue parent = C.ClaimOf(default, default, default, default, default, 0);
        Digest32 leaf = C.LeafOf(s_genesis, default);
        var claims = new List<AbiValue>();
        for (ulong batch = 0; batch < Batches; batch++)
        {
            bool isLie = batch == Batches - 1;
            Digest32 head = (await user.ReadAsync(_inbox, InboxContract.BatchHeads, batch))[0].ToDigest(), end = Run(leaf, head, -1).Tree.Claim.FinalRoot;
            Side side = Run(leaf, head, isLie ? 6 : -1);
            await SendAsync(null, chain, C.Propose, _rules.Bond, [batch, head, .. side.Claim]);
            AbiValue claim = C.ClaimOf(batch == 0 ? default : C.IdOf(batch - 1, parent), side.Left, side.Right, side.Tree.Claim.FinalRoot, user.Address, _now);
            await SendAsync("ProofRegistry.submit, empty verifier", registry, ProofRegistryContract.Submit, 0, 0UL, leaf, end, head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
            if (isLie) await SendAsync("StateChain.refute", chain, C.Refute, 0, batch, claim, parent, end);
            else await SendAsync("StateChain.prove", chain, C.Prove, 0, batch, claim, parent);
            claims.Add(claim);
            (parent, leaf) = (claim, end);
        }
        _now += 600;
        await SendAsync("StateChain.finalize and refund 32 proven batches", chain, C.FinalizeBatches, 0, AbiValue.List([.. claims[..32]]), _roots[31], default(Digest32), true);
    }

    private async Task PlayAsync(ClaimTree truth, ClaimTree lie, Side third, Digest32 startLeaf)
    {
        await SendAsync("Tournament.form 1 match", _game, T.Form, 0, 0UL, 1UL);
        while (true)
        {
            AbiValue match = await user.ReadAsync(_game, T.MatchAt, 0UL, 0UL);
            if (match[7].ToBool()) break;
            // The truth is claim 0, and the second of the match.
            ClaimTree mover = match[8].ToBool() ? truth : lie;
            TournamentMove move = TournamentPlayer.Bisect(mover, 0, (int)match[5].ToUInt64(), match[6].ToUInt64(), match[3].ToDigest(), startLeaf);
            if (move is SealMove seal)
                await SendAsync("Tournament.seal", _game, T.Seal, 0, 0UL, 0UL, seal.Left, seal.Right, seal.PreRoot, AbiValue.List([.. seal.Opening.ToArray().Select(static node => (AbiValue)node)]));
            else if (move is AdvanceMove m)
                await SendAsync("Tournament.advance", _game, T.Advance, 0, 0UL, 0UL, m.Left, m.Right, m.NewLeft, m.NewRight);
        }
        await SendAsync("Tournament.step, without execution", _game, T.Step, 0, 0UL, 0UL, true, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        await SendAsync("Tournament.join", _game, T.Join, _rules.Bond, 0UL, third.Left, third.Right, third.Tree.Claim.FinalRoot, third.Claim[^1]);
        await SendAsync(null, _game, T.Form, 0, 0UL, 1UL);
        _now += _rules.RoundLength;
        await SendAsync("Tournament.timeout", _game, T.Timeout, 0, 0UL, 1UL);
        for (ulong match = 2; ; match++)
        {
            if ((await user.ReadAsync(_game, T.Game, 0UL))[5].ToUInt64() == 1) return;
            await SendAsync(null, _game, T.Form, 0, 0UL, 1UL);
            AbiValue state = await user.ReadAsync(_game, T.MatchAt, 0UL, match);
            if (state[8].ToBool()) throw new InvalidOperationException("Expected the liar, the first, to move.");
            _now += _rules.RoundLength;
            await SendAsync(null, _game, T.Timeout, 0, 0UL, match);
        }
    }

    private Side Run(Digest32 start, Digest32 head, int lieAt)
    {
        var leaves = new Digest32[16];
        (Digest32 leaf, Digest32 state) = (start, default);
        for (int i = 0; i < leaves.Length; i++)
        {
            state = i == lieAt ? World.Root(50 + i) : TestComputation.Next(leaf, (ulong)i, head);
            leaves[i] = leaf = C.LeafOf(state, default);
        }
        if (lieAt < 0) _roots.Add(state);
        var tree = new ClaimTree(Height, leaves);
        (Digest32 left, Digest32 right) = (tree.Node(Height - 1, 0), tree.Node(Height - 1, 1));
        return new Side(tree, left, right, [left, right, state, default(Digest32), DisputeMoves.Opening(tree, (1UL << Height) - 1)]);
    }

    private async Task SendAsync(string? name, L1Address to, AbiFunction function, UInt128 value, params AbiValue[] arguments)
    {
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(++_now)));
        L1Receipt receipt = await user.SendAsync(to, function.Encode(arguments), value);
        Assert.True(receipt.Succeeded, name ?? function.Name);
        _spent += receipt.GasUsed;
        if (name is not null) gas[name] = receipt.GasUsed;
    }

    private async Task CreateAsync(string contract, string? name, params AbiValue[] arguments)
    {
        await node.DoAsync(RpcRequest.Of("evm_setNextBlockTimestamp", Hex.Quantity(++_now)));
        (_, ulong used) = await user.DeployAsync(contract, arguments);
        if (name is not null) gas[name] = used;
    }

    private async Task<L1Address> CreateTestAsync(string contract, params AbiValue[] arguments) =>
        (await user.SendAsync(null, ContractCode.Load(contract, typeof(ChainGas).Assembly).Create(arguments))).Created!.Value;

    private readonly record struct Side(ClaimTree Tree, Digest32 Left, Digest32 Right, AbiValue[] Claim);
}
