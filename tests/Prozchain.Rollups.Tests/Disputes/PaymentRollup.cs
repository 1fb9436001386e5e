using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A payments rollup as it is used: all its contracts, a sequencer, people with keys of P-256 or of Ed25519, and nodes.</summary>
internal sealed class PaymentRollup : IDisposable
{
    public const ulong ChainId = 9, Day = 86_400, Period = 7 * Day, VaultDelay = 2 * Day;
    public const int Sequencer = 0, Proposer = 1, Honest = 2, User = 3, Other = 4;

    public static readonly UInt128 Bond = 1_000_000;

    public const ulong MostFee = Fee << 4;

    private const ulong Fee = 1_000_000_000_000_000;
    private static readonly UInt128 s_dataBond = 100_000_000_000_000_000;

    private readonly bool _isEd25519;
    private readonly ISigner[] _people;
    private readonly Dictionary<AccountAddress, ulong> _nonces = [];
    private readonly MemoryJournal _journal = new();
    private DerivationNode<Payment, KeccakTree>? _plain;

    private PaymentRollup(SettlementWorld world, BatchCaps caps, bool isEd25519)
    {
        (World, _isEd25519) = (world, isEd25519);
        _people = [.. Enumerable.Range(0, 6).Select(i => isEd25519 ? (ISigner)new Ed25519Signer(SHA256.HashData([(byte)i, 78])) : NewPerson(i))];
        Payments = new PaymentRules(ChainId, AddressOf(5)) { Caps = caps };
    }

    public static TournamentParameters Disputes { get; } = new() { ChallengePeriod = Period, GracePeriod = Day, Bond = Bond, AnswerCost = 100_000, MoveRefund = 1_000 };

    /// <summary>What the sequencer gives its word with.</summary>
    public static HashSigner Word { get; } = new(700);

    public SettlementWorld World { get; }

    public PaymentRules Payments { get; }

    public RollupAddresses At { get; private set; } = null!;

    public DerivationRules Rules { get; private set; } = null!;

    public InMemoryDataPublisher Data { get; } = new();

    public RollupSequencer<Payment, KeccakTree> Maker { get; private set; } = null!;

    public PaymentNode<KeccakTree> Node { get; private set; } = null!;

