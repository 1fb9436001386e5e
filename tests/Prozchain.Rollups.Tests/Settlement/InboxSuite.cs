using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.InboxContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The Inbox: order, certificates, and a queue that cannot be passed by.</summary>
public abstract class InboxSuite : SettlementSuite
{
    private const int Sequencer = 0, User = 1;
    private static readonly byte[] s_data = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;

    // In the order of their addresses, as certificates must be.
    private int[] _committee = [];
    private L1Address _inbox;

    [Fact]
    public async Task Append_OfCalldataAndCertificates_IsChainedAsWeCompute()
    {
        AbiValue none = await World.NoItemsAsync();
        ChainReceipt first = await World.DoAsync(Sequencer, _inbox, C.AppendCalldata, 0, 0UL, AbiValue.Of(s_data), 0UL, none);
        InboxBatch batch = Assert.Single(await BatchesAsync());
        Assert.Equal((0UL, InboxDataKind.Calldata, new Digest32(Hashing.Keccak(s_data)), 200UL), (batch.Number, batch.Kind, batch.Data, batch.Length));
        Assert.Equal((default, 0UL, none[2].ToUInt64()), (batch.Items, batch.Count, batch.Time));
        Assert.Equal(C.NextBatchHead(default, batch, first.Block, await TimeOfAsync(first)), batch.Head);
        Assert.Equal(C.AppendCalldata.Encode(0UL, AbiValue.Of(s_data), 0UL, none), (await World.LogsAsync(_inbox))[0].Input.ToArray());

        var data = new Digest32(Hashing.Keccak("off chain"u8));
        var items = new Digest32(Hashing.Keccak("items"u8));
        AbiValue list = C.ListOf(items, C.MaxItems, (await World.BlockAsync()).TimestampSeconds);
        ChainReceipt second = await World.DoAsync(Sequencer, _inbox, C.AppendCertified, 0, 1UL, data, 5000UL, AbiValue.Of(await CertificateAsync(data, 5000, _committee)), 0UL, list);
        InboxBatch certified = (await BatchesAsync())[1];
        Assert.Equal((data, 5000UL, items, C.MaxItems, list[2].ToUInt64()), (certified.Data, certified.Length, certified.Items, certified.Count, certified.Time));
        Assert.Equal(C.CommitmentOf(data, list), certified.Commitment);
        Assert.Equal(certified.Time, (await World.ReadAsync(_inbox, C.LastTime))[0].ToUInt64());
        Assert.Equal(C.NextBatchHead(batch.Head, certified, second.Block, await TimeOfAsync(second)), certified.Head);
        Assert.Equal(certified.Head, (await World.ReadAsync(_inbox, C.BatchHead))[0].ToDigest());
        Assert.Equal(batch.Head, (await World.ReadAsync(_inbox, C.BatchHeads, 0UL))[0].ToDigest());
        Assert.Equal(default, (await World.ReadAsync(_inbox, C.BatchHeads, 2UL))[0].ToDigest());
        Assert.Equal(2UL, (await World.ReadAsync(_inbox, C.BatchCount))[0].ToUInt64());
    }

