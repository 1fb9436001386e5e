using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Sequencing;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>A rollup that keeps accounts by number and posts rows: person i, who gets the i-th first deposit, is account i.</summary>
internal sealed class BareRollup
{
    public const ulong ChainId = 9, Window = 6 * 3600;
    public const int Sequencer = RollupHarness.Sequencer, User = RollupHarness.User;

    private const ulong Fee = 1_000_000_000_000_000;

    public static readonly HashSigner WordKey = new(700);

    private readonly Dictionary<int, HashSigner> _people = [];
    private readonly Dictionary<int, ulong> _nonces = [];

    private BareRollup(SettlementWorld world, DerivationRules rules)
    {
        (World, Rules) = (world, rules);
        Payments = new PaymentRules(ChainId, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered };
        Node = NewNode();
    }

    public SettlementWorld World { get; }

    public DerivationRules Rules { get; }

    public PaymentRules Payments { get; }

    public InMemoryDataPublisher Data { get; } = new();

    public MemoryJournal Journal { get; } = new();

    /// <summary>The first batch of which the sequencer keeps the signatures, although final.</summary>
    public ulong Unproven { get; set; } = ulong.MaxValue;

    public DerivationNode<Payment, KeccakTree> Node { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<BareRollup> StartAsync(SettlementWorld world, Func<DerivationRules, DerivationRules>? change = null)
    {
        L1Address inbox = await world.DeployAsync("Inbox", world.AddressOf(Sequencer), AbiValue.List(), 0UL);
        ulong first = (await world.BlockAsync()).Number;
        L1Address bridge = await world.DeployAsync("Bridge", inbox, default(L1Address), default(L1Address), default(L1Address), ChainId, 1UL, 0UL, 0UL, default(L1Address));
        L1Address challenge = await world.DeployAsync("DataChallenge", inbox, Window, Window, 1UL);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        var rules = new DerivationRules(ChainId, inbox, bridge, first) { DataChallenge = challenge, GenesisCheck = BatchCheck.Of([9]), Signatures = SignatureMode.None, IsBare = true };
        return new BareRollup(world, change?.Invoke(rules) ?? rules);
    }

    public static ITransactionCodec<Payment> Codec(IStateView view) => new PaymentRows(12);

    public static AccountAddress Account(int number) => AccountAddress.FromNumber((uint)number);

    /// <summary>Somebody, whose next one-time key is remembered.</summary>
    public HashSigner Person(int number) => _people.TryGetValue(number, out HashSigner? person) ? person : _people[number] = new HashSigner(number, isHashBased: true);

    public void Genesis(IStateView state) => NumberedGenesis.Write<KeccakTree>(state, Person(0).PublicKey.Span);

    public Deriver<Payment, KeccakTree> NewDeriver() => new(Rules, Transition(), Codec, new PaymentAccess(ChainId), Genesis);

    public Payments<KeccakTree> Transition() => new(Payments, new HashVerifier(), keyMemo: 256);

    public DerivationNode<Payment, KeccakTree> NewNode() => new(Rules, World.As(0), Data, NewDeriver);

    public RollupSequencer<Payment, KeccakTree> NewSequencer() => new(
        new RollupSequencerSetup<Payment, KeccakTree>(Rules, new LiveChain(World), Data, Transition, Codec, new PaymentAccess(ChainId), WordKey, Journal) { Genesis = Genesis, Unproven = () => Unproven },
        new RollupSequencerOptions { Posting = SourceKind.OffChain });

    /// <summary>A payment signed with the next nonce and the next one-time key but so many.</summary>
    public Payment Pay(int from, Payment payment, uint skip = 0)
    {
        ulong nonce = _nonces.GetValueOrDefault(from);
        _nonces[from] = nonce + 1;
        Person(from).Index += skip;
        return PaymentMessage.Sign(payment with { Sender = Account(from), Nonce = nonce, Fee = payment.Fee == 0 ? 1 : payment.Fee, KeySkip = skip }, Person(from), ChainId);
    }

    public Payment Pay(int from, int to, ulong amount, uint skip = 0) => Pay(from, new Payment { Recipient = Account(to), Amount = amount }, skip);

    public PaymentAccount Read(int number, Deriver<Payment, KeccakTree>? deriver = null) =>
        (deriver ?? Node.Deriver).State.Read(Account(number).Digest, out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account) ? account : default;

    public UInt128 Balance(int number) => Read(number).Balance;

    public Task DepositAsync(int person, ulong amount) => World.DoAsync(
        User, Rules.Bridge, BridgeContract.DepositEther, amount + (Fee << 4), amount, (ulong)Person(person).Address.Scheme, Person(person).Address.Digest);

    public Task ForceAsync(Payment payment) => World.DoAsync(User, Rules.Inbox, InboxContract.Enqueue, Fee << 4, AbiValue.Of(StepItem.Of(payment, isForced: true).Data));

    public byte[] Encode(IReadOnlyList<Payment> payments, Digest32? root = null)
    {
        var output = new ArrayBufferWriter<byte>();
        new BatchCodec<Payment>(Codec(Node.Deriver.State), BatchLimits.Default).Write(BatchHead.Upon(root ?? Node.Deriver.Tip.Root, payments.Count), payments.ToArray(), [], output);
        return output.WrittenSpan.ToArray();
    }

    public async Task<ExecutedBatch> PostAsync(int forced, params Payment[] payments)
    {
        await AppendAsync(Encode(payments), forced);
        return await SyncOneAsync();
    }

    public async Task AppendAsync(byte[] source, int forced = 0, int? length = null, AbiValue? list = null)
    {
        var commitment = new byte[Digest32.Size];
        await Data.PublishAsync(source, commitment, Cancellation);
        ulong number = await NumberAsync();
        await World.DoAsync(
            Sequencer, Rules.Inbox, InboxContract.AppendCertified, 0, number, new Digest32(commitment), (ulong)(length ?? source.Length), AbiValue.Of(ReadOnlyMemory<byte>.Empty), (ulong)forced, list ?? await World.NoItemsAsync());
    }

    public async Task AppendCalldataAsync(byte[] source, int forced = 0) =>
        await World.DoAsync(Sequencer, Rules.Inbox, InboxContract.AppendCalldata, 0, await NumberAsync(), AbiValue.Of(source), (ulong)forced, await World.NoItemsAsync());

    public async Task<(DerivationStatus Status, List<ExecutedBatch> Batches)> SyncAsync(DerivationNode<Payment, KeccakTree>? node = null)
    {
        var batches = new Collector();
        DerivationStatus status = await (node ?? Node).SyncAsync(batches, Cancellation);
        return (status, batches.Batches);
    }

    public async Task<ExecutedBatch> SyncOneAsync() => Assert.Single((await SyncAsync()).Batches);

    /// <summary>A node that knows nothing but the settlement layer and the data: it must get where this one is.</summary>
    public async Task AssertFreshNodeAgreesAsync()
    {
        DerivationNode<Payment, KeccakTree> fresh = NewNode();
        (DerivationStatus status, _) = await SyncAsync(fresh);
        Assert.Equal((await SyncAsync()).Status.Tip, status.Tip);
        Assert.Equal(Node.Deriver.State.Root(), fresh.Deriver.State.Root());
    }

    private async Task<ulong> NumberAsync() => (await World.ReadAsync(Rules.Inbox, InboxContract.BatchCount))[0].ToUInt64();

    private sealed class Collector : IProgress<ExecutedBatch>
    {
        public List<ExecutedBatch> Batches { get; } = [];

        public void Report(ExecutedBatch value) => Batches.Add(value);
    }
}
