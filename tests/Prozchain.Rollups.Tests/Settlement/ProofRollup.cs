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
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A payments rollup of profile Proof as it is used: a tree of SHA-256, keys made of hashes, claims that proofs uphold and end.</summary>
internal sealed class ProofRollup : IDisposable
{
    public const ulong ChainId = 11, Day = 86_400, Period = 7 * Day;
    public const int Sequencer = 0, Proposer = 1, Honest = 2, User = 3, Other = 4, Witness = 6, People = 4, Fees = 3;

    public static readonly UInt128 Bond = 1_000_000;

    private const ulong MostFee = 1_000_000_000_000_000UL << 4;

    private readonly Dictionary<int, ulong> _nonces = [];
    private readonly MemoryJournal _journal = new();

    private ProofRollup(SettlementWorld world)
    {
        World = world;
        Payments = new PaymentRules(ChainId, AddressOf(Fees));
    }

    public SettlementWorld World { get; }

    public PaymentRules Payments { get; }

    public RollupPlan Plan { get; private set; } = null!;

    public RollupAddresses At { get; private set; } = null!;

    public DerivationRules Rules { get; private set; } = null!;

    public InMemoryDataPublisher Data { get; } = new();

    public RollupSequencer<Payment, Sha256Tree> Maker { get; private set; } = null!;

    public PaymentNode<Sha256Tree> Node { get; private set; } = null!;

    public WordProofs Proofs { get; private set; } = null!;

    public List<ExecutedBatch> Batches { get; } = [];

    /// <summary>Keys as people have them; who replaces one puts the next here.</summary>
    public HashKeySigner[] Keys { get; } = [.. Enumerable.Range(0, People).Select(i => new HashKeySigner(i))];

