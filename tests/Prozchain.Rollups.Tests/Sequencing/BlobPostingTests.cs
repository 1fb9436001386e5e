using System.Text.Json;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Batches;
using Prozchain.Rollups.Tests.Derivation;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Sequencing;

/// <summary>Batches in blobs, from the sequencer to who derives.</summary>
public sealed class BlobPostingTests
{
    private static readonly HashSigner s_key = new(700);
    private static readonly BatchLimits s_limits = new(BatchLimits.Ceiling, BatchPoster.MaxBlobBytes);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Also one of more than a blob; whoever cannot have the blobs waits.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InProcess_BatchesAreDerivedFromTheirBlobs(bool isListed)
    {
        await using var world = new InProcessWorld();
        RollupHarness rollup = await RollupHarness.StartAsync(world, change: rules => rules with { IsListed = isListed, Limits = s_limits });
        for (int i = 1; i <= 2; i++) await rollup.DepositAsync(RollupHarness.Person(i), 1_000_000);
        RollupSequencer<Payment, KeccakTree> sequencer = await StartAsync(world, rollup, world.Chain.Blobs, new HashBlobCommitter(), new MemoryJournal());
        var node = new DerivationNode<Payment, KeccakTree>(rollup.Rules, world.As(0), rollup.Data, rollup.NewDeriver, world.Chain.Blobs, new HashBlobCommitter());
        var batches = new List<ExecutedBatch>();
        foreach (int count in (int[])[0, 3, 4_000])
        {
            Payment[] payments = [.. Enumerable.Range(0, count).Select(i => rollup.Pay(1 + i % 2, 3, 1))];
            sequencer.Submit(payments, new PoolResult[count]);
            sequencer.Extend();
            sequencer.Close();
            Assert.Equal(1, await sequencer.PostAsync(Cancellation));
            await sequencer.FollowAsync(Cancellation);
        }
        DerivationStatus status = await node.SyncAsync(new Reports(batches.Add), Cancellation);
        Assert.Equal((null, sequencer.Tip), (status.WaitsFor, status.Tip));
        Assert.Equal((3, 0, 3), (batches.Count, batches[0].TransactionHashes.Length, batches[1].TransactionHashes.Length));
        Assert.InRange(batches[2].TransactionHashes.Length, 2_000, 4_000);
        Assert.All(batches, static batch => Assert.Equal(SourceKind.Blobs, batch.Posting.Kind));
        Assert.Equal((ulong)Blob.Size * 2, batches[2].Posting.Length);

        Assert.True(world.Chain.Blobs.Forget((await world.LogsAsync(rollup.Rules.Inbox)).Last(log => InboxContract.TryRead(log, out InboxBatch _)).Transaction));
        var late = new DerivationNode<Payment, KeccakTree>(rollup.Rules, world.As(0), rollup.Data, rollup.NewDeriver, world.Chain.Blobs, new HashBlobCommitter());
        Assert.Equal((2UL, WaitReason.MissingData), await WaitsAsync(late));
        Assert.Equal((isListed ? 1UL : 0, WaitReason.MissingData), await WaitsAsync(rollup.Node));

        async Task<(ulong?, WaitReason?)> WaitsAsync(DerivationNode<Payment, KeccakTree> from)
        {
            DerivationStatus waits = await from.SyncAsync(null, Cancellation);
            return (waits.WaitsFor, waits.WaitsWhy);
        }
    }

    [Fact]
    public async Task MoreThanSixBlobs_AreRefusedAtOnce()
    {
        await using var world = new InProcessWorld();
        RollupHarness rollup = await RollupHarness.StartAsync(world);
        await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(world, rollup, world.Chain.Blobs, new HashBlobCommitter(), new MemoryJournal()));
    }

    internal static async Task<RollupSequencer<Payment, KeccakTree>> StartAsync(SettlementWorld world, RollupHarness rollup, IBlobSource blobs, IBlobCommitter committer, ITransactionJournal journal, ISettlementChain? chain = null)
    {
        var setup = new RollupSequencerSetup<Payment, KeccakTree>(
            rollup.Rules, chain ?? new LiveChain(world), rollup.Data, rollup.Transition, RollupHarness.Codec, new PaymentAccess(RollupHarness.ChainId), s_key, journal) { Blobs = blobs, Committer = committer };
        var sequencer = new RollupSequencer<Payment, KeccakTree>(setup, new RollupSequencerOptions { Posting = SourceKind.Blobs });
        await sequencer.StartAsync(Cancellation);
        return sequencer;
    }
}

