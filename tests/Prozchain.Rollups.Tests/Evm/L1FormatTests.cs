using Prozchain.Rollups.Evm;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>Freezes docs/formats/rollups-l1.md where no chain is at hand.</summary>
public sealed class L1FormatTests
{
    private static readonly L1Address s_inbox = new(Enumerable.Repeat((byte)0xAA, 20).ToArray());
    private static readonly Digest32 s_one = new([.. new byte[31], 1]);

    [Fact]
    public void Hashes_OfBatchesItemsAndCertificates_AreFrozen()
    {
        var batch = new InboxBatch(7, default, InboxDataKind.Blobs, s_one, 131_072, new Digest32([.. new byte[31], 2]), 5, 1_800_000_000, 3, s_one, default);
        Assert.Equal("71a46227d4ef383afddc97c2850181edccfad856f465fa3756fc12323a2c742f", batch.Commitment.ToString());
        Assert.Equal("2da4fc53a293fb3a9b0b54ab3f8d9909230b52afad8ada5510cd55a88ed21083", InboxContract.NextBatchHead(s_one, batch, 100, 1_800_000_000).ToString());
        Assert.Equal("286f74776c2a6b4affb117bb996b85c5eae5fdd3301a67100d36c8dd81c36dda", InboxContract.NextForcedHead(s_one, s_inbox, "item"u8, 100, 1_800_000_000).ToString());
        Assert.Equal("64322801909018f77d4803017f30cae88c078fa37353d9878aac18f277b86f4f", InboxContract.DigestOfCertificate(1, s_inbox, s_one, 5_000).ToString());
    }

    [Fact]
    public void Deposit_AsTheBridgeWritesIt_IsFiveWords()
    {
        byte[] data = BridgeContract.EncodeDeposit(2, 5, 1UL, s_one, s_inbox);
        Assert.Equal(
            "0000000000000000000000000000000000000000000000000000000000000002" + "0000000000000000000000000000000000000000000000000000000000000005"
            + "0000000000000000000000000000000000000000000000000000000000000001" + s_one
            + "000000000000000000000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Convert.ToHexStringLower(data));
        Assert.True(BridgeContract.TryReadDeposit(data, out BridgeDeposit deposit));
        Assert.Equal(new BridgeDeposit(2, 5, 1, s_one, s_inbox), deposit);
    }

    [Fact]
    public void TryReadDeposit_OfOtherBytes_IsRefused()
    {
        Assert.False(BridgeContract.TryReadDeposit(new byte[128], out _));
        Assert.False(BridgeContract.TryReadDeposit(Enumerable.Repeat((byte)0xFF, 160).ToArray(), out _));
        Assert.True(BridgeContract.TryReadDeposit(new byte[160], out BridgeDeposit none));
        Assert.Equal((UInt128)0, none.Amount);
    }
}