    /// <summary>Addresses stay when keys are replaced.</summary>
    private AccountAddress[] Addresses { get; } = [.. Enumerable.Range(0, People).Select(i => new HashKeySigner(i).Address)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="world">Where it settles.</param>
    /// <param name="hosted">What hashes, what checks signatures, and what checks proofs there.</param>
    public static async Task<ProofRollup> StartAsync(SettlementWorld world, (L1Address Hasher, L1Address Authorizer, L1Address Verifier) hosted)
    {
        var rollup = new ProofRollup(world);
        ulong first = (await world.BlockAsync()).Number;
        rollup.Plan = PlanOf(world, rollup.Payments, hosted);
        // On an EVM the product refuses proofs, which has a test of its own; the contracts do not mind.
        rollup.At = world is InProcessWorld
            ? await RollupDeployment.DeployAsync(rollup.Live(Sequencer), rollup.Plan, Cancellation)
            : await RollupDeployment.DeployAsync(rollup.Live(Sequencer), rollup.Plan, static (name, arguments) => ContractCode.Load(name).Create(arguments), Cancellation);
        rollup.Rules = new DerivationRules(ChainId, rollup.At.Inbox, rollup.At.Bridge, first) { DataChallenge = rollup.At.DataChallenge, IsListed = true };
        rollup.Node = new PaymentNode<Sha256Tree>(rollup.Payments, new HashKeyVerifier(), world.As(Sequencer), rollup.At.StateChain, rollup.NewDerivation);
        rollup.Proofs = new WordProofs(world.AddressOf(Witness), SettlementWorld.SignerOf(Witness), rollup.Node);
        var setup = new RollupSequencerSetup<Payment, Sha256Tree>(rollup.Rules, rollup.Live(Sequencer), rollup.Data, rollup.Transition, Codec, new PaymentAccess(ChainId), new HashSigner(5), rollup._journal);
        rollup.Maker = new RollupSequencer<Payment, Sha256Tree>(setup, new RollupSequencerOptions { Posting = SourceKind.OffChain });
        await rollup.Maker.StartAsync(Cancellation);
        return rollup;
    }

    public static RollupPlan PlanOf(SettlementWorld world, PaymentRules payments, (L1Address Hasher, L1Address Authorizer, L1Address Verifier) hosted) => new()
    {
        Sequencer = world.AddressOf(Sequencer),
        Proposer = world.AddressOf(Proposer),
        Deputy = world.AddressOf(Sequencer),
        Council = [.. Enumerable.Range(0, 8).Select(world.AddressOf)],
        GenesisRoot = default,
        Profile = RollupProfile.Proof<Sha256Tree>(hosted.Hasher, hosted.Authorizer),
        Payments = payments,
        Rollup = ChainId,
        Mode = new RollupMode(FinalityMode.Hybrid, SettlementKind.InProcess, new WordProofs(world.AddressOf(Witness))),
        ProofSystems = [(hosted.Verifier, true)],
        Finality = new FinalityParameters { Mode = FinalityMode.Hybrid, OptimisticPeriod = Period },
        Tournament = new TournamentParameters { ChallengePeriod = Period, GracePeriod = Day, Bond = Bond, AnswerCost = 100_000, MoveRefund = 1_000 },
        VaultDelay = 2 * Day,
    };

    public DerivationNode<Payment, Sha256Tree> NewDerivation() => new(Rules, World.As(Sequencer), Data, () => new Deriver<Payment, Sha256Tree>(Rules, Transition(), Codec, new PaymentAccess(ChainId)));

    public ISettlementChain Live(int account) => World is InProcessWorld ? new MiningChain(World, account) : World.As(account);

    public AccountAddress AddressOf(int person) => Addresses[person];

    public Task DepositAsync(int person, ulong amount, int from = User) =>
        World.DoAsync(from, At.Bridge, BridgeContract.DepositEther, amount + MostFee, amount, (ulong)AddressOf(person).Scheme, AddressOf(person).Digest);

    public Payment Sign(int from, Payment payment)
    {
        ulong nonce = _nonces.GetValueOrDefault(from);
        _nonces[from] = nonce + 1;
        return PaymentMessage.Sign(payment with { Sender = AddressOf(from), Nonce = nonce, Fee = 1 }, Keys[from], ChainId);
    }

    public Payment Pay(int from, int to, ulong amount) => Sign(from, new Payment { Recipient = AddressOf(to), Amount = amount });

    public Payment Withdraw(int from, ulong amount) => Sign(from, new Payment { Kind = PaymentKind.Withdraw, Amount = amount, L1Recipient = World.AddressOf(Other) });

    public async Task PostAsync(params Payment[] payments)
    {
        await Maker.FollowAsync(Cancellation);
        var results = new PoolResult[payments.Length];
        Maker.Submit(payments, results);
        Assert.All(results, result => Assert.Equal(PoolResult.Accepted, result));
        Maker.Extend();
        Assert.NotNull(Maker.Close());
        Assert.Equal(1, await Maker.PostAsync(Cancellation));
        await Node.SyncAsync(new Told(Batches), Cancellation);
    }

    /// <summary>A batch's withdrawal as the bridge is asked for it.</summary>
    public AbiValue[] WithdrawalOf(ulong batch, int index)
    {
        EffectLog effects = Batches[(int)batch].Effects;
        return [batch, (ulong)index, (ulong)effects[index].Token, effects[index].Amount, effects[index].Recipient, AbiValue.List([.. effects.Prove(index).Select(sibling => (AbiValue)sibling)])];
    }

    public void Dispose() => Node?.Dispose();

    public static ITransactionCodec<Payment> Codec(IStateView view) => new PaymentCodec(new StateAccountNames<Sha256Tree>(view), PaymentLimits.Default);

    private Payments<Sha256Tree> Transition() => new(Payments, new HashKeyVerifier(), keyMemo: 64);

    private sealed class Told(List<ExecutedBatch> batches) : IProgress<ExecutedBatch>
    {
        public void Report(ExecutedBatch value) => batches.Add(value);
    }
}