/// <summary>The same on a real EVM, which checks KZG itself: with the blobs whose commitments and proofs are known.</summary>
[Collection(AnvilCollection.Name)]
public sealed class BlobPostingOnAnvilTests(AnvilFixture fixture) : IAsyncDisposable
{
    private readonly string _journal = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}.journal");
    private AnvilWorld? _world;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What the sequencer does not have to say itself, deposits and what is forced, goes in blobs of nothing.</summary>
    [Fact]
    public async Task Sequencer_PostsByBlobs_AndDerivationReadsThem()
    {
        _world = await AnvilWorld.StartAsync(fixture);
        RollupHarness rollup = await RollupHarness.StartAsync(_world, change: rules => rules with { IsListed = true, Limits = new BatchLimits(BatchLimits.Ceiling, 600_000) });
        using EvmSettlement chain = Connect(_world.Endpoint, new MemoryJournal(), new EmptyBlobs(), hasCells: true);
        var source = new AnvilBlobs(_world.Endpoint, new EmptyBlobs());
        RollupSequencer<Payment, KeccakTree> sequencer = await BlobPostingTests.StartAsync(_world, rollup, source, new EmptyBlobs(), new MemoryJournal(), chain);
        for (int i = 0; i < 2; i++)
        {
            await rollup.DepositAsync(RollupHarness.Person(1), 100);
            await rollup.ForceAsync(RollupHarness.Forced(rollup.Pay(1, 2, 7)));
            await sequencer.FollowAsync(Cancellation);
            sequencer.Extend();
            sequencer.Close();
            Assert.Equal((1, null), (await sequencer.PostAsync(Cancellation), sequencer.Refusal));
        }
        DerivationStatus status = await rollup.Node.SyncAsync(null, Cancellation);
        Assert.Equal((null, sequencer.Tip), (status.WaitsFor, status.Tip));
        Assert.Equal((UInt128)14, rollup.Balance(2));
        Assert.Equal(SourceKind.Blobs, (SourceKind)(await rollup.BatchAsync(1)).Batch.Kind);
        Assert.True(await source.TryFetchAsync(0, (await _world.LogsAsync(rollup.Rules.Inbox)).Last(log => InboxContract.TryRead(log, out InboxBatch _)).Transaction, 1, new List<BlobSidecar>(), Cancellation));
    }

    /// <summary>Full blobs with proofs of KZG, sent by a sender that is started anew: its journal holds the blobs too.</summary>
    [Fact]
    public async Task Sender_WithBlobsOfTheFixture_OutlivesARestart_AndDerivationReadsThem()
    {
        using AnvilNode node = AnvilNode.Start("prague");
        BlobTests.Sidecar[] known = BlobTests.Load();
        var committer = new BlobTests.FixtureCommitter(known);
        var signer = SettlementWorld.SignerOf(1);
        L1Address account = L1Address.FromPublicKey(signer.PublicKey.Span);
        await node.FundAsync(account);
        ReadOnlyMemory<byte>[] blobs = [known[^1].Blob, known[^2].Blob];
        L1Address inbox;
        using (EvmSettlement creator = Connect(node.Endpoint, new MemoryJournal(), null, hasCells: false))
            inbox = (await creator.SendAsync(new ChainCall(default, ContractCode.Load("Inbox").Create(account, AbiValue.List(), 0UL), GasLimit: 10_000_000), Cancellation)).Created;
        ulong now = (await node.Client.GetBlockAsync(L1Client.Latest, Cancellation)).Value!.Value.Timestamp;
        await node.SetAutomineAsync(false);
        using (var journal = new FileTransactionJournal(_journal))
        using (EvmSettlement first = Connect(node.Endpoint, journal, committer, hasCells: false))
        {
            var call = new ChainCall(inbox, InboxContract.AppendBlobs.Encode(0UL, 2UL, 0UL, InboxContract.ListOf(default, 0, now))) { Blobs = blobs };
            Assert.True((await first.CallAsync(call, Cancellation)).IsOk);
            Assert.False((await first.CallAsync(call with { Blobs = null }, Cancellation)).IsOk);
            // Killed once it was sent; the pool forgets it.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            Task<ChainReceipt> sending = first.SendAsync(call, stop.Token).AsTask();
            while ((await node.Client.GetNonceAsync(account, L1Client.Pending, Cancellation)).Value == 1) await Task.Delay(20, Cancellation);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }
        await node.DoAsync(RpcRequest.Of("anvil_dropAllTransactions"));
        await node.SetAutomineAsync(true);
        using (var journal = new FileTransactionJournal(_journal))
        using (EvmSettlement again = Connect(node.Endpoint, journal, committer, hasCells: false))
        {
            // Whatever is sent next waits for it.
            Assert.True((await again.SendAsync(new ChainCall(account, default), Cancellation)).IsOk);
            var rules = new DerivationRules(9, inbox, default, 0);
            var node2 = new DerivationNode<Payment, KeccakTree>(
                rules, again, new InMemoryDataPublisher(), () => new Deriver<Payment, KeccakTree>(rules, new Payments<KeccakTree>(new PaymentRules(9, new HashSigner(900).Address), new HashVerifier(), 16), RollupHarness.Codec, new PaymentAccess(9)), new AnvilBlobs(node.Endpoint, committer), committer);
            var batches = new List<ExecutedBatch>();
            DerivationStatus status = await node2.SyncAsync(new Reports(batches.Add), Cancellation);
            Assert.Null(status.WaitsFor);
            Assert.Equal((BatchVerdict.NoBatch, 2UL * Blob.Size), (Assert.Single(batches).Verdict, batches[0].Posting.Length));
        }
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_journal);
        if (_world is not null) await _world.DisposeAsync();
    }

    private static EvmSettlement Connect(Uri endpoint, ITransactionJournal journal, IBlobCommitter? committer, bool hasCells)
    {
        var options = new EvmSettlementOptions { ChainId = AnvilNode.ChainId, Confirmations = 1, PollInterval = TimeSpan.FromMilliseconds(5), HasCellProofs = hasCells };
        var transport = new HttpJsonRpcTransport(new System.Net.Http.HttpClient(), endpoint, TimeProvider.System, TimeSpan.FromSeconds(80));
        return new EvmSettlement([transport], SettlementWorld.SignerOf(1), journal, TimeProvider.System, options, Guid.NewGuid().ToByteArray(), committer);
    }

    // The commitment to, and every proof of, a blob of zeros is the point at infinity.
    private sealed class EmptyBlobs : IBlobCommitter
    {
        private static readonly byte[] s_infinity = [0xC0, .. new byte[47]];

        public void Commit(ReadOnlySpan<byte> blob, Span<byte> commitment)
        {
            Assert.False(blob.ContainsAnyExcept((byte)0));
            s_infinity.CopyTo(commitment);
        }

        public void Prove(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, Span<byte> proof) => s_infinity.CopyTo(proof);

        public void ProveCells(ReadOnlySpan<byte> blob, Span<byte> proofs)
        {
            for (; !proofs.IsEmpty; proofs = proofs[48..]) s_infinity.CopyTo(proofs);
        }

        public bool Verify(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> proof) =>
            !blob.ContainsAnyExcept((byte)0) && commitment.SequenceEqual(s_infinity) && proof.SequenceEqual(s_infinity);
    }

    // The node hands out blobs; who commits to them makes the rest again.
    private sealed class AnvilBlobs(Uri endpoint, IBlobCommitter committer) : IBlobSource
    {
        private readonly JsonRpcClient _rpc = new([new HttpJsonRpcTransport(new System.Net.Http.HttpClient(), endpoint, TimeProvider.System, TimeSpan.FromSeconds(80))], TimeProvider.System);

        public async ValueTask<bool> TryFetchAsync(ulong block, Digest32 transaction, int count, ICollection<BlobSidecar> blobs, CancellationToken cancellationToken)
        {
            RpcResult result = await _rpc.CallAsync(RpcRequest.Of("anvil_getBlobsByTransactionHash", Hex.Data(transaction.Span)), cancellationToken);
            if (result.Status != RpcStatus.Ok || result.Value.ValueKind != JsonValueKind.Array || result.Value.GetArrayLength() < count) return false;
            foreach (JsonElement element in result.Value.EnumerateArray().Take(count))
            {
                if (!Hex.TryReadBytes(element, out byte[] blob)) return false;
                byte[] commitment = new byte[Blob.CommitmentSize], proof = new byte[Blob.CommitmentSize];
                committer.Commit(blob, commitment);
                committer.Prove(blob, commitment, proof);
                blobs.Add(new BlobSidecar(blob, commitment, proof));
            }
            return true;
        }
    }
}
