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

/// <summary>How a <see cref="ProofRollup"/> is set up.</summary>
/// <param name="NewKey">A person's key.</param>
/// <param name="NewVerifier">Checks what such keys sign.</param>
/// <param name="SegmentSteps">Steps of a segment.</param>
/// <param name="Mode">What makes its batches final.</param>
internal sealed record ProofRollupSetup(Func<int, ISigner> NewKey, Func<ISignatureVerifier> NewVerifier, uint SegmentSteps, FinalityMode Mode = FinalityMode.Hybrid)
{
    /// <summary>Real keys, which sign sixteen times and can be checked by a contract; a batch is one segment.</summary>
    public static ProofRollupSetup Few { get; } = new(static seed => new NumberedKeySigner(seed), static () => new NumberedKeySigner.Verifier(), 1 << 13);

    /// <summary>Keys that anyone could forge, for as many payments as one likes, and the smallest segments that there can be.</summary>
    public static ProofRollupSetup Many { get; } = new(static seed => new HashSigner(seed, isHashBased: true), static () => new HashVerifier(), 1 << 9);
}

/// <summary>A payments rollup of profile Proof as it is used: accounts by number, rows posted off-chain without signatures, a tree of SHA-256, keys made of hashes, claims that proofs uphold and end.</summary>
internal sealed class ProofRollup : IDisposable
{
    public const ulong ChainId = 11, Day = 86_400, Period = 7 * Day;
    public const int Sequencer = 0, Proposer = 1, Honest = 2, User = 3, Other = 4, Witness = 6, People = 4, Fees = 3;

    public static readonly UInt128 Bond = 1_000_000;

    private const ulong MostFee = 1_000_000_000_000_000UL << 4;

    private readonly Dictionary<int, ulong> _nonces = [];
    private readonly MemoryJournal _journal = new();
    private readonly ProofRollupSetup _setup;
    private readonly AccountAddress[] _firstKeys;

    private ProofRollup(SettlementWorld world, ProofRollupSetup setup)
    {
        (World, _setup) = (world, setup);
        Keys = [.. Enumerable.Range(0, People).Select(setup.NewKey)];
        Payments = new PaymentRules(ChainId, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered };
        _firstKeys = [.. Keys.Select(key => AccountAddress.FromPublicKey(key.PublicKey.Span))];
    }

    public SettlementWorld World { get; }

    public PaymentRules Payments { get; }

    public RollupPlan Plan { get; private set; } = null!;

    public RollupAddresses At { get; private set; } = null!;

    public DerivationRules Rules { get; private set; } = null!;

    public InMemoryDataPublisher Data { get; } = new();

    public RollupSequencer<Payment, Sha256Tree> Maker { get; private set; } = null!;

    public PaymentNode<Sha256Tree> Node { get; private set; } = null!;

    public RerunProofs Proofs { get; private set; } = null!;

    public List<ExecutedBatch> Batches { get; } = [];

    /// <summary>Keys as people have them; who replaces one puts the next here.</summary>
    public ISigner[] Keys { get; }

    /// <summary>What proofs are asked for.</summary>
    public static FinalityPolicy Policy { get; } = new(new FinalityRule(EffectKind.Withdrawal, 0, 30, FinalityRequirement.Prove));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="world">Where it settles.</param>
    /// <param name="hosted">What hashes, what checks signatures, and what checks proofs there.</param>
    /// <param name="setup">How people sign, and what makes batches final.</param>
    public static async Task<ProofRollup> StartAsync(SettlementWorld world, (L1Address Hasher, L1Address Authorizer, L1Address Verifier) hosted, ProofRollupSetup setup)
    {
        var rollup = new ProofRollup(world, setup);
        ulong first = (await world.BlockAsync()).Number;
        rollup.Plan = rollup.PlanOf(hosted);
        // On an EVM the product refuses proofs, which has a test of its own; the contracts do not mind.
        rollup.At = world is InProcessWorld
            ? await RollupDeployment.DeployAsync(rollup.Live(Sequencer), rollup.Plan, Cancellation)
            : await RollupDeployment.DeployAsync(rollup.Live(Sequencer), rollup.Plan, static (name, arguments) => ContractCode.Load(name).Create(arguments), Cancellation);
        rollup.Rules = new DerivationRules(ChainId, rollup.At.Inbox, rollup.At.Bridge, first) { DataChallenge = rollup.At.DataChallenge, IsBare = true, Signatures = SignatureMode.None };
        rollup.Proofs = new RerunProofs(world.AddressOf(Witness), SettlementWorld.SignerOf(Witness), rollup.NewRerun());
        rollup.Node = new PaymentNode<Sha256Tree>(rollup.Payments, setup.NewVerifier(), world.As(Sequencer), rollup.At.StateChain, rollup.NewDerivation) { SegmentSteps = setup.SegmentSteps };
        var sequencer = new RollupSequencerSetup<Payment, Sha256Tree>(rollup.Rules, rollup.Live(Sequencer), rollup.Data, rollup.Transition, Codec, new PaymentAccess(ChainId), new HashSigner(5), rollup._journal) { Genesis = rollup.Genesis };
        rollup.Maker = new RollupSequencer<Payment, Sha256Tree>(sequencer, new RollupSequencerOptions { Posting = SourceKind.OffChain });
        await rollup.Maker.StartAsync(Cancellation);
        return rollup;
    }

