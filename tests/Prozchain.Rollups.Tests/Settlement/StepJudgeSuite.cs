using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StepJudgeContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Steps of a batch that an Inbox ordered, from its own heads: what a position holds, and that nothing else can pass for it.</summary>
public abstract class StepJudgeSuite : SettlementSuite
{
    private const int User = 1;

    private static readonly byte[] s_source = [1, 2, 3];

    private readonly StepRig _rig = new();
    private L1Address _inbox, _bridge, _challenges, _judge;

    [Theory]
    [InlineData(InboxDataKind.Calldata)]
    [InlineData(InboxDataKind.Certified)]
    public async Task EveryPosition_HasItsStep_AndNoOther(object posted)
    {
        var kind = (InboxDataKind)posted;
        // A batch before, two forced items, three payments.
        List<AbiValue> links = [];
        AbiValue earlier = await AppendAsync(kind, 0, default, InboxContract.ListOf(default, 0, _rig.Context.TimestampSeconds), links, 0);
        UInt128 fee = 10_000_000_000_000_000;
        await World.DoAsync(User, _bridge, BridgeContract.DepositEther, fee + 1_000, (UInt128)1_000, (ulong)_rig.AddressOf(0).Scheme, _rig.AddressOf(0).Digest);
        StepItem deposit = StepItem.Of(new InboundMessage { Amount = 1_000, Recipient = _rig.AddressOf(0), Sender = World.AddressOf(User) });
        links.Add(await LinkAsync(links, _bridge, deposit.Data));
        StepItem forced = new(StepKind.ForcedPayment, StepItem.Of(new Payment { Sender = _rig.AddressOf(0), Amount = 5 }).Data);
        await World.DoAsync(User, _inbox, InboxContract.Enqueue, fee, AbiValue.Of(forced.Data));
        links.Add(await LinkAsync(links, World.AddressOf(User), forced.Data));

        // Payments are signed over a state that holds the deposit.
        List<StepProof> proofs = [];
        Digest32 exits = new(Hashing.Keccak("exits of the batch before"u8));
        List<Digest32> leaves = [(_rig.Machine with { ExitRoot = exits }).Edge()];
        Step(deposit);
        Step(forced);
        for (int i = 0; i < 3; i++) Step(StepItem.Of(_rig.Sign(0, new Payment { Amount = 10, Recipient = _rig.AddressOf(1) })));
        Digest32[] items = [.. proofs.Skip(2).Select(proof => proof.Item.Digest())];
        var tree = new ClaimTree(Claim.HeightOf(3), items);
        AbiValue list = AbiValue.List(new Digest32(Hashing.Keccak(s_source)), tree.Claim.Root, 3UL, _rig.Context.TimestampSeconds);
        Digest32 commitment = Hash(C.List, list);
        AbiValue header = await AppendAsync(kind, 1, Hash(C.Header, earlier), AbiValue.List(list[1], list[2], list[3]), links, 2);
        Digest32 head = (await World.ReadAsync(_inbox, InboxContract.BatchHeads, 1UL))[0].ToDigest();
        proofs.Add(_rig.Prove(StepItem.Close));
        leaves.Add(_rig.Machine.Edge());
        proofs[0] = proofs[0].AsFirst(exits);

        for (int i = 0; i < proofs.Count; i++)
        {
            byte[] witness = Witness(i, proofs[i]);
            Assert.True(await JudgeAsync(leaves[i], leaves[i + 1], i, witness));
            Assert.False(await JudgeAsync(leaves[i], commitment, i, witness));
            Assert.NotNull(await RefusedAsync(leaves[i], leaves[i + 1], (i + 1) % proofs.Count, witness));
        }
        Assert.True(await JudgeAsync(commitment, commitment, 6, Witness(5, proofs[5])));
        Assert.False(await JudgeAsync(leaves[6], commitment, 6, Witness(5, proofs[5])));
        Assert.Equal("WrongPath()", await RefusedAsync(leaves[2], leaves[3], 2, Witness(2, proofs[2], path: [items[0], items[1]])));
        Assert.Equal("WrongPath()", await RefusedAsync(leaves[2], leaves[3], 2, Witness(2, proofs[3])));
        Assert.Equal("WrongLink(0)", await RefusedAsync(leaves[0], leaves[1], 0, Witness(0, proofs[0], with: [links[0], links[1]])));
        Assert.Equal("WrongLink(1)", await RefusedAsync(leaves[0], leaves[1], 0, Witness(0, proofs[0], with: [links[1]])));
        Assert.Equal("WrongKind()", await RefusedAsync(leaves[1], leaves[2], 1, Witness(1, proofs[1], sender: _bridge)));
        Assert.Equal("WrongLink(1)", await RefusedAsync(leaves[1], leaves[2], 1, Witness(1, proofs[1], sender: World.AddressOf(2))));
        AbiValue longer = AbiValue.List(list[0], list[1], 4UL, list[3]);
        Assert.Equal("WrongList()", await RefusedAsync(leaves[2], leaves[3], 2, Witness(2, proofs[2], other: longer)));
        Assert.StartsWith("WrongHeader(", await World.RevertAsync(0, _judge, C.Step, 0, C.Errors, leaves[2], leaves[3], 2UL, commitment, AbiValue.Of(Witness(2, proofs[2]))), StringComparison.Ordinal);

        // Withheld, the batch is its forced items and its end, whatever its list holds.
        AbiValue batch = AbiValue.List([header[0], .. header.Items.ToArray()[2..]]);
        await World.DoAsync(User, _challenges, DataChallengeContract.ChallengeList, 1, 1UL, batch, 0UL);
        await World.AdvanceAsync(TimeSpan.FromSeconds(DataChallengeContract.LeastWindow + 60));
        await World.DoAsync(User, _challenges, DataChallengeContract.Expire, 0, 1UL, DataChallengeContract.List);
        Assert.True(await JudgeAsync(leaves[1], leaves[2], 1, Witness(1, proofs[1])));
        Assert.Equal("WrongKind()", await RefusedAsync(leaves[2], leaves[3], 2, Witness(2, proofs[2])));
        StepMachine end = proofs[2].Before;
        Assert.True(await JudgeAsync(leaves[2], end.Edge(), 2, Witness(2, new StepProof(end, StepItem.Close, default, default))));
        Assert.True(await JudgeAsync(end.Edge(), end.Edge(), 3, Witness(3, proofs[3])));
        Assert.False(await JudgeAsync(end.Edge(), leaves[4], 3, Witness(3, proofs[3])));

        void Step(StepItem item)
        {
            proofs.Add(_rig.Do(item).Proof);
            leaves.Add(_rig.Machine.Leaf());
        }

        byte[] Witness(int position, StepProof proof, Digest32[]? path = null, AbiValue[]? with = null, L1Address? sender = null, AbiValue? other = null)
        {
            path ??= position is >= 2 and < 5 ? tree.Open((ulong)position - 2) : [];
            with ??= position < 2 ? [.. links.Skip(position).Reverse()] : [];
            return AbiCodec.Encode(C.Opening, AbiValue.List(
                header, earlier, other ?? list, AbiValue.List(with), sender ?? (position == 0 ? _bridge : World.AddressOf(User)),
                AbiValue.List([.. path.Select(sibling => (AbiValue)sibling)]), StepVerifierContract.Encode(proof)));
        }

        async Task<bool> JudgeAsync(Digest32 before, Digest32 after, int position, byte[] witness) =>
            (await World.ReadAsync(_judge, C.Step, before, after, (ulong)position, head, AbiValue.Of(witness)))[0].ToBool();

        Task<string> RefusedAsync(Digest32 before, Digest32 after, int position, byte[] witness) =>
            World.RevertAsync(0, _judge, C.Step, 0, C.Errors, before, after, (ulong)position, head, AbiValue.Of(witness));
    }

