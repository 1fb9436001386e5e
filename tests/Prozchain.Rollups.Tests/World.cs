using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests;

/// <summary>A rollup in memory: wallets with money, four parties of the settlement, one log, one publisher.</summary>
internal sealed class World
{
    public const ulong ChainId = 77, Money = 1_000_000, Deposit = 100_000, Bond = 1_000;

    public World(int wallets = 8, SettlementParameters? parameters = null)
    {
        Wallets = [.. Enumerable.Range(0, wallets).Select(i => new HashSigner(i))];
        Genesis = new RollupGenesis(
            ChainId,
            Wallets.Select(wallet => new GenesisAccount(wallet.Address, Money)),
            [
                new SettlementActor(Poster.PublicKey, Deposit, true), new SettlementActor(Watcher.PublicKey, Deposit, false),
                new SettlementActor(Stranger.PublicKey, Deposit, false), new SettlementActor(Rescuer.PublicKey, Deposit, true),
            ],
            parameters ?? new SettlementParameters { ChallengeWindow = 40, DisputeClock = 50, StepWindow = 10, AssertionBond = Bond, ChallengeBond = Bond / 2 });
        Sequencer = Sequencer.Start(Genesis, new SequencerOptions { Verifier = new HashVerifier() });
    }

    public HashSigner[] Wallets { get; }

    public HashSigner Poster { get; } = new(1001);

    public HashSigner Watcher { get; } = new(1002);

    public HashSigner Stranger { get; } = new(1003);

    public HashSigner Rescuer { get; } = new(1004);

    public RollupGenesis Genesis { get; }

    public InMemorySettlementLog Log { get; } = new();

    public InMemoryDataPublisher Data { get; } = new();

    public Sequencer Sequencer { get; set; }

    public RollupNode NewNode(IDataPublisher? data = null) => new(Genesis, Log, data ?? Data, new HashVerifier());

    /// <summary>Submits transfers of every kind a sequencer takes: between wallets, to new accounts, to oneself, of 0, of too much.</summary>
    public SequencedBatch Sequence(int transfers, int seed = 0)
    {
        var random = new Random(seed);
        for (int i = 0; i < transfers; i++)
        {
            HashSigner sender = Wallets[random.Next(Wallets.Length)];
            AccountAddress recipient = random.Next(4) == 0 ? new HashSigner(random.Next(5_000, 1_000_000)).Address : Wallets[random.Next(Wallets.Length)].Address;
            ulong amount = random.Next(8) switch { 0 => 0, 1 => 2 * Money * (ulong)Wallets.Length, _ => (ulong)random.Next(1, 10_000) };
            Assert.Equal(SubmitResult.Accepted, Sequencer.Submit(Transfer(sender, recipient, amount, Sequencer.NextNonce(sender.Address))));
        }
        SequencedBatch? batch = Sequencer.BuildBatch(BatchLimits.Default, nowMs: 1_700_000_000_000);
        Assert.NotNull(batch);
        return batch;
    }

    public async Task<SequencedBatch> PostAsync(int transfers, int seed = 0)
    {
        SequencedBatch batch = Sequence(transfers, seed);
        await new Proposer(NewNode(), Poster).PostAsync(batch);
        return batch;
    }

    /// <summary>Appends a call as somebody who plays by no client's rules would.</summary>
    public async Task AppendAsync(RollupNode node, HashSigner author, SettlementPayload payload)
    {
        await node.SyncAsync();
        long sequence = node.Settlement.FindActor(author.Address)!.Value.NextSequence;
        await Log.AppendAsync(SettlementCall.Encode(author, Genesis.Digest, sequence, payload), default);
        await node.SyncAsync();
    }

    public static L2Transfer Transfer(HashSigner sender, AccountAddress recipient, ulong amount, ulong nonce, ulong chainId = ChainId) =>
        L2Transfer.Create(sender, chainId, recipient, amount, nonce);

    public static Digest32 Root(int seed)
    {
        var bytes = new byte[32];
        new Random(seed).NextBytes(bytes);
        return new Digest32(bytes);
    }

    public static AssertCall AssertionOf(long index, BatchTrace trace) =>
        new(index, trace.PreRoot, trace.PostRoot, trace.Commitment, trace.Count, trace.Count == 0 ? [] : trace.Open(trace.Count));
}