    /// <summary>Batches as the node was told of them; the newest of a number counts.</summary>
    public Dictionary<ulong, ExecutedBatch> Batches { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What the sequencer posts by.</summary>
    public Func<ISettlementChain, ISettlementChain> Posting { get; set; } = static chain => chain;

    public static async Task<PaymentRollup> StartAsync(SettlementWorld world, BatchCaps? caps = null, FinalityPolicy? hybrid = null, FinalityMode mode = FinalityMode.Optimistic, bool isEd25519 = false, Func<RollupPlan, RollupPlan>? change = null)
    {
        var rollup = new PaymentRollup(world, caps ?? BatchCaps.None, isEd25519);
        bool isHybrid = hybrid is not null;
        if (isHybrid) mode = FinalityMode.Hybrid;
        ulong first = (await world.BlockAsync()).Number;
        bool isProven = mode != FinalityMode.Optimistic;
        var plan = new RollupPlan
        {
            Sequencer = world.AddressOf(Sequencer),
            Proposer = world.AddressOf(Proposer),
            Deputy = world.AddressOf(Sequencer),
            Council = [.. Enumerable.Range(0, 8).Select(world.AddressOf)],
            GenesisRoot = default,
            Payments = rollup.Payments,
            Rollup = ChainId,
            // On an EVM the product refuses proofs, which has a test of its own; the contracts do not mind.
            Mode = new RollupMode(mode, isProven || world is InProcessWorld ? SettlementKind.InProcess : SettlementKind.Evm, isHybrid ? new ReexecutionProofs() : isProven ? new PaymentProofs(rollup) : null),
            Finality = new FinalityParameters { Mode = mode, OptimisticPeriod = Period, Policy = hybrid ?? FinalityPolicy.Default },
            ProofSystems = isHybrid ? [(await world.DeployAsync("TestSeal", SealedProofs.Key), true)] : isProven ? [(await world.DeployAsync("TestProof", true), true)] : [],
            Tournament = Disputes,
            VaultDelay = VaultDelay,
        };
        plan = change?.Invoke(plan) ?? plan;
        rollup.At = isProven && world is not InProcessWorld
            ? await RollupDeployment.DeployAsync(rollup.Live(Sequencer), plan, static (name, arguments) => ContractCode.Load(name).Create(arguments), Cancellation)
            : await RollupDeployment.DeployAsync(rollup.Live(Sequencer), plan, Cancellation);
        rollup.Rules = new DerivationRules(ChainId, rollup.At.Inbox, rollup.At.Bridge, first) { DataChallenge = rollup.At.DataChallenge, BatchCap = rollup.Payments.Caps.Batch, IsListed = true };
        rollup.Node = rollup.NewNode();
        await rollup.RestartAsync();
        return rollup;
    }

    public static P256Signer NewPerson(int number) => new(SHA256.HashData([(byte)number, 78]));

    public static ITransactionCodec<Payment> Codec(IStateView view) => new PaymentCodec(new StateAccountNames<KeccakTree>(view), PaymentLimits.Default);

    public PaymentNode<KeccakTree> NewNode() => new(Payments, NewVerifier(), World.As(Sequencer), At.StateChain, NewDerivation) { SegmentSteps = 256 };

    public DerivationNode<Payment, KeccakTree> NewDerivation() => new(Rules, World.As(Sequencer), Data, NewDeriver);

    public Deriver<Payment, KeccakTree> NewDeriver() => new(Rules, Transition(), Codec, new PaymentAccess(ChainId));

    public Payments<KeccakTree> Transition() => new(Payments, NewVerifier(), keyMemo: 256);

    public ISettlementChain Live(int account) => World is InProcessWorld ? new MiningChain(World, account) : World.As(account);

    public ISigner Person(int number) => _people[number];

    public AccountAddress AddressOf(int person) => AccountAddress.FromPublicKey(_people[person].PublicKey.Span);

    public async Task<DerivationStatus> SyncAsync()
    {
        var told = new Collector();
        DerivationStatus status = await Node.SyncAsync(told, Cancellation);
        foreach (ExecutedBatch batch in told.Batches) Batches[batch.Posting.Number] = batch;
        return status;
    }

    /// <summary>The sequencer starts anew, as after a crash.</summary>
    public Task RestartAsync()
    {
        var setup = new RollupSequencerSetup<Payment, KeccakTree>(Rules, Posting(Live(Sequencer)), Data, Transition, Codec, new PaymentAccess(ChainId), Word, _journal);
        Maker = new RollupSequencer<Payment, KeccakTree>(setup, new RollupSequencerOptions { Posting = SourceKind.OffChain });
        return Maker.StartAsync(Cancellation);
    }

    /// <summary>The sequencer makes a batch of what waits and of these payments, and posts it.</summary>
    public async Task PostAsync(params Payment[] payments)
    {
        await Maker.FollowAsync(Cancellation);
        var results = new PoolResult[payments.Length];
        Maker.Submit(payments, results);
        Assert.All(results, result => Assert.Equal(PoolResult.Accepted, result));
        Maker.Extend();
        Assert.NotNull(Maker.Close());
        Assert.Equal(1, await Maker.PostAsync(Cancellation));
    }

    /// <summary>Posts a batch that no sequencer would, upon what is there; the state before it.</summary>
    public async Task AppendAsync(IReadOnlyList<Payment> payments, int forced, bool isInCall)
    {
        var output = new ArrayBufferWriter<byte>();
        DerivedTip tip = (await PlainAsync()).Tip;
        var head = new BatchHead(tip.NextBatch, tip.Check, 0, forced, ColumnLayout.Aligned, SignatureMode.PerTransaction, payments.Count);
        new BatchCodec<Payment>(Codec(_plain!.Deriver.State), BatchLimits.Default).Write(head, payments.ToArray(), [], output);
        var source = new ArrayBufferWriter<byte>();
        if (payments.Count > 0) ChannelContent.Write([output.WrittenMemory], 1, source);
        var frames = new List<ReadOnlyMemory<byte>> { ReadOnlyMemory<byte>.Empty };
        if (payments.Count > 0) Frame.Split(source.WrittenSpan, 1 << 20, frames.Add);
        AbiValue list = await ListAsync([.. payments.Select(payment => StepItem.Of(payment).Data)]);
        if (isInCall) await World.DoAsync(Sequencer, At.Inbox, InboxContract.AppendCalldata, 0, tip.NextBatch, AbiValue.Of(frames[^1]), (ulong)forced, list);
        else
        {
            var commitment = new byte[Digest32.Size];
            await Data.PublishAsync(frames[^1], commitment, Cancellation);
            await World.DoAsync(Sequencer, At.Inbox, InboxContract.AppendCertified, 0, tip.NextBatch, new Digest32(commitment), (ulong)frames[^1].Length, AbiValue.Of(ReadOnlyMemory<byte>.Empty), (ulong)forced, list);
        }
    }

    /// <summary>Posts a list of any bytes, whose data nobody has; the first piece is asked for, and shown, or not in time, or it is open whether.</summary>
    public async Task AppendUnreadAsync(ReadOnlyMemory<byte>[] items, bool? isShown, bool isAsked = true)
    {
        ulong number = (await World.ReadAsync(At.Inbox, InboxContract.BatchCount))[0].ToUInt64();
        AbiValue list = await ListAsync(items);
        var data = new Digest32(Hashing.Keccak([(byte)number, 5]));
        await World.DoAsync(Sequencer, At.Inbox, InboxContract.AppendCertified, 0, number, data, 7UL, AbiValue.Of(ReadOnlyMemory<byte>.Empty), 0UL, list);
        if (!isAsked) return;
        await World.DoAsync(User, At.DataChallenge, DataChallengeContract.ChallengeList, s_dataBond, number, (await AskableAsync(number)).Fields, 0UL);
        if (isShown is null) return;
        if (isShown.Value)
        {
            await World.DoAsync(Other, At.DataChallenge, DataChallengeContract.AnswerList, 0, number, 0UL, data, list, AbiValue.List([.. items.Select(item => AbiValue.Of(item))]), AbiValue.List());
            return;
        }
        await World.AdvanceAsync(TimeSpan.FromSeconds(Day + 60));
        await World.DoAsync(User, At.DataChallenge, DataChallengeContract.Expire, 0, number, DataChallengeContract.List);
    }

    /// <summary>What a batch is asked about with, and what that costs.</summary>
    public async Task<(AbiValue Fields, UInt128 Bond)> AskableAsync(ulong number)
    {
        Digest32 before = number == 0 ? default : (await World.ReadAsync(At.Inbox, InboxContract.BatchHeads, number - 1))[0].ToDigest();
        ChainLog log = (await World.LogsAsync(At.Inbox)).Last(log => InboxContract.TryRead(log, out InboxBatch other) && other.Number == number);
        Assert.True(InboxContract.TryRead(log, out InboxBatch batch));
        ulong time = (await World.BlockAsync(log.Block)).TimestampSeconds;
        return (AbiValue.List(before, (ulong)batch.Kind, batch.Commitment, batch.ForcedTaken, batch.ForcedHead, log.Block, time), s_dataBond);
    }

    /// <summary>The network forgets all that was ever posted off-chain.</summary>
    public async Task ForgetDataAsync()
    {
        foreach (AbiValue e in await World.EventsAsync(At.Inbox, InboxContract.BatchAppended)) Data.Withhold(e[3].ToDigest());
    }

    /// <summary>A deriver that is where the settlement layer is.</summary>
    public async Task<Deriver<Payment, KeccakTree>> PlainAsync()
    {
        _plain ??= NewDerivation();
        await _plain.SyncAsync(null, Cancellation);
        return _plain.Deriver;
    }

    private async Task<AbiValue> ListAsync(ReadOnlyMemory<byte>[] items)
    {
        Digest32[] digests = [.. items.Select(item => new StepItem(StepKind.Payment, item).Digest())];
        Digest32 root = items.Length == 0 ? default : new ClaimTree(Claim.HeightOf((ulong)items.Length), digests).Claim.Root;
        return InboxContract.ListOf(root, (ulong)items.Length, (await World.BlockAsync()).TimestampSeconds);
    }

    public Task DepositAsync(int person, ulong amount) =>
        World.DoAsync(User, At.Bridge, BridgeContract.DepositEther, amount + MostFee, amount, (ulong)AddressOf(person).Scheme, AddressOf(person).Digest);

    public Task ForceAsync(ReadOnlyMemory<byte> item) => World.DoAsync(User, At.Inbox, InboxContract.Enqueue, MostFee, AbiValue.Of(item));

    public Task ForceAsync(in Payment payment) => ForceAsync(StepItem.Of(payment, isForced: true).Data);

    /// <summary>A signed payment with the next nonce that was not used here.</summary>
    public Payment Pay(int from, int to, ulong amount, ulong fee = 1) => Sign(from, new Payment { Recipient = AddressOf(to), Amount = amount, Fee = fee });

    public Payment Withdraw(int from, ulong amount, L1Address? to = null) =>
        Sign(from, new Payment { Kind = PaymentKind.Withdraw, Amount = amount, Fee = 1, L1Recipient = to ?? World.AddressOf(User) });

    public Payment Say(int from, byte[] payload) => Sign(from, new Payment { Kind = PaymentKind.Message, Payload = payload, Fee = 1, L1Recipient = World.AddressOf(User) });

    public Payment Sign(int from, Payment payment)
    {
        ulong nonce = _nonces.GetValueOrDefault(AddressOf(from));
        _nonces[AddressOf(from)] = nonce + 1;
        return PaymentMessage.Sign(payment with { Sender = AddressOf(from), Nonce = nonce }, Person(from), ChainId);
    }

    /// <summary>Fetches what left the rollup.</summary>
    public AbiValue[] WithdrawalOf(ulong batch, int index)
    {
        EffectLog effects = Batches[batch].Effects;
        return [batch, (ulong)index, (ulong)effects[index].Token, effects[index].Amount, effects[index].Recipient, AbiValue.List([.. effects.Prove(index).Select(sibling => (AbiValue)sibling)])];
    }

    public void Dispose()
    {
        Node.Dispose();
        foreach (ISigner person in _people) (person as IDisposable)?.Dispose();
    }

    private ISignatureVerifier NewVerifier() => _isEd25519 ? new Ed25519Verifier() : new P256Verifier(64);

    private sealed class Collector : IProgress<ExecutedBatch>
    {
        public List<ExecutedBatch> Batches { get; } = [];

        public void Report(ExecutedBatch value) => Batches.Add(value);
    }
}

/// <summary>A settlement layer as an account sees it, where what is sent gets into a block by itself.</summary>
internal sealed class MiningChain(SettlementWorld world, int account) : ISettlementChain
{
    public L1Address Account => world.AddressOf(account);

    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => world.As(account).FindBlockAsync(number, finality, cancellationToken);

    public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) =>
        world.As(account).ReadLogsAsync(first, last, contracts, logs, cancellationToken);

    public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => world.As(account).CallAsync(call, cancellationToken);

    public async ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => await world.SendAsync(account, call);
}