    protected override async Task PrepareAsync()
    {
        _rig.Begin(_rig.Context with { Number = 1, TimestampSeconds = (await World.BlockAsync()).TimestampSeconds });
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _bridge = await World.DeployAsync("Bridge", _inbox, default(L1Address), default(L1Address), default(L1Address), 9UL, 1UL, 0UL, 0UL, default(L1Address));
        _challenges = await World.DeployAsync("DataChallenge", _inbox, DataChallengeContract.LeastWindow, DataChallengeContract.LeastWindow, 1UL);
        _judge = await World.DeployAsync("StepJudge", await World.DeployAsync("StepVerifier", _rig.ContractRules()), _bridge, _challenges);
    }

    private static Digest32 Hash(AbiType type, AbiValue value) => new(Hashing.Keccak(AbiCodec.Encode(type, value.Items)));

    private async Task<AbiValue> AppendAsync(InboxDataKind kind, ulong number, Digest32 before, AbiValue list, List<AbiValue> links, ulong forced)
    {
        var data = new Digest32(Hashing.Keccak(s_source));
        ChainReceipt receipt = kind == InboxDataKind.Calldata
            ? await World.DoAsync(0, _inbox, InboxContract.AppendCalldata, 0, number, AbiValue.Of(s_source), forced, list)
            : await World.DoAsync(0, _inbox, InboxContract.AppendCertified, 0, number, data, (ulong)s_source.Length, AbiValue.Of(Array.Empty<byte>()), forced, list);
        ulong time = (await World.BlockAsync(receipt.Block)).TimestampSeconds;
        Digest32 commitment = Hash(C.List, AbiValue.List(data, list[0], list[1], list[2]));
        AbiValue header = AbiValue.List(before, number, (ulong)kind, commitment, forced, forced == 0 ? default : Hash(C.Link, links[^1]), receipt.Block, time);
        Assert.Equal((await World.ReadAsync(_inbox, InboxContract.BatchHeads, number))[0].ToDigest(), Hash(C.Header, header));
        return header;
    }

    // What the Inbox hashed of the item that was just queued.
    private async Task<AbiValue> LinkAsync(List<AbiValue> links, L1Address sender, ReadOnlyMemory<byte> data)
    {
        ChainBlock block = await World.BlockAsync();
        Digest32 item = Hash(AbiType.Parse("(address,bytes32)"), AbiValue.List(sender, new Digest32(Hashing.Keccak(data.Span))));
        AbiValue link = AbiValue.List(links.Count == 0 ? default : Hash(C.Link, links[^1]), item, block.Number, block.TimestampSeconds);
        Assert.Equal((await World.ReadAsync(_inbox, InboxContract.ForcedHeads, (ulong)links.Count))[0].ToDigest(), Hash(C.Link, link));
        return link;
    }
}

public sealed class StepJudgeInProcessTests : StepJudgeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class StepJudgeOnAnvilTests(AnvilFixture fixture) : StepJudgeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
