using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.MessageRootContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Messages: out against final exit roots, exactly once; in as forced items.</summary>
public abstract class MessageRootSuite : SettlementSuite
{
    private const int User = 1;
    private const ulong Rollup = 9;
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;
    private static readonly AccountAddress s_sender = new HashSigner(4).Address;
    private static readonly byte[] s_text = [.. "out of the rollup"u8];

    private readonly EffectLog _log = new();
    private L1Address _inbox, _messages, _finality, _receiver;

    [Fact]
    public async Task MessageOut_Final_ReachesItsTargetOnce()
    {
        _log.Begin(new BatchContext(Rollup, 0, 0, 0));
        _log.Send(s_sender, _receiver, s_text);
        _log.Send(s_sender, _receiver, []);
        _log.Send(s_sender, World.AddressOf(User), s_text);
        Assert.Equal("NotFinal(0)", await RevertAsync(0, s_text));
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, new Digest32(), _log.ExitRoot());
        Assert.Equal("NotInTree()", await RevertAsync(0, "another"u8.ToArray()));
        Assert.Equal($"NoTarget({World.AddressOf(User)})", await RevertAsync(2, s_text));
        Assert.StartsWith("TargetFailed(", await RevertAsync(1, []), StringComparison.Ordinal);

        await World.DoAsync(User, _messages, C.Relay, 0, Claim(0, s_text));
        AbiValue told = Assert.Single(await World.EventsAsync(_receiver, TestReceiverTwin.Told));
        Assert.Equal((_messages, (ulong)s_sender.Scheme, s_sender.Digest), (told[0].ToAddress(), told[1].ToUInt64(), told[2].ToDigest()));
        Assert.Equal(s_text, told[3].Bytes.ToArray());
        Assert.Equal("AlreadyRelayed(0, 0)", await RevertAsync(0, s_text));
        Assert.True((await World.ReadAsync(_messages, C.IsRelayed, 0UL, 0UL))[0].ToBool());
        // What a target refused can be tried again.
        Assert.False((await World.ReadAsync(_messages, C.IsRelayed, 0UL, 1UL))[0].ToBool());
        Digest32 leaf = (await World.ReadAsync(_messages, C.LeafOf, 0UL, 0UL, (ulong)s_sender.Scheme, s_sender.Digest, _receiver, new Digest32(Hashing.Keccak(s_text))))[0].ToDigest();
        Assert.Equal(_log.Leaf(0), leaf);
    }

    [Fact]
    public async Task MessageIn_IsAForcedItemThatNamesItsSender()
    {
        AbiValue[] message = [(ulong)s_sender.Scheme, s_sender.Digest, AbiValue.Of(s_text)];
        Assert.Equal($"FeeTooLow({s_fee}, 1)", await World.RevertAsync(User, _messages, C.Send, 1, C.Errors, message));
        await World.DoAsync(User, _messages, C.Send, 2 * s_fee, message);
        Assert.True(InboxContract.TryRead(Assert.Single(await World.LogsAsync(_inbox)), out InboxForcedItem item));
        Assert.Equal(_messages, item.Sender);
        Assert.True(C.TryReadMessage(item.Data, out L1Address from, out byte scheme, out Digest32 digest, out ReadOnlyMemory<byte> data));
        Assert.Equal((World.AddressOf(User), s_sender.Scheme, s_sender.Digest), (from, scheme, digest));
        Assert.Equal(s_text, data.ToArray());
        Assert.Equal(s_fee, await World.BalanceOfAsync(_inbox));
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_messages));
        Assert.False(C.TryReadMessage(new byte[100], out _, out _, out _, out _));
    }

    protected override async Task PrepareAsync()
    {
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _finality = await World.DeployAsync("TestFinality");
        _receiver = await World.DeployAsync("TestReceiver");
        _messages = await World.DeployAsync("MessageRoot", _inbox, _finality, default(L1Address), Rollup, default(L1Address));
    }

    private AbiValue[] Claim(int effect, byte[] data) =>
    [
        0UL, (ulong)effect, (ulong)s_sender.Scheme, s_sender.Digest, _log[effect].Recipient, AbiValue.Of(data),
        AbiValue.List([.. _log.Prove(effect).Select(sibling => (AbiValue)sibling)]),
    ];

    private Task<string> RevertAsync(int effect, byte[] data) => World.RevertAsync(User, _messages, C.Relay, 0, C.Errors, Claim(effect, data));
}

public sealed class MessageRootInProcessTests : MessageRootSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class MessageRootOnAnvilTests(AnvilFixture fixture) : MessageRootSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
