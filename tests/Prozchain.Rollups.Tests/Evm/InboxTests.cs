using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>Batches in blobs, which only a real EVM has; the rest of the Inbox is in InboxSuite.</summary>
[Collection(AnvilCollection.Name)]
public sealed class InboxTests(AnvilFixture fixture) : IAsyncLifetime
{
    private TestAccount _sequencer = null!;
    private string? _snapshot;
    private L1Address _inbox;

    public async ValueTask InitializeAsync()
    {
        _snapshot = await fixture.Node.SnapshotAsync();
        _sequencer = await TestAccount.CreateAsync(fixture.Node, 0x21);
        (_inbox, _) = await _sequencer.DeployAsync("Inbox", _sequencer.Address, AbiValue.List(), 0UL);
    }

    public async ValueTask DisposeAsync()
    {
        _sequencer?.Dispose();
        if (_snapshot is not null) await fixture.Node.RevertAsync(_snapshot);
    }

    [Fact]
    public async Task Append_OfBlobs_CommitsToTheirVersionedHashes()
    {
        const int count = 2;
        // The commitment to, and every proof of, a blob of zeros is the point at infinity: no KZG library is needed.
        ReadOnlyMemory<byte> infinity = (byte[])[0xC0, .. new byte[47]], zeros = new byte[L1BlobSidecar.BlobSize];
        var sidecar = new L1BlobSidecar([.. Enumerable.Repeat(zeros, count)], [.. Enumerable.Repeat(infinity, count)], [.. Enumerable.Repeat(infinity, count * L1BlobSidecar.CellsPerBlob)]);
        ulong now = (await fixture.Node.Client.GetBlockAsync(L1Client.Latest, TestContext.Current.CancellationToken)).Value!.Value.Timestamp;
        SignedL1Transaction call = await _sequencer.SignAsync(_inbox, InboxContract.AppendBlobs.Encode(0UL, (ulong)count, 0UL, InboxContract.ListOf(default, 0, now)), gas: 300_000);
        SignedL1Transaction signed = await (call.Body with { Blobs = new L1Blobs(1_000_000_000, sidecar.Hashes()) }).SignAsync(_sequencer.Signer, TestContext.Current.CancellationToken);
        Assert.True(L1Transaction.TryRead(signed.Raw.Span, out SignedL1Transaction? read));
        Assert.Equal((signed.Hash, _sequencer.Address), (read!.Hash, read.Sender));
        Assert.Throws<ArgumentException>(() => call.WithSidecar(sidecar));

        L1Receipt receipt = await _sequencer.SendRawAsync(signed, signed.WithSidecar(sidecar));
        Assert.True(receipt.Succeeded);
        L1Log log = Assert.Single(receipt.Logs);
        Assert.True(InboxContract.TryRead(new ChainLog(log.BlockNumber, 0, log.Address, log.Topics.SelectMany(topic => topic.Span.ToArray()).ToArray(), log.Data, log.TransactionHash, default), out InboxBatch batch));
        Assert.Equal(new Digest32(Hashing.Keccak(sidecar.Hashes().SelectMany(hash => hash.Span.ToArray()).ToArray())), batch.Data);
        Assert.Equal((InboxDataKind.Blobs, (ulong)count * 131_072), (batch.Kind, batch.Length));
    }
}