    [Fact]
    public async Task Append_WithABadCertificate_Reverts()
    {
        var commitment = new Digest32(Hashing.Keccak("off chain"u8));
        byte[] good = await CertificateAsync(commitment, 5000, _committee);
        Assert.Equal("BadCertificate(1)", await AppendRevertsAsync([.. good[65..], .. good[..65]]));
        Assert.Equal("BadCertificate(1)", await AppendRevertsAsync([.. good[..65], .. good[..65]]));
        Assert.Equal("TooFewSignatures(2, 1)", await AppendRevertsAsync(good[..65]));
        Assert.Equal("TooFewSignatures(2, 2)", await AppendRevertsAsync([.. good, 0]));
        Assert.Equal("BadCertificate(0)", await AppendRevertsAsync(new byte[130]));
        Assert.Equal("BadCertificate(0)", await AppendRevertsAsync([.. Enumerable.Repeat((byte)0xFF, 64), 27, .. good[65..]]));
        Assert.Equal("BadCertificate(0)", await AppendRevertsAsync([.. good[..64], (byte)(good[64] - 27), .. good[65..]]));
        Assert.Equal("BadCertificate(0)", await AppendRevertsAsync(await CertificateAsync(commitment, 5001, _committee)));
        Assert.StartsWith("BadCertificate(", await AppendRevertsAsync(await CertificateAsync(commitment, 5000, _committee[0], User)), StringComparison.Ordinal);

        // The precompile takes a high s, of the other parity; so do both layers.
        byte[] high = [.. good];
        System.Numerics.BigInteger order = new(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"), isUnsigned: true, isBigEndian: true);
        AbiValue.Of(order - new System.Numerics.BigInteger(good.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).Word.Span.CopyTo(high.AsSpan(32));
        high[64] = (byte)(27 + 28 - high[64]);
        await World.DoAsync(Sequencer, _inbox, C.AppendCertified, 0, 0UL, commitment, 5000UL, AbiValue.Of(high), 0UL, await World.NoItemsAsync());

        async Task<string> AppendRevertsAsync(byte[] signatures) =>
            await Revert(Sequencer, C.AppendCertified, 0, 0UL, commitment, 5000UL, AbiValue.Of(signatures), 0UL, await World.NoItemsAsync());
    }

    [Fact]
    public async Task Append_TwiceOrByAStranger_Reverts()
    {
        AbiValue none = await World.NoItemsAsync();
        AbiValue[] call = [0UL, AbiValue.Of(s_data), 0UL, none];
        Assert.Equal($"NotSequencer({World.AddressOf(User)})", await Revert(User, C.AppendCalldata, 0, call));
        await World.DoAsync(Sequencer, _inbox, C.AppendCalldata, 0, call);
        Assert.Equal("WrongBatch(1, 0)", await Revert(Sequencer, C.AppendCalldata, 0, call));
        Assert.False((await World.SendAsync(Sequencer, new ChainCall(_inbox, C.AppendCalldata.Encode(call)))).IsOk);
        Assert.Equal("NoBlob(0)", await Revert(Sequencer, C.AppendBlobs, 0, 1UL, 1UL, 0UL, none));
        Assert.Equal("NoBlob(0)", await Revert(Sequencer, C.AppendBlobs, 0, 1UL, 0UL, 0UL, none));
        Assert.Equal("NoBlob(65)", await Revert(Sequencer, C.AppendBlobs, 0, 1UL, 65UL, 0UL, none));
    }

    /// <summary>A batch's time is never before the one before it, in the future, or an hour old; its list is one that claims and challenges can be about.</summary>
    [Fact]
    public async Task Append_WithAWrongTimeOrList_Reverts()
    {
        var items = new Digest32(Hashing.Keccak("items"u8));
        ulong time = (await World.BlockAsync()).TimestampSeconds;
        await AppendAsync(C.ListOf(default, 0, time - C.MaxAgeSeconds / 2));
        Assert.StartsWith($"WrongTime({time - C.MaxAgeSeconds / 2}, ", await RefusedAsync(C.ListOf(default, 0, time - C.MaxAgeSeconds / 2 - 1)), StringComparison.Ordinal);
        Assert.EndsWith($", {time + 1_000})", await RefusedAsync(C.ListOf(default, 0, time + 1_000)), StringComparison.Ordinal);
        Assert.EndsWith($", {ulong.MaxValue})", await RefusedAsync(C.ListOf(default, 0, ulong.MaxValue)), StringComparison.Ordinal);
        Assert.Equal($"TooLong({C.MaxItems}, {C.MaxItems + 1})", await RefusedAsync(C.ListOf(items, C.MaxItems + 1, time)));
        Assert.Equal("WrongList()", await RefusedAsync(C.ListOf(items, 0, time)));
        await AppendAsync(C.ListOf(items, 1, time - C.MaxAgeSeconds / 2));
        await World.AdvanceAsync(TimeSpan.FromSeconds(2 * C.MaxAgeSeconds));
        string old = await RefusedAsync(C.ListOf(items, 1, time + C.MaxAgeSeconds - 10));
        ulong most = ulong.Parse(old.Split(", ")[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"WrongTime({most - C.MaxAgeSeconds}, {most}, {time + C.MaxAgeSeconds - 10})", old);
        await AppendAsync(C.ListOf(items, 1, time + 2 * C.MaxAgeSeconds));

        async Task AppendAsync(AbiValue list) => await World.DoAsync(Sequencer, _inbox, C.AppendCalldata, 0, (await World.ReadAsync(_inbox, C.BatchCount))[0].ToUInt64(), AbiValue.Of(s_data), 0UL, list);

        async Task<string> RefusedAsync(AbiValue list) => await Revert(Sequencer, C.AppendCalldata, 0, (await World.ReadAsync(_inbox, C.BatchCount))[0].ToUInt64(), AbiValue.Of(s_data), 0UL, list);
    }

    [Fact]
    public async Task Queue_OfForcedItems_IsTakenInOrderWhenDue()
    {
        Assert.Equal(s_fee, (await World.ReadAsync(_inbox, C.ForcedFee))[0].ToUInt128());
        Assert.Equal("FeeTooLow(1000000000000000, 1)", await Revert(User, C.Enqueue, 1, Item(1)));
        Assert.Equal("TooLong(8192, 8193)", await Revert(User, C.Enqueue, s_fee, AbiValue.Of(new byte[8193])));
        Digest32 head = default;
        for (int i = 0; i < 12; i++)
        {
            ChainReceipt receipt = await World.DoAsync(User, _inbox, C.Enqueue, s_fee * 3, Item(i));
            ulong time = await TimeOfAsync(receipt);
            Assert.True(C.TryRead((await World.LogsAsync(_inbox))[^1], out InboxForcedItem item));
            head = C.NextForcedHead(head, World.AddressOf(User), item.Data.Span, receipt.Block, time);
            Assert.Equal((head, (ulong)i, World.AddressOf(User), time), (item.Head, item.Index, item.Sender, item.Timestamp));
        }
        // What was paid above the fee came back.
        Assert.Equal(s_fee * 12, await World.BalanceOfAsync(_inbox));
        Assert.Equal(12UL, (await World.ReadAsync(_inbox, C.ForcedCount))[0].ToUInt64());

        // None is due: the sequencer may take none, or some.
        await AppendAsync(Sequencer, 0, 2);
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal("ForcedDue(2)", await AppendRevertsAsync(Sequencer, 1, 0));
        Assert.Equal("ForcedDue(11)", await AppendRevertsAsync(Sequencer, 1, 9));
        Assert.Equal("WrongForcedCount(11, 10)", await AppendRevertsAsync(Sequencer, 1, 11));
        await AppendAsync(Sequencer, 1, 10);
        InboxBatch batch = (await BatchesAsync())[1];
        Assert.Equal((12UL, head), (batch.ForcedTaken, batch.ForcedHead));
        Assert.Equal(s_fee * 12, (await World.ReadAsync(_inbox, C.Earned, World.AddressOf(Sequencer)))[0].ToUInt128());
        await World.DoAsync(Sequencer, _inbox, C.Collect, 0);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_inbox));
        Assert.Equal("NothingEarned()", await Revert(Sequencer, C.Collect, 0));
        Assert.Equal("panic: index out of range", await Revert(User, C.QueuedAt, 0, 12UL));
    }

    [Fact]
    public async Task Queue_Unserved_LetsAnyoneAppendAfterADay()
    {
        await World.DoAsync(User, _inbox, C.Enqueue, s_fee, Item(1));
        await World.AdvanceAsync(TimeSpan.FromHours(23.9));
        Assert.StartsWith("NotSequencer", await AppendRevertsAsync(User, 0, 1), StringComparison.Ordinal);
        await World.AdvanceAsync(TimeSpan.FromHours(0.2));
        Assert.True((await World.ReadAsync(_inbox, C.IsOpen))[0].ToBool());
        // A stranger must take what is due, too.
        Assert.Equal("ForcedDue(0)", await AppendRevertsAsync(User, 0, 0));
        await AppendAsync(User, 0, 1);
        Assert.StartsWith("NotSequencer", await AppendRevertsAsync(User, 1, 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fee_Doubles_WithEveryFiftyThatWait()
    {
        for (int i = 0; i < 50; i++) await World.DoAsync(User, _inbox, C.Enqueue, s_fee, Item(i));
        Assert.Equal(2 * s_fee, (await World.ReadAsync(_inbox, C.ForcedFee))[0].ToUInt128());
    }

    protected override async Task PrepareAsync()
    {
        _committee = [.. new[] { 2, 3 }.OrderBy(World.AddressOf)];
        AbiValue[] arguments = [World.AddressOf(Sequencer), AbiValue.List([.. _committee.Select(member => (AbiValue)World.AddressOf(member))]), 2UL];
        _inbox = await World.DeployAsync(IsProven ? "ProvenChain" : "Inbox", IsProven ? [.. arguments, default(L1Address), 60UL, default(Digest32)] : arguments);
    }

    /// <summary>Whether it is the one of validity mode.</summary>
    protected virtual bool IsProven => false;

    private static AbiValue Item(int i) => AbiValue.Of(s_data.AsMemory(0, i + 1));

    private async Task<ChainReceipt> AppendAsync(int by, ulong number, ulong forced) =>
        await World.DoAsync(by, _inbox, C.AppendCalldata, 0, number, AbiValue.Of(s_data), forced, await World.NoItemsAsync());

    private async Task<string> AppendRevertsAsync(int by, ulong number, ulong forced) =>
        await Revert(by, C.AppendCalldata, 0, number, AbiValue.Of(s_data), forced, await World.NoItemsAsync());

    private Task<string> Revert(int by, AbiFunction function, UInt128 value, params AbiValue[] arguments) => World.RevertAsync(by, _inbox, function, value, C.Errors, arguments);

    private async Task<ulong> TimeOfAsync(ChainReceipt receipt) => (await World.BlockAsync(receipt.Block)).TimestampSeconds;

    private async Task<List<InboxBatch>> BatchesAsync()
    {
        var batches = new List<InboxBatch>();
        foreach (ChainLog log in await World.LogsAsync(_inbox))
            if (C.TryRead(log, out InboxBatch batch)) batches.Add(batch);
        return batches;
    }

    private async Task<byte[]> CertificateAsync(Digest32 commitment, ulong length, params int[] signers)
    {
        Digest32 digest = C.DigestOfCertificate(AnvilNode.ChainId, _inbox, commitment, length);
        Assert.Equal(digest, (await World.ReadAsync(_inbox, C.CertificateDigest, commitment, length))[0].ToDigest());
        var certificate = new List<byte>();
        foreach (int signer in signers) certificate.AddRange(await L1Signature.SignAsync(SettlementWorld.SignerOf(signer), digest, TestContext.Current.CancellationToken));
        return [.. certificate];
    }
}

public sealed class InboxInProcessTests : InboxSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class InboxOnAnvilTests(AnvilFixture fixture) : InboxSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}

public sealed class ProvenInboxInProcessTests : InboxSuite
{
    protected override bool IsProven => true;

    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ProvenInboxOnAnvilTests(AnvilFixture fixture) : InboxSuite
{
    protected override bool IsProven => true;

    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
