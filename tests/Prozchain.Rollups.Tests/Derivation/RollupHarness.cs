using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>A payments rollup on a settlement layer: contracts, people, a node, and a hand that posts what a test likes.</summary>
internal sealed class RollupHarness
{
    public const ulong ChainId = 9;
    public const int Sequencer = 1, User = 2;
    public const ulong Window = 6 * 3600;

    private const ulong Fee = 1_000_000_000_000_000;

    private readonly Dictionary<AccountAddress, ulong> _nonces = [];

    private RollupHarness(SettlementWorld world, L1Address inbox, L1Address bridge, L1Address challenge, ulong first, BatchCaps caps, Func<DerivationRules, DerivationRules>? change)
    {
        World = world;
        Rules = new DerivationRules(ChainId, inbox, bridge, first) { DataChallenge = challenge, BatchCap = caps.Batch, GenesisCheck = BatchCheck.Of([9]) };
        Rules = change?.Invoke(Rules) ?? Rules;
        Payments = new PaymentRules(ChainId, new HashSigner(900).Address) { Caps = caps };
        Node = NewNode();
    }

    public SettlementWorld World { get; }

    public DerivationRules Rules { get; }

    public PaymentRules Payments { get; }

    public InMemoryDataPublisher Data { get; } = new();

    public DerivationNode<Payment, KeccakTree> Node { get; private set; }

    public StateStore<KeccakTree> State => Node.Deriver.State;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RollupHarness> StartAsync(SettlementWorld world, BatchCaps? caps = null, Func<DerivationRules, DerivationRules>? change = null)
    {
        L1Address inbox = await world.DeployAsync("Inbox", world.AddressOf(Sequencer), AbiValue.List(), 0UL);
        ulong first = (await world.BlockAsync()).Number;
        L1Address bridge = await world.DeployAsync("Bridge", inbox, default(L1Address), default(L1Address), default(L1Address), ChainId, 1UL, 0UL, 0UL, default(L1Address));
        L1Address challenge = await world.DeployAsync("DataChallenge", inbox, Window, Window, 1UL);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        return new RollupHarness(world, inbox, bridge, challenge, first, caps ?? BatchCaps.None, change);
    }

    public static ITransactionCodec<Payment> Codec(IStateView view) => new PaymentCodec(new StateAccountNames<KeccakTree>(view), PaymentLimits.Default);

    public static HashSigner Person(int number) => new(number);

    public Deriver<Payment, KeccakTree> NewDeriver() => new(Rules, Transition(), Codec, new PaymentAccess(ChainId));

    public Payments<KeccakTree> Transition() => new(Payments, new HashVerifier(), keyMemo: 256);

    public DerivationNode<Payment, KeccakTree> NewNode() => new(Rules, World.As(0), Data, NewDeriver);

    public async Task<(DerivationStatus Status, List<ExecutedBatch> Batches)> SyncAsync(DerivationNode<Payment, KeccakTree>? node = null)
    {
        var batches = new Collector();
        DerivationStatus status = await (node ?? Node).SyncAsync(batches, Cancellation);
        return (status, batches.Batches);
    }

    public async Task<ExecutedBatch> SyncOneAsync() => Assert.Single((await SyncAsync()).Batches);

    public Task DepositAsync(HashSigner person, ulong amount) =>
        World.DoAsync(User, Rules.Bridge, BridgeContract.DepositEther, amount + (Fee << 4), amount, (ulong)person.Address.Scheme, person.Address.Digest);

    public Task ForceAsync(ReadOnlyMemory<byte> item) => World.DoAsync(User, Rules.Inbox, InboxContract.Enqueue, Fee << 4, AbiValue.Of(item));

    public static ReadOnlyMemory<byte> Forced(in Payment payment) => StepItem.Of(payment, isForced: true).Data;

    /// <summary>A signed payment with the next nonce that was not used here.</summary>
    public Payment Pay(int from, int to, ulong amount, ulong fee = 1)
    {
        HashSigner sender = Person(from);
        ulong nonce = _nonces.GetValueOrDefault(sender.Address);
        _nonces[sender.Address] = nonce + 1;
        return Sign(from, new Payment { Sender = sender.Address, Nonce = nonce, Recipient = Person(to).Address, Amount = amount, Fee = fee });
    }

