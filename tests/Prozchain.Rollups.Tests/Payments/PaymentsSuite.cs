using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>What every payments rollup does, over each layout and hash.</summary>
public abstract class PaymentsSuite
{
    private readonly PaymentWorld _world;
    private readonly HashSigner _alice, _bob, _carol, _nobody;

    protected PaymentsSuite(AccountProfile profile)
    {
        _world = new PaymentWorld(profile);
        (_alice, _bob, _carol, _nobody) = (_world.Someone(1), _world.Someone(2), _world.Someone(3), _world.Someone(99));
        _world.Deposit(_alice, 1_000);
        _world.Deposit(_alice, 50, token: 7);
        _world.Deposit(_bob, 10);
    }

    private Payment To(HashSigner recipient, UInt128 amount, uint token = 0) => new() { Recipient = _world.NameOf(recipient), Amount = amount, Token = token };

    [Fact]
    public void Transfer_MovesTokensAndPaysTheFee_AndNumbersNewAccounts()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, To(_carol, 40, 7) with { Fee = 3 }));
        Assert.Equal((997u, 10u, 40u, 3u), ((uint)_world.Balance(_alice), (uint)_world.Balance(_alice, 7), (uint)_world.Balance(_carol, 7), (uint)_world.Balance(_world.Collector)));
        // Numbered, the collector is there from the beginning.
        HashSigner[] order = _world.IsNumbered ? [_world.Collector, _alice, _bob, _carol] : [_alice, _bob, _world.Collector, _carol];
        Assert.Equal([0UL, 1UL, 2UL, 3UL], order.Select(person => _world.Account(person).Index));
        Assert.Equal(
            _world.IsNumbered ? new PaymentAccount(1, 1, _alice.Address.Digest) { NextKey = _alice.Index, Balance = 997 } : new PaymentAccount(1, 0, default),
            _world.Account(_alice));
        byte[] third = new byte[AccountAddress.Size];
        _carol.Address.CopyTo(third);
        Assert.Equal(_world.IsNumbered ? [] : third, _world.Read(_world.Key(PaymentKeys.IndexTag, BitConverter.GetBytes(3UL))));
    }

    [Fact]
    public void Transfer_OfTooMuch_PaysAndChangesNothingElse()
    {
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(_alice, To(_carol, 51, 7) with { Fee = 3 }));
        Assert.Equal((997u, 50u, 3u, 1ul), ((uint)_world.Balance(_alice), (uint)_world.Balance(_alice, 7), (uint)_world.Balance(_world.Collector), _world.Account(_alice).Nonce));
        // What is left after the fee is what can be sent.
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(_alice, To(_bob, 997) with { Fee = 1 }));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, To(_alice, 995) with { Fee = 1 }));
    }

    [Fact]
    public void Sponsor_PaysTheFeeInAnyToken_AndMustHaveSigned()
    {
        _world.Deposit(_carol, 5, token: 7);
        Payment payment = To(_alice, 10) with { Fee = 4, FeeToken = 7 };
        Assert.Equal(TransitionStatus.Applied, _world.Do(_bob, payment, sponsor: _carol));
        Assert.Equal((0u, 1u, 4u), ((uint)_world.Balance(_bob), (uint)_world.Balance(_carol, 7), (uint)_world.Balance(_world.Collector, 7)));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(_bob, payment with { Amount = 0 }, sponsor: _carol));
        Assert.Equal(TransitionStatus.WrongSponsor, _world.Do(_bob, payment with { Amount = 0 }, sponsor: _nobody));
        Payment signed = _world.Sign(_bob, payment with { Amount = 0, Fee = 1 }, sponsor: _carol);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(signed with { Sponsored = signed.Signed }).Status);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(signed with { Fee = 2 }).Status);
        Assert.Equal(TransitionStatus.WrongSponsor, _world.Hosts.Apply(PaymentMessage.Sponsor(signed, _alice, PaymentWorld.ChainId)).Status);
        Assert.Equal(TransitionStatus.Applied, _world.Hosts.Apply(signed).Status);
    }

    [Fact]
    public void Invalid_HasAStatusOfItsOwn()
    {
        Payment payment = To(_bob, 1);
        Payment signed = _world.Sign(_alice, payment);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(signed with { Amount = 2 }).Status);
        Assert.Equal(TransitionStatus.BadSignature, _world.Hosts.Apply(PaymentMessage.Sign(signed, _alice, PaymentWorld.ChainId + 1)).Status);
        Assert.Equal(TransitionStatus.WrongKey, _world.Hosts.Apply(PaymentMessage.Sign(signed, _bob, PaymentWorld.ChainId)).Status);
        Assert.Equal(TransitionStatus.WrongNonce, _world.Do(_alice, payment with { Nonce = 1 }));
        Assert.Equal(TransitionStatus.UnknownSender, _world.Do(_nobody, payment));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(_alice, payment with { Fee = 1_001 }));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(_alice, payment with { Fee = 1, FeeToken = 8 }));
        Payment[] malformed =
        [
            payment with { Kind = (PaymentKind)9 }, payment with { Recipient = default }, payment with { Payload = new byte[1] }, payment with { L1Recipient = PaymentWorld.Outside },
            payment with { Kind = PaymentKind.Withdraw }, new Payment { Kind = PaymentKind.Withdraw }, new Payment { Kind = PaymentKind.Message, Payload = new byte[1025] },
            new Payment { Kind = PaymentKind.RotateKey, Payload = new byte[65] }, new Payment { Kind = PaymentKind.SetRecovery, Payload = new byte[7] },
            payment with { Kind = PaymentKind.StartRecovery, Amount = 0, Payload = new byte[3] }, payment with { Kind = PaymentKind.ApproveRecovery, Amount = 0, Payload = new byte[32] },
            payment with { Kind = PaymentKind.CancelRecovery, Amount = 0 },
        ];
        foreach (Payment wrong in malformed) Assert.Equal(TransitionStatus.Malformed, _world.Do(_alice, wrong));
        Assert.Equal(TransitionStatus.Malformed, _world.Do(_alice, payment, sponsor: _alice));
        _world.Hosts.Begin(_world.Hosts.Context with { ChainId = 1 });
        Assert.Equal(TransitionStatus.WrongChain, _world.Do(_alice, payment));
    }

    [Fact]
    public void Withdraw_And_Message_LeaveEffects()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Kind = PaymentKind.Withdraw, Token = 7, Amount = 20, L1Recipient = PaymentWorld.Outside }));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Kind = PaymentKind.Message, L1Recipient = PaymentWorld.Outside, Payload = new byte[] { 1, 2 } }));
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(_alice, new Payment { Kind = PaymentKind.Withdraw, Token = 7, Amount = 31 }));
        Assert.Equal(2, _world.Hosts.Effects.Count);
        Assert.Equal((EffectKind.Withdrawal, 7u, (UInt128)20), (_world.Hosts.Effects[0].Kind, _world.Hosts.Effects[0].Token, _world.Hosts.Effects[0].Amount));
        Assert.Equal(_world.NameOf(_alice), _world.Hosts.Effects[1].Sender);
        Assert.Equal([1, 2], _world.Hosts.Effects.Payload(1).ToArray());
        Assert.Equal((30u, 30u, 1_010u), ((uint)_world.Supply(7), (uint)_world.Balance(_alice, 7), (uint)_world.Supply(0)));
    }

    [Fact]
    public void Inbound_ThatCannotBeCredited_GoesBack()
    {
        UInt128 most = _world.IsNumbered ? (UInt128.One << 120) - 1 : UInt128.MaxValue;
        var message = new InboundMessage { Token = 7, Amount = most - 49, Recipient = _bob.Address, Sender = PaymentWorld.Outside };
        Assert.Equal(TransitionStatus.SentBack, _world.Hosts.Inbound(message).Status);
        Assert.Equal(TransitionStatus.SentBack, _world.Hosts.Inbound(message with { Amount = 1, Recipient = default }).Status);
        Assert.Equal(TransitionStatus.Applied, _world.Hosts.Inbound(message with { Amount = most - 50 }).Status);
        Assert.Equal(2, _world.Hosts.Effects.Count);
        Assert.Equal(PaymentWorld.Outside, _world.Hosts.Effects[0].Recipient);
        Assert.Equal(most, _world.Supply(7));
    }

    [Fact]
    public void RotateKey_KeepsTheAddress_AndTheOldKeyIsNoLonger()
    {
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Kind = PaymentKind.RotateKey, Payload = _carol.PublicKey }));
        Assert.Equal(TransitionStatus.WrongKey, _world.Do(_alice, To(_bob, 1)));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, To(_bob, 1), key: _carol));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, new Payment { Kind = PaymentKind.RotateKey, Payload = _alice.PublicKey }, key: _carol));
        Assert.Equal(_world.IsNumbered ? _alice.Address.Digest : default, _world.Account(_alice).KeyDigest);
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, To(_bob, 1)));
    }

    [Fact]
    public void OverItsCap_APaymentPaysAndChangesNothingElse()
    {
        var world = new PaymentWorld(_world.Profile, new BatchCaps(PaymentRules.Intrinsic + new ResourceUse(1_000, 100), ResourceUse.Unlimited));
        world.Deposit(_alice, 100);
        Payment message = new() { Kind = PaymentKind.Message, Fee = 2, L1Recipient = PaymentWorld.Outside, Payload = new byte[1_000] };
        TransitionOutcome outcome = world.Hosts.Apply(world.Sign(_alice, message));
        Assert.Equal(TransitionStatus.OverCap, outcome.Status);
        Assert.True(outcome.Resources.FitsIn(world.Rules.Caps.Transaction));
        Assert.Equal((98u, 1ul, 0), ((uint)world.Balance(_alice), world.Account(_alice).Nonce, world.Hosts.Effects.Count));
        Assert.Equal(TransitionStatus.Applied, world.Do(_alice, message with { Payload = new byte[300] }));
        Assert.Throws<ArgumentException>(() => new PaymentWorld(_world.Profile, new BatchCaps(default, ResourceUse.Unlimited)));
    }

    [Fact]
    public void Apply_InSteadyState_DoesNotAllocate()
    {
        // Payments as followers read them, where no signatures are posted.
        PaymentRules rules = _world.Rules with { KeysAreShown = _world.IsNumbered };
        Payments<KeccakTree> transition = _world.Transition<KeccakTree>(rules);
        var state = new StateStore<KeccakTree>(checkpoints: 2);
        if (_world.IsNumbered) NumberedGenesis.Write<KeccakTree>(state, _world.Collector.PublicKey.Span);
        var effects = new EffectLog();
        var context = new BatchContext(PaymentWorld.ChainId, 0, 0, 0);
        HashSigner[] people = [.. Enumerable.Range(0, 50).Select(_world.Someone)];
        AccountAddress[] names = [.. people.Select((person, i) => _world.IsNumbered ? AccountAddress.FromNumber((uint)i + 1) : person.Address)];
        foreach (HashSigner person in people) transition.ApplyInbound(new InboundMessage { Recipient = person.Address, Amount = 1_000_000 }, context, state, effects);
        AccountAddress[] keys = [.. people.Select(person => person.Address)];
        var nonces = new ulong[people.Length];
        int applied = 0, all = 0;
        AllocationAssert.None(() =>
        {
            state.Checkpoint();
            effects.Begin(context);
            for (int i = 0; i < people.Length; i++, all++)
            {
                Payment payment = new()
                {
                    Kind = i % 5 == 0 ? PaymentKind.Withdraw : PaymentKind.Transfer, Sender = names[i], Nonce = nonces[i]++, Amount = 1, Fee = 1, IsBare = _world.IsNumbered,
                    Recipient = i % 5 == 0 ? default : (i % 2 == 0 ? names : keys)[i * 7 % people.Length],
                };
                if (transition.Apply(payment, true, context, state, effects).Status == TransitionStatus.Applied) applied++;
            }
            state.Root();
            effects.ExitRoot();
        }, warmUps: 10);
        Assert.Equal(all, applied);
    }
}

public sealed class PaymentsByAddressTests() : PaymentsSuite(AccountProfile.ByAddress);

public sealed class PaymentsNumberedTests() : PaymentsSuite(AccountProfile.Numbered);

public sealed class PaymentsNumberedSha256Tests() : PaymentsSuite(AccountProfile.NumberedSha256);
