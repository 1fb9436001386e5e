using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Payments;

public sealed class PaymentsTests
{
    private static readonly HashSigner s_alice = PaymentWorld.Person(1), s_bob = PaymentWorld.Person(2), s_carol = PaymentWorld.Person(3), s_nobody = PaymentWorld.Person(99);
    private readonly PaymentWorld _world = new();

    public PaymentsTests()
    {
        _world.Deposit(s_alice, 1_000);
        _world.Deposit(s_alice, 50, token: 7);
        _world.Deposit(s_bob, 10);
    }

    private static Payment To(HashSigner recipient, UInt128 amount, uint token = 0) => new() { Recipient = recipient.Address, Amount = amount, Token = token };

    [Fact]
    public void Transfer_MovesTokensAndPaysTheFee_AndNumbersNewAccounts()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, To(s_carol, 40, 7) with { Fee = 3 }));
        Assert.Equal((997u, 10u, 40u, 3u), ((uint)_world.Balance(s_alice), (uint)_world.Balance(s_alice, 7), (uint)_world.Balance(s_carol, 7), (uint)_world.Balance(_world.Collector)));
        Assert.Equal(new PaymentAccount(1, 0, default), _world.Account(s_alice));
        Assert.Equal([0UL, 1UL, 2UL, 3UL], new[] { s_alice, s_bob, _world.Collector, s_carol }.Select(person => _world.Account(person).Index));
        Assert.Equal(StateReadStatus.Found, _world.Hosts.State.Read(PaymentKeys.Index(3), out ReadOnlySpan<byte> name));
        Assert.True(AccountAddress.TryRead(name, out AccountAddress third));
        Assert.Equal(s_carol.Address, third);
    }

    [Fact]
    public void FromPublicKey_HashBasedKey_IsTheKeyItself()
    {
        byte[] key = [AccountAddress.HashScheme, .. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Assert.Equal(key[1..], AccountAddress.FromPublicKey(key).Digest.Span.ToArray());
        for (int word = 1; word < key.Length; word += 4)
        {
            byte[] modulus = [.. key[..word], 1, 0, 0, 0x7F, .. key[(word + 4)..]], below = [.. key[..word], 0, 0, 0, 0x7F, .. key[(word + 4)..]];
            Assert.Throws<ArgumentException>(() => AccountAddress.FromPublicKey(modulus));
            Assert.Equal(below[1..], AccountAddress.FromPublicKey(below).Digest.Span.ToArray());
        }
        Assert.Throws<ArgumentException>(() => AccountAddress.FromPublicKey(key.AsSpan(0, 32)));
    }

    [Fact]
    public void Transfer_OfTooMuch_PaysAndChangesNothingElse()
    {
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(s_alice, To(s_carol, 51, 7) with { Fee = 3 }));
        Assert.Equal((997u, 50u, 3u, 1ul), ((uint)_world.Balance(s_alice), (uint)_world.Balance(s_alice, 7), (uint)_world.Balance(_world.Collector), _world.Account(s_alice).Nonce));
        // What is left after the fee is what can be sent.
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(s_alice, To(s_bob, 997) with { Fee = 1 }));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, To(s_alice, 995) with { Fee = 1 }));
    }

    [Fact]
    public void Sponsor_PaysTheFeeInAnyToken_AndMustHaveSigned()
    {
        _world.Deposit(s_carol, 5, token: 7);
        Payment payment = To(s_alice, 10) with { Fee = 4, FeeToken = 7 };
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_bob, payment, sponsor: s_carol));
        Assert.Equal((0u, 1u, 4u), ((uint)_world.Balance(s_bob), (uint)_world.Balance(s_carol, 7), (uint)_world.Balance(_world.Collector, 7)));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(s_bob, payment with { Amount = 0 }, sponsor: s_carol));
        Assert.Equal(TransitionStatus.WrongSponsor, _world.Do(s_bob, payment with { Amount = 0 }, sponsor: s_nobody));
        Payment signed = _world.Sign(s_bob, payment with { Amount = 0, Fee = 1 }, sponsor: s_carol);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(signed with { Sponsored = signed.Signed }).Status);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(signed with { Fee = 2 }).Status);
        Assert.Equal(TransitionStatus.WrongSponsor, _world.Hosts.Apply(PaymentMessage.Sponsor(signed, s_alice, PaymentWorld.ChainId)).Status);
        Assert.Equal(TransitionStatus.Applied, _world.Hosts.Apply(signed).Status);
    }

    [Fact]
    public void Invalid_HasAStatusOfItsOwn()
    {
        Payment payment = To(s_bob, 1);
        Payment signed = _world.Sign(s_alice, payment);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(signed with { Amount = 2 }).Status);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(PaymentMessage.Sign(signed, s_alice, PaymentWorld.ChainId + 1)).Status);
        Assert.Equal(TransitionStatus.WrongKey, _world.Hosts.Apply(PaymentMessage.Sign(signed, s_bob, PaymentWorld.ChainId)).Status);
        Assert.Equal(TransitionStatus.WrongNonce, _world.Do(s_alice, payment with { Nonce = 1 }));
        Assert.Equal(TransitionStatus.UnknownSender, _world.Do(s_nobody, payment));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(s_alice, payment with { Fee = 1_001 }));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(s_alice, payment with { Fee = 1, FeeToken = 8 }));
        Payment[] malformed =
        [
            payment with { Kind = (PaymentKind)9 }, payment with { Recipient = default }, payment with { Payload = new byte[1] }, payment with { L1Recipient = PaymentWorld.Outside },
            payment with { Kind = PaymentKind.Withdraw }, new Payment { Kind = PaymentKind.Withdraw }, new Payment { Kind = PaymentKind.Message, Payload = new byte[1025] },
            new Payment { Kind = PaymentKind.RotateKey, Payload = new byte[65] }, new Payment { Kind = PaymentKind.SetRecovery, Payload = new byte[7] },
            payment with { Kind = PaymentKind.StartRecovery, Amount = 0, Payload = new byte[3] }, payment with { Kind = PaymentKind.ApproveRecovery, Amount = 0, Payload = new byte[32] },
            payment with { Kind = PaymentKind.CancelRecovery, Amount = 0 },
        ];
        foreach (Payment wrong in malformed) Assert.Equal(TransitionStatus.Malformed, _world.Do(s_alice, wrong));
        Assert.Equal(TransitionStatus.Malformed, _world.Do(s_alice, payment, sponsor: s_alice));
        _world.Hosts.Begin(_world.Hosts.Context with { ChainId = 1 });
        Assert.Equal(TransitionStatus.WrongChain, _world.Do(s_alice, payment));
    }

    [Fact]
    public void Withdraw_And_Message_LeaveEffects()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, new Payment { Kind = PaymentKind.Withdraw, Token = 7, Amount = 20, L1Recipient = PaymentWorld.Outside }));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, new Payment { Kind = PaymentKind.Message, L1Recipient = PaymentWorld.Outside, Payload = new byte[] { 1, 2 } }));
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(s_alice, new Payment { Kind = PaymentKind.Withdraw, Token = 7, Amount = 31 }));
        Assert.Equal(2, _world.Hosts.Effects.Count);
        Assert.Equal((EffectKind.Withdrawal, 7u, (UInt128)20), (_world.Hosts.Effects[0].Kind, _world.Hosts.Effects[0].Token, _world.Hosts.Effects[0].Amount));
        Assert.Equal(s_alice.Address, _world.Hosts.Effects[1].Sender);
        Assert.Equal([1, 2], _world.Hosts.Effects.Payload(1).ToArray());
        Assert.Equal((30u, 30u, 1_010u), ((uint)_world.Supply(7), (uint)_world.Balance(s_alice, 7), (uint)_world.Supply(0)));
    }

    [Fact]
    public void Inbound_ThatCannotBeCredited_GoesBack()
    {
        var message = new InboundMessage { Token = 7, Amount = UInt128.MaxValue - 49, Recipient = s_bob.Address, Sender = PaymentWorld.Outside };
        Assert.Equal(TransitionStatus.SentBack, _world.Hosts.Inbound(message).Status);
        Assert.Equal(TransitionStatus.SentBack, _world.Hosts.Inbound(message with { Amount = 1, Recipient = default }).Status);
        Assert.Equal(TransitionStatus.Applied, _world.Hosts.Inbound(message with { Amount = UInt128.MaxValue - 50 }).Status);
        Assert.Equal(2, _world.Hosts.Effects.Count);
        Assert.Equal(PaymentWorld.Outside, _world.Hosts.Effects[0].Recipient);
        Assert.Equal(UInt128.MaxValue, _world.Supply(7));
    }

    [Fact]
    public void RotateKey_KeepsTheAddress_AndTheOldKeyIsNoLonger()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, new Payment { Kind = PaymentKind.RotateKey, Payload = s_carol.PublicKey }));
        Assert.Equal(TransitionStatus.WrongKey, _world.Do(s_alice, To(s_bob, 1)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, To(s_bob, 1), key: s_carol));
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, new Payment { Kind = PaymentKind.RotateKey, Payload = s_alice.PublicKey }, key: s_carol));
        Assert.Equal(default, _world.Account(s_alice).KeyDigest);
        Assert.Equal(TransitionStatus.Applied, _world.Do(s_alice, To(s_bob, 1)));
    }

    [Fact]
    public void OverItsCap_APaymentPaysAndChangesNothingElse()
    {
        var world = new PaymentWorld(new BatchCaps(PaymentRules.Intrinsic + new ResourceUse(1_000, 100), ResourceUse.Unlimited));
        world.Deposit(s_alice, 100);
        Payment message = new() { Kind = PaymentKind.Message, Fee = 2, L1Recipient = PaymentWorld.Outside, Payload = new byte[1_000] };
        TransitionOutcome outcome = world.Hosts.Apply(world.Sign(s_alice, message));
        Assert.Equal(TransitionStatus.OverCap, outcome.Status);
        Assert.True(outcome.Resources.FitsIn(world.Rules.Caps.Transaction));
        Assert.Equal((98u, 1ul, 0), ((uint)world.Balance(s_alice), world.Account(s_alice).Nonce, world.Hosts.Effects.Count));
        Assert.Equal(TransitionStatus.Applied, world.Do(s_alice, message with { Payload = new byte[300] }));
        Assert.Throws<ArgumentException>(() => new PaymentWorld(new BatchCaps(default, ResourceUse.Unlimited)));
    }

    [Fact]
    public void Apply_InSteadyState_DoesNotAllocate()
    {
        var rules = new PaymentRules(PaymentWorld.ChainId, s_carol.Address) { KeysAreShown = false };
        var transition = new Payments<KeccakTree>(rules, new HashVerifier());
        var state = new StateStore<KeccakTree>(checkpoints: 2);
        var effects = new EffectLog();
        var context = new BatchContext(PaymentWorld.ChainId, 0, 0, 0);
        HashSigner[] people = [.. Enumerable.Range(0, 50).Select(PaymentWorld.Person)];
        foreach (HashSigner person in people) transition.ApplyInbound(new InboundMessage { Recipient = person.Address, Amount = 1_000_000 }, context, state, effects);
        var nonces = new ulong[people.Length];
        int applied = 0, all = 0;
        AllocationAssert.None(() =>
        {
            state.Checkpoint();
            effects.Begin(context);
            for (int i = 0; i < people.Length; i++, all++)
            {
                var payment = new Payment { Kind = i % 5 == 0 ? PaymentKind.Withdraw : PaymentKind.Transfer, Sender = people[i].Address, Nonce = nonces[i]++, Amount = 1, Fee = 1, Recipient = i % 5 == 0 ? default : people[i * 7 % people.Length].Address };
                if (transition.Apply(payment, true, context, state, effects).Status == TransitionStatus.Applied) applied++;
            }
            state.Root();
            effects.ExitRoot();
        }, warmUps: 10);
        Assert.Equal(all, applied);
    }
}