    public Payment Withdraw(int from, ulong amount)
    {
        Payment payment = Pay(from, from, amount);
        return Sign(from, payment with { Kind = PaymentKind.Withdraw, Recipient = default, L1Recipient = World.AddressOf(User) });
    }

    public static Payment Sign(int person, Payment payment) => PaymentMessage.Sign(payment, Person(person), ChainId);

    public UInt128 Balance(int person, Deriver<Payment, KeccakTree>? deriver = null) =>
        (deriver ?? Node.Deriver).State.Read(PaymentKeys.Balance(Person(person).Address, 0), out ReadOnlySpan<byte> value) == StateReadStatus.Found
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(value) : 0;

    /// <summary>Encodes a batch upon what the node has derived.</summary>
    public async Task<byte[]> EncodeAsync(IReadOnlyList<Payment> payments, int forced = 0, Func<BatchHead, BatchHead>? change = null, DerivationNode<Payment, KeccakTree>? node = null)
    {
        Deriver<Payment, KeccakTree> deriver = (node ?? Node).Deriver;
        DerivedTip tip = deriver.Tip;
        ulong origin = (await World.BlockAsync()).Number;
        var head = new BatchHead(tip.NextBatch, tip.Check, origin, forced, ColumnLayout.Aligned, SignatureMode.PerTransaction, payments.Count);
        var output = new ArrayBufferWriter<byte>();
        new BatchCodec<Payment>(Codec(deriver.State), BatchLimits.Default).Write(change?.Invoke(head) ?? head, payments.ToArray(), [], output);
        return output.WrittenSpan.ToArray();
    }

    public static List<ReadOnlyMemory<byte>> Sources(byte[] batch, int size = 1 << 20, int? quality = 1)
    {
        var content = new ArrayBufferWriter<byte>();
        ChannelContent.Write([batch], quality, content);
        var sources = new List<ReadOnlyMemory<byte>>();
        Frame.Split(content.WrittenSpan, size, sources.Add);
        return sources;
    }

    public async Task<ChainReceipt> AppendAsync(ReadOnlyMemory<byte> source, int forced = 0, AbiValue? list = null)
    {
        ulong number = (await World.ReadAsync(Rules.Inbox, InboxContract.BatchCount))[0].ToUInt64();
        return await World.DoAsync(Sequencer, Rules.Inbox, InboxContract.AppendCalldata, 0, number, AbiValue.Of(source), (ulong)forced, list ?? await World.NoItemsAsync());
    }

    public async Task<ChainReceipt> AppendCertifiedAsync(byte[] source, int forced = 0, bool isPublished = true, int? length = null, AbiValue? list = null)
    {
        var commitment = new byte[32];
        ChunkCommitment.Compute(source).Span.CopyTo(commitment);
        if (isPublished) await Data.PublishAsync(source, commitment, Cancellation);
        ulong number = (await World.ReadAsync(Rules.Inbox, InboxContract.BatchCount))[0].ToUInt64();
        return await World.DoAsync(Sequencer, Rules.Inbox, InboxContract.AppendCertified, 0, number, new Digest32(commitment), (ulong)(length ?? source.Length), AbiValue.Of(ReadOnlyMemory<byte>.Empty), (ulong)forced, list ?? await World.NoItemsAsync());
    }

    /// <summary>Challenges a batch's first chunk, which nobody shows.</summary>
    public async Task WithholdAsync(ulong number)
    {
        await World.DoAsync(User, Rules.DataChallenge, DataChallengeContract.Challenge, 1, number, await PostedAsync(number), 0UL);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        await World.DoAsync(User, Rules.DataChallenge, DataChallengeContract.Expire, 0, number, 0UL);
    }

    /// <summary>Forced items that the next batch may take.</summary>
    public async Task<int> ForcedWaitingAsync()
    {
        ulong count = (await World.ReadAsync(Rules.Inbox, InboxContract.ForcedCount))[0].ToUInt64(), taken = (await World.ReadAsync(Rules.Inbox, InboxContract.ForcedTaken))[0].ToUInt64();
        return (int)Math.Min(count - taken, InboxContract.MaxForcedPerBatch);
    }

    /// <summary>A batch and the block that it is in.</summary>
    public async Task<(InboxBatch Batch, ulong Block)> BatchAsync(ulong number)
    {
        foreach (ChainLog log in await World.LogsAsync(Rules.Inbox))
            if (InboxContract.TryRead(log, out InboxBatch batch) && batch.Number == number) return (batch, log.Block);
        throw new InvalidOperationException($"Expected batch {number}.");
    }

