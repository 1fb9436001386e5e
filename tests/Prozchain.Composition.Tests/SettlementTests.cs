using System.Buffers;
using Prozchain.Devnet;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Stages;
using Prozchain.Rollups;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Sharding;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Testing;

namespace Prozchain.Composition.Tests;

/// <summary>The rollup over the real neighbours: its settlement layer on the beacon of a sharded chain, its batches in extended squares.</summary>
public sealed class SettlementTests : IDisposable
{
    private const uint Application = 7;

    private static readonly DevnetOptions s_options = new() { Workload = "", Parallelism = 1 };

    private readonly TemporaryFolder _folder = new();
    private readonly Sharding.Ports.Ed25519Signer _validator = new(Seed(1));
    private readonly P256Signer _userKey = new(Seed(4));
    private readonly InProcessEngine<TransferTransition> _engine;
    private readonly List<(ulong Height, ReadOnlyMemory<byte>[] Records)> _blocks = [];
    private BeaconSettlement _settlement = null!;

    public SettlementTests()
    {
        _engine = InProcessEngine<TransferTransition>.Open(
            default, new InProcessOptions { Rules = TransferEngine.Rules(1, 2), Validators = [new EngineValidator(_validator, 1000)], ShardCount = 2, UnsafeDevelopment = new CommitteeParameters(4, 8) }, Cancellation);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A deposit and a batch, sent as records: whoever replays the records has the same chain, and derives the same state from it.</summary>
    [Fact]
    public async Task Settlement_OnTheBeacon_IsAFunctionOfItsRecords()
    {
        _settlement = await StartAsync();
        _settlement.ConnectTo(record => Assert.Equal(RecordResult.Accepted, _engine.SubmitRecord(Application, record.Span)));
        using RollupSetup<KeccakTree> setup = Setup(_settlement);
        var user = new RollupUser(_settlement.As(SettlementRole.Stranger), _settlement.Contracts);
        Assert.True(await setup.RunAsync(user.DepositAsync(1_000, setup.Kind.TreasuryName, Cancellation), Cancellation));
        RollupSequencer<Payment, KeccakTree> sequencer = setup.NewSequencer(SettlementRole.Sequencer, _folder["journal"]);
        await sequencer.StartAsync(Cancellation);
        var payment = new Payment { Sender = setup.Kind.TreasuryName, Recipient = AccountAddress.FromPublicKey(_userKey.PublicKey.Span), Amount = 400 };
        var results = new PoolResult[1];
        sequencer.Submit(new[] { PaymentMessage.Sign(payment, setup.Kind.Treasury, DevnetChain.RollupChainId) }, results);
        Assert.Equal(PoolResult.Accepted, results[0]);
        Assert.NotNull(sequencer.Extend());
        Assert.Equal((1, 1), sequencer.Close() is { } batch ? (batch.ForcedCount, batch.Count) : default);
        Assert.Equal(1, await setup.RunAsync(new ValueTask<int>(sequencer.PostAsync(Cancellation)), Cancellation));
        await setup.AdvanceAsync(86_400, Cancellation);
        Assert.Equal((1UL, 1UL, 1UL, (UInt128)1_000), await StandAsync(user));

        BeaconSettlement again = await StartAsync();
        foreach ((ulong height, ReadOnlyMemory<byte>[] records) in _blocks) again.OnBlock(height, records);
        Assert.Equal(_settlement.Contracts, again.Contracts);
        ISettlementChain chain = _settlement.As(SettlementRole.Verifier), replayed = again.As(SettlementRole.Verifier);
        ChainBlock? head = await chain.FindBlockAsync(null, ChainFinality.Finalized, Cancellation);
        Assert.Equal(head, await replayed.FindBlockAsync(null, ChainFinality.Finalized, Cancellation));
        Assert.True(head!.Value.TimestampSeconds >= (ulong)DevnetChain.GenesisTimeMs / 1000 + 86_400);
        Assert.Equal((1UL, 1UL, 1UL, (UInt128)1_000), await StandAsync(new RollupUser(replayed, again.Contracts)));
        using RollupSetup<KeccakTree> other = Setup(again);
        Assert.Equal(sequencer.Tip.Root, (await other.NewNode(out _).SyncAsync(null, Cancellation)).Tip.Root);
    }

    [Fact]
    public async Task OnBlock_RecordsOfNoKind_ChangeNothing()
    {
        _settlement = await StartAsync();
        byte[][] seeds = [new SettlementRecord(default, default, 5).Encode(), new SettlementRecord(new L1Address(new byte[20]), new ChainCall(_settlement.Contracts.Inbox, new byte[36], 7), 0).Encode()];
        foreach (byte[] seed in seeds)
        {
            Assert.True(SettlementRecord.TryRead(seed, out SettlementRecord record));
            Assert.Equal(seed, record.Encode());
        }
        ulong height = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (!SettlementRecord.TryRead(copy, out _)) _settlement.OnBlock(++height, [copy]);
        });
        Assert.True(height > 0);
        Assert.Equal(default, (await new RollupUser(_settlement.As(SettlementRole.Stranger), _settlement.Contracts).StandingAsync(Cancellation)));
    }

    [Fact]
    public async Task Square_DamagedOnDisk_IsUnavailableNotWrong()
    {
        var commitment = new byte[32];
        CodedDataPublisher publisher = Publisher();
        await publisher.PublishAsync(new byte[5000], commitment, Cancellation);
        string file = Assert.Single(Directory.GetFiles(_folder["squares"]));
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancellation);
        bytes[1234] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        var fetched = new ArrayBufferWriter<byte>();
        Assert.False(await publisher.TryFetchAsync(commitment, fetched, Cancellation));
        Assert.Equal(0, fetched.WrittenCount);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _validator.Dispose();
        _userKey.Dispose();
        _folder.Dispose();
    }

    private static async Task<(ulong Batches, ulong Forced, ulong Taken, UInt128 Escrow)> StandAsync(RollupUser user)
    {
        RollupStanding standing = await user.StandingAsync(Cancellation);
        return (standing.Batches, standing.Forced, standing.ForcedTaken, await user.EscrowAsync(0, Cancellation));
    }

    private static async Task<BeaconSettlement> StartAsync()
    {
        using var folder = new RunFolder(s_options, "");
        return (BeaconSettlement)await RollupSetup.StartLayerAsync(s_options, folder, null, Cancellation);
    }

    private RollupSetup<KeccakTree> Setup(BeaconSettlement settlement) => new(s_options, settlement, Publisher(), RunRound, new ExecutedRollup(s_options));

    private CodedDataPublisher Publisher() => new(_folder["squares"], AvailabilityCode.Square);

    private void RunRound()
    {
        EngineRound round = _engine.RunRound(_engine.TimeMs + 500);
        ReadOnlyMemory<byte>[] records = [.. round.Records.Select(record => (ReadOnlyMemory<byte>)record.Data.ToArray())];
        _blocks.Add((round.Height, records));
        _settlement.OnBlock(round.Height, records);
    }

    private static byte[] Seed(byte value) => [.. Enumerable.Repeat(value, 32)];
}
