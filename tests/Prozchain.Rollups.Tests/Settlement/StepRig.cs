using System.Security.Cryptography;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StepVerifierContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A payments rollup on a node, whose every step is also executed from its proof, by the library and, if one is named, by a contract.</summary>
internal sealed class StepRig : IDisposable
{
    public const ulong ChainId = 9;

    public static readonly L1Address Outside = new([.. Enumerable.Range(1, 20).Select(i => (byte)i)]);

    private readonly ISigner[] _people;
    private readonly Payments<KeccakTree> _native;
    private readonly EffectLog _effects = new();

    public StepRig(BatchCaps? caps = null, int people = 6, bool isEd25519 = false)
    {
        _people = [.. Enumerable.Range(0, people).Select(i => Signer(SHA256.HashData([(byte)i, 77]), isEd25519))];
        Rules = new PaymentRules(ChainId, AddressOf(people - 1)) { Caps = caps ?? BatchCaps.None };
        _native = new Payments<KeccakTree>(Rules, Verifier(isEd25519), keyMemo: 64);
        Steps = new PaymentStep<KeccakTree>(Rules, Verifier(isEd25519));
        Begin(new BatchContext(ChainId, 3, 1_000, 0));
    }

    public PaymentRules Rules { get; }

    public PaymentStep<KeccakTree> Steps { get; }

    public StateStore<KeccakTree> State { get; } = new();

    public BatchContext Context { get; private set; }

    public StepMachine Machine { get; private set; }

    /// <summary>The constructor's arguments.</summary>
    public AbiValue ContractRules(L1Address ed25519 = default) => AbiValue.List(
        Rules.ChainId, (ulong)Rules.FeeRecipient.Scheme, Rules.FeeRecipient.Digest, Rules.Caps.Transaction.ExecutionGas, Rules.Caps.Transaction.ProvingUnits,
        Rules.Caps.Batch.ExecutionGas, Rules.Caps.Batch.ProvingUnits, ed25519);

    public ISigner Person(int number) => _people[number];

    public AccountAddress AddressOf(int number) => AccountAddress.FromPublicKey(_people[number].PublicKey.Span);

    public PaymentAccount Account(int number) =>
        State.Read(PaymentKeys.Account(AddressOf(number)), out ReadOnlySpan<byte> value) == StateReadStatus.Found && PaymentAccount.TryRead(value, out PaymentAccount account) ? account : default;

    public void Begin(in BatchContext context)
    {
        Context = context;
        _effects.Begin(context);
        Machine = StepMachine.Begin(State.Root());
    }

    /// <summary>Fills in sender and nonce, and signs: so that no random byte of a call is zero, and every run costs the same gas.</summary>
    public Payment Sign(int sender, Payment payment, int sponsor = -1, int key = -1)
    {
        payment = payment with { Sender = AddressOf(sender), Nonce = payment.Nonce + Account(sender).Nonce, Sponsor = sponsor < 0 ? default : AddressOf(sponsor) };
        do
        {
            payment = PaymentMessage.Sign(payment, Person(key < 0 ? sender : key), ChainId);
            if (sponsor >= 0) payment = PaymentMessage.Sponsor(payment, Person(sponsor), ChainId);
        }
        while (HasZero(payment));
        return payment;
    }

    public StepItem Deposit(int person, UInt128 amount, uint token = 0) =>
        StepItem.Of(new InboundMessage { Token = token, Amount = amount, Recipient = AddressOf(person), Sender = Outside });

    public StepProof Prove(in StepItem item) => Steps.Prove(State, _effects, Machine, item, Context);

    /// <summary>Executes a step from its proof and on the node, and goes on after it.</summary>
    public (StepProof Proof, TransitionOutcome Outcome) Do(in StepItem item)
    {
        StepProof proof = Prove(item);
        Assert.Equal(StepFault.None, Steps.Execute(proof, Context, out TransitionOutcome outcome, out StepMachine after));
        if (outcome.Status != TransitionStatus.OverCap || item.Kind != StepKind.ForcedPayment) Assert.Equal(outcome, Native(item));
        Assert.Equal(State.Root(), after.StateRoot);
        Assert.Equal((_effects.ExitRoot(), (ulong)_effects.Count), (after.ExitRoot, after.Exits));
        Machine = after;
        return (proof, outcome);
    }

    /// <summary>The same, and by a contract.</summary>
    public async Task<TransitionOutcome> DoAsync(SettlementWorld world, L1Address contract, StepItem item)
    {
        (StepProof proof, TransitionOutcome outcome) = Do(item);
        AbiValue answer = await world.ReadAsync(contract, C.Execute, Context.Number, Context.TimestampSeconds, C.Encode(proof));
        Assert.Equal((outcome.Status, Machine), ((TransitionStatus)answer[0].ToUInt64(), C.ToMachine(answer[1])));
        return outcome;
    }

    public void Dispose()
    {
        foreach (ISigner person in _people) (person as IDisposable)?.Dispose();
    }

    // Of Ed25519 there is one signature, whatever it holds.
    private static bool HasZero(in Payment payment) =>
        payment.Signed.PublicKey.Span[0] == AccountAddress.P256Scheme
        && (payment.Signed.Signature.Span.Contains((byte)0) || payment.Sponsored.Signature.Span.Contains((byte)0) || StepItem.Of(payment).Digest().Span.Contains((byte)0));

    private static ISigner Signer(byte[] seed, bool isEd25519) => isEd25519 ? new Ed25519Signer(seed) : new P256Signer(seed);

    private static ISignatureVerifier Verifier(bool isEd25519) => isEd25519 ? new Ed25519Verifier() : new P256Verifier(64);

    private TransitionOutcome Native(in StepItem item)
    {
        if (item.TryReadDeposit(out InboundMessage deposit)) return _native.ApplyInbound(deposit, Context, State, _effects);
        if (!item.TryReadPayment(out Payment payment)) return new(TransitionStatus.Malformed, item.Kind == StepKind.Deposit ? default : PaymentRules.Intrinsic);
        var authentic = new bool[1];
        _native.Authenticate([payment], authentic);
        return _native.Apply(payment, authentic[0], Context, State, _effects);
    }
}