    /// <summary>Posts payments and returns the batch that follows.</summary>
    public async Task<ExecutedBatch> PostAsync(int forced, params Payment[] payments)
    {
        await AppendAsync(Sources(await EncodeAsync(payments, forced))[0], forced, Rules.IsListed ? await ListAsync(payments) : null);
        return await SyncOneAsync();
    }

    /// <summary>The list of payments, at the newest block's time.</summary>
    public Task<AbiValue> ListAsync(params Payment[] payments) => ListAsync([.. payments.Select(payment => StepItem.Of(payment).Data)]);

    public async Task<AbiValue> ListAsync(params ReadOnlyMemory<byte>[] items) =>
        InboxContract.ListOf(items.Length == 0 ? default : TreeOf(items).Claim.Root, (ulong)items.Length, (await World.BlockAsync()).TimestampSeconds);

    /// <summary>Asks for a piece of a batch's list.</summary>
    public async Task AskForListAsync(ulong number, ulong piece) =>
        await World.DoAsync(User, Rules.DataChallenge, DataChallengeContract.ChallengeList, 1, number, await PostedAsync(number), piece);

    /// <summary>Asks for a piece of a batch's list and shows it.</summary>
    public async Task ShowAsync(ulong number, ulong piece, AbiValue list, params ReadOnlyMemory<byte>[] items)
    {
        await AskForListAsync(number, piece);
        await AnswerAsync(number, piece, list, items);
    }

    /// <summary>Shows a piece of a batch's list that was asked for.</summary>
    public async Task AnswerAsync(ulong number, ulong piece, AbiValue list, params ReadOnlyMemory<byte>[] items)
    {
        ClaimTree tree = TreeOf(items);
        var siblings = new List<AbiValue>();
        for (int level = Math.Min(4, tree.Height); level < tree.Height; level++) siblings.Add(tree.Node(level, (piece >> (level - 4)) ^ 1));
        AbiValue[] shown = [.. items.Skip((int)piece * 16).Take(16).Select(item => AbiValue.Of(item))];
        await World.DoAsync(Sequencer, Rules.DataChallenge, DataChallengeContract.AnswerList, 0, number, piece, (await BatchAsync(number)).Batch.Data, list, AbiValue.List(shown), AbiValue.List([.. siblings]));
    }

    /// <summary>Asks for a piece of a batch's list, which nobody shows.</summary>
    public async Task WithholdListAsync(ulong number)
    {
        await AskForListAsync(number, 0);
        await ExpireListAsync(number, 0);
    }

    public async Task ExpireListAsync(ulong number, ulong piece)
    {
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        await World.DoAsync(User, Rules.DataChallenge, DataChallengeContract.Expire, 0, number, DataChallengeContract.List + piece);
    }

    /// <summary>A node that knows nothing but the settlement layer and the data: it must get where this one is.</summary>
    public async Task AssertFreshNodeAgreesAsync()
    {
        DerivationNode<Payment, KeccakTree> fresh = NewNode();
        (DerivationStatus status, _) = await SyncAsync(fresh);
        Assert.Equal((await SyncAsync()).Status.Tip, status.Tip);
        Assert.Equal(Node.Deriver.State.Root(), fresh.Deriver.State.Root());
    }

    private static ClaimTree TreeOf(ReadOnlyMemory<byte>[] items) =>
        new(Claim.HeightOf((ulong)items.Length), [.. items.Select(item => new StepItem(StepKind.Payment, item).Digest())]);

    private async Task<AbiValue> PostedAsync(ulong number)
    {
        (InboxBatch batch, ulong block) = await BatchAsync(number);
        AbiValue before = number == 0 ? default(Digest32) : (await World.ReadAsync(Rules.Inbox, InboxContract.BatchHeads, number - 1))[0];
        return AbiValue.List(before, (ulong)batch.Kind, batch.Commitment, batch.ForcedTaken, batch.ForcedHead, block, (await World.BlockAsync(block)).TimestampSeconds);
    }

    private sealed class Collector : IProgress<ExecutedBatch>
    {
        public List<ExecutedBatch> Batches { get; } = [];

        public void Report(ExecutedBatch value) => Batches.Add(value);
    }
}
