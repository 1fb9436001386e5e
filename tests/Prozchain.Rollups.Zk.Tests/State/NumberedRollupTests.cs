using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Tests.Signatures;
using KeyTree = Prozchain.Rollups.Zk.Signatures.HashKeyTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Signer = Prozchain.Rollups.Zk.Signatures.HashSigner<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Tree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Verifier = Prozchain.Rollups.Zk.Signatures.HashVerifier<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.State;

/// <summary>The payments rollup as a circuit is to prove it: numbered accounts, its hash, its signatures.</summary>
public sealed class NumberedRollupTests
{
    private const ulong Chain = 7;

    private static readonly KeyTree[] s_trees = [.. Enumerable.Range(0, 4).Select(i => KeyTree.Generate([.. Enumerable.Repeat((byte)i, 32)], height: 4))];

    private readonly Signer[] _keys = [.. s_trees.Select(tree => new Signer(tree, new MemoryStore()))];
    private readonly Payments<Tree> _transition = new(new PaymentRules(Chain, AccountAddress.FromNumber(0)) { Layout = AccountLayout.Numbered }, new Verifier(), keyMemo: 16);
    private readonly StateStore<Tree> _state = new();
    private readonly BatchContext _context = new(Chain, 3, 1_000, 50);

    public NumberedRollupTests()
    {
        NumberedGenesis.Write<Tree>(_state, _keys[0].PublicKey.Span);
        Assert.Equal(NumberedGenesis.Root<Tree>(_keys[0].PublicKey.Span), _state.Root());
        Assert.Equal(TransitionStatus.Applied, Run((view, effects) => _transition.ApplyInbound(new InboundMessage { Recipient = Of(1), Amount = 1_000 }, _context, view, effects)));
    }

    [Fact]
    public void EveryHost_AgreesOnEveryPayment()
    {
        Assert.Equal(TransitionStatus.Applied, Pay(1, new Payment { Recipient = Of(2), Amount = 100, Fee = 2 }));
        Assert.Equal(TransitionStatus.Applied, Pay(2, new Payment { Recipient = Alias(1), Amount = 100, Fee = 1 }, sponsor: 1));
        Assert.Equal(TransitionStatus.UnknownRecipient, Pay(1, new Payment { Recipient = Alias(3), Amount = 1 }));
        Assert.Equal(TransitionStatus.InsufficientBalance, Pay(1, new Payment { Recipient = Alias(2), Amount = 5_000 }));
        Assert.Equal(TransitionStatus.Applied, Pay(1, new Payment { Kind = PaymentKind.Withdraw, Amount = 10, L1Recipient = new L1Address(new byte[20]) }));
        Assert.Equal(TransitionStatus.Applied, Pay(1, new Payment { Kind = PaymentKind.Message, Payload = new byte[] { 1, 2, 3 } }));
        Payment before = Sign(1, new Payment { Recipient = Alias(2), Amount = 1, Nonce = 1 });
        Assert.Equal(TransitionStatus.Applied, Pay(1, new Payment { Recipient = Alias(2), Amount = 1 }));
        Assert.Equal(TransitionStatus.UsedKey, Apply(before));
        Assert.Equal(TransitionStatus.Malformed, Pay(1, new Payment { Kind = PaymentKind.RotateKey, Payload = _keys[1].PublicKey }));
        Assert.Equal(TransitionStatus.Applied, Pay(1, new Payment { Kind = PaymentKind.RotateKey, Payload = _keys[3].PublicKey }));
        Assert.Equal(TransitionStatus.WrongKey, Pay(1, new Payment { Recipient = Alias(2), Amount = 1 }));
        Payment signed = Sign(1, new Payment { Recipient = Alias(2), Amount = 1 }, key: 3);
        Assert.Equal(TransitionStatus.BadSignature, Apply(signed with { Amount = 2 }));
        Assert.Equal(TransitionStatus.BadSignature, Apply(signed with { Sender = Alias(2) }));
        Assert.Equal(TransitionStatus.Applied, Apply(signed));
        Assert.Equal(TransitionStatus.WrongNonce, Apply(signed));
        PaymentAccount account = Account(1);
        Assert.Equal((8UL, 1u, Of(3).Digest, 985u), (account.Nonce, account.NextKey, account.KeyDigest, (uint)account.Balance));
        Assert.Equal((3u, 2u), ((uint)Account(0).Balance, (uint)Account(2).Balance));
    }

    private static AccountAddress Alias(uint number) => AccountAddress.FromNumber(number);

    private AccountAddress Of(int key) => AccountAddress.FromPublicKey(_keys[key].PublicKey.Span);

    private PaymentAccount Account(uint number)
    {
        Assert.Equal(StateReadStatus.Found, _state.Read(Alias(number).Digest, out ReadOnlySpan<byte> value));
        Assert.True(PaymentAccount.TryRead(value, AccountLayout.Numbered, out PaymentAccount account));
        return account;
    }

    private Payment Sign(uint sender, Payment payment, uint? sponsor = null, int? key = null)
    {
        payment = payment with { Sender = Alias(sender), Nonce = payment.Nonce + Account(sender).Nonce, Sponsor = sponsor is { } number ? Alias(number) : default };
        payment = PaymentMessage.Sign(payment, _keys[key ?? (int)sender], Chain);
        return sponsor is { } other ? PaymentMessage.Sponsor(payment, _keys[other], Chain) : payment;
    }

    private TransitionStatus Pay(uint sender, Payment payment, uint? sponsor = null) => Apply(Sign(sender, payment, sponsor));

    private TransitionStatus Apply(Payment payment)
    {
        bool[] authentic = [false];
        _transition.Authenticate([payment], authentic);
        return Run((view, effects) => _transition.Apply(payment, authentic[0], _context, view, effects));
    }

    private TransitionStatus Run(Func<IStateView, EffectLog, TransitionOutcome> step)
    {
        Digest32 before = _state.Root();
        var recording = new RecordingState<Tree>(_state);
        TransitionOutcome recorded = step(recording, new EffectLog());
        StateWitness witness = recording.Witness()!;
        Assert.Equal(recorded, step(_state, new EffectLog()));
        Assert.True(StatelessState<Tree>.TryOpen(before, witness, out StatelessState<Tree> part));
        Assert.Equal(recorded, step(part, new EffectLog()));
        Assert.Equal(_state.Root(), part.Root());
        return recorded.Status;
    }
}