    /// <summary>What a chain in this process hosts for it: what hashes, what checks signatures, and what checks proofs.</summary>
    public static (L1Address Hasher, L1Address Authorizer, L1Address Verifier) HostOn(InProcessWorld world, ISignatureVerifier verifier) =>
        (world.Chain.HostHash<Sha256Tree>(), world.Chain.HostSignatures(verifier), world.Chain.HostProofs(new RerunProofs(world.AddressOf(Witness))));

    private RollupPlan PlanOf((L1Address Hasher, L1Address Authorizer, L1Address Verifier) hosted) => new()
    {
        Sequencer = World.AddressOf(Sequencer),
        Proposer = World.AddressOf(Proposer),
        Deputy = World.AddressOf(Sequencer),
        Council = [.. Enumerable.Range(0, 8).Select(World.AddressOf)],
        GenesisRoot = NumberedGenesis.Root<Sha256Tree>(Keys[Fees].PublicKey.Span),
        Height = 17,
        Profile = RollupProfile.Proof<Sha256Tree>(hosted.Hasher, hosted.Authorizer),
        Payments = Payments,
        Rollup = ChainId,
        Mode = new RollupMode(_setup.Mode, SettlementKind.InProcess, new RerunProofs(World.AddressOf(Witness))),
        ProofSystems = [(hosted.Verifier, true)],
        Finality = new FinalityParameters { Mode = _setup.Mode, OptimisticPeriod = Period, SegmentSteps = _setup.SegmentSteps, Policy = Policy },
        Tournament = new TournamentParameters { ChallengePeriod = Period, GracePeriod = Day, Bond = Bond, AnswerCost = 100_000, MoveRefund = 1_000 },
        VaultDelay = 2 * Day,
    };

    public BatchRerun<Payment, Sha256Tree> NewRerun() => new(Rules, Transition(), Codec(null!), new PaymentAccess(ChainId));

    public DerivationNode<Payment, Sha256Tree> NewDerivation() => new(Rules, World.As(Sequencer), Data, () => new Deriver<Payment, Sha256Tree>(Rules, Transition(), Codec, new PaymentAccess(ChainId), Genesis) { Recorder = record => Proofs.Add(record) });

    public ISettlementChain Live(int account) => World is InProcessWorld ? new MiningChain(World, account) : World.As(account);

    /// <summary>Numbers stay when keys are replaced. Account 0 gets the fees, the others are in the order of first deposits.</summary>
    public static AccountAddress AddressOf(int person) => AccountAddress.FromNumber(person == Fees ? 0 : (uint)person + 1);

    public Task DepositAsync(int person, ulong amount, int from = User) =>
        World.DoAsync(from, At.Bridge, BridgeContract.DepositEther, amount + MostFee, amount, (ulong)_firstKeys[person].Scheme, _firstKeys[person].Digest);

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
        await SyncAsync();
    }

    /// <summary>Reads what was posted.</summary>
    public Task<DerivationStatus> SyncAsync() => Node.SyncAsync(new Told(Batches), Cancellation);

    /// <summary>A batch's withdrawal as the bridge is asked for it.</summary>
    public AbiValue[] WithdrawalOf(ulong batch, int index)
    {
        EffectLog effects = Batches[(int)batch].Effects;
        return [batch, (ulong)index, (ulong)effects[index].Token, effects[index].Amount, effects[index].Recipient, AbiValue.List([.. effects.Prove(index).Select(sibling => (AbiValue)sibling)])];
    }

    public void Dispose() => Node?.Dispose();

    public static ITransactionCodec<Payment> Codec(IStateView view) => new PaymentRows(12);

    private Payments<Sha256Tree> Transition() => new(Payments, _setup.NewVerifier(), keyMemo: 64);

    private void Genesis(IStateView state) => NumberedGenesis.Write<Sha256Tree>(state, Keys[Fees].PublicKey.Span);

    private sealed class Told(List<ExecutedBatch> batches) : IProgress<ExecutedBatch>
    {
        public void Report(ExecutedBatch value) => batches.Add(value);
    }
}
