using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>Numbered: which one-time key may sign, what a batch without signatures says instead, and the bounds of each field.</summary>
public sealed class KeyUseTests
{
    private readonly PaymentWorld _world = new(AccountProfile.Numbered);
    private readonly HashSigner _alice, _bob, _carol;

    public KeyUseTests()
    {
        (_alice, _bob, _carol) = (_world.Someone(1), _world.Someone(2), _world.Someone(3));
        foreach (HashSigner person in (HashSigner[])[_alice, _bob, _carol]) _world.Deposit(person, 1_000);
    }

    private Payment Small => new() { Recipient = _world.NameOf(_carol), Amount = 1 };

    [Fact]
    public void Indices_GoUp_AndGapsAreFine()
    {
        Assert.Equal(TransitionStatus.Applied, With(_alice, 4, Small));
        foreach (uint used in (uint[])[4, 3, 0]) Assert.Equal(TransitionStatus.UsedKey, With(_alice, used, Small));
        Assert.Equal(TransitionStatus.Applied, With(_alice, 5, Small));
        Assert.Equal(TransitionStatus.UsedKey, With(_alice, NumberedLimits.KeyIndices, Small));
        Assert.Equal(TransitionStatus.Applied, With(_alice, NumberedLimits.KeyIndices - 1, Small));
        Assert.Equal((NumberedLimits.KeyIndices, 3UL), (_world.Account(_alice).NextKey, _world.Account(_alice).Nonce));
        Assert.Equal(TransitionStatus.UsedKey, With(_alice, NumberedLimits.KeyIndices - 1, Small));
        // Only another key goes on, and it is too late for that to be signed.
        Assert.Equal(TransitionStatus.UsedKey, With(_alice, NumberedLimits.KeyIndices, Rotate(_bob)));
    }

    [Fact]
    public void AReplacement_EndsWhatWasSignedBeforeIt()
    {
        Payment first = _world.Sign(_alice, Small), second = _world.Sign(_alice, Small with { Nonce = 1 }), replacement = _world.Sign(_alice, Small with { Fee = 1 });
        Assert.Equal(TransitionStatus.Applied, _world.Hosts.Apply(replacement).Status);
        Assert.Equal(TransitionStatus.WrongNonce, _world.Hosts.Apply(first).Status);
        Assert.Equal(TransitionStatus.UsedKey, _world.Hosts.Apply(second).Status);
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, Small));
    }

    [Fact]
    public void WhatFails_UsesTheKeyUp_AndWhatIsInvalidDoesNot()
    {
        Assert.Equal(TransitionStatus.InsufficientBalance, With(_alice, 2, Small with { Amount = 2_000 }));
        Assert.Equal(3u, _world.Account(_alice).NextKey);
        Assert.Equal(TransitionStatus.CannotPayFee, With(_alice, 7, Small with { Fee = 2_000 }));
        Assert.Equal(TransitionStatus.CannotPayFee, With(_alice, 7, Small with { Fee = 2_000 }, _bob));
        Assert.Equal(TransitionStatus.WrongNonce, With(_alice, 7, Small with { Nonce = 1 }));
        Assert.Equal((3u, 0u, 1UL), (_world.Account(_alice).NextKey, _world.Account(_bob).NextKey, _world.Account(_alice).Nonce));
    }

    [Fact]
    public void ASponsorsKey_IsUsedEvenWithoutAFee()
    {
        _bob.Index = 6;
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, Small, sponsor: _bob));
        Assert.Equal((7u, 0UL), (_world.Account(_bob).NextKey, _world.Account(_bob).Nonce));
        _bob.Index = 6;
        Assert.Equal(TransitionStatus.WrongSponsor, _world.Do(_alice, Small, sponsor: _bob));
        _bob.Index = NumberedLimits.KeyIndices;
        Assert.Equal(TransitionStatus.WrongSponsor, _world.Do(_alice, Small, sponsor: _bob));
        _bob.Index = 7;
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, Small with { Fee = 1 }, sponsor: _bob));
        // A sponsor that signs for himself goes on in the same order.
        Assert.Equal(TransitionStatus.UsedKey, With(_bob, 7, Small));
        Assert.Equal(TransitionStatus.Applied, With(_bob, 8, Small));
    }

    [Fact]
    public void RotateKey_BeginsAgain_ButNeverWithTheKeyThereIs()
    {
        Assert.Equal(TransitionStatus.Applied, With(_alice, 5, Small));
        Assert.Equal(TransitionStatus.Malformed, With(_alice, 6, Rotate(_alice)));
        Assert.Equal((6u, 1UL), (_world.Account(_alice).NextKey, _world.Account(_alice).Nonce));
        Assert.Equal(TransitionStatus.Applied, With(_alice, 6, Rotate(_bob)));
        Assert.Equal((0u, _bob.Address.Digest), (_world.Account(_alice).NextKey, _world.Account(_alice).KeyDigest));
        Assert.Equal(TransitionStatus.WrongKey, With(_alice, 7, Small));
        _bob.Index = 0;
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, Small, key: _bob));
        Assert.Equal(TransitionStatus.Malformed, _world.Do(_alice, Rotate(_bob), key: _bob));
        Assert.Equal(TransitionStatus.Applied, _world.Do(_alice, Rotate(_alice), key: _bob));
        Assert.Equal(TransitionStatus.Applied, With(_alice, 8, Small));
    }

    /// <summary>What followers read does to the state what the sequencer's signed payments did, over any run of them.</summary>
    [Fact]
    public void BarePayments_AreWorthTheSignedOnes()
    {
        var random = new SeededRandom(TestSettings.Seed);
        var bare = new PaymentWorld(AccountProfile.Numbered);
        HashSigner[] people = [_alice, _bob, _carol];
        foreach (HashSigner person in people) bare.Deposit(person, 1_000);
        int applied = 0;
        for (int i = 0; i < 150; i++)
        {
            HashSigner sender = people[random.Next(3)], other = people[random.Next(3)];
            HashSigner? key = Array.Find(people, person => person.Address.Digest == _world.Account(sender).KeyDigest), sponsor = random.Next(3) == 0 && other != sender ? other : null;
            if (sponsor is not null && _world.Account(sponsor).KeyDigest != sponsor.Address.Digest) continue;
            (key!.Index, uint next) = (_world.Account(sender).NextKey + (uint)random.Next(4), _world.Account(sender).NextKey);
            uint skip = key.Index - next, sponsorSkip = (uint)random.Next(3);
            Payment signed = random.Next(12) == 0 ? Rotate(people[random.Next(3)]) : Small with { Recipient = _world.NameOf(people[random.Next(3)]), Amount = (UInt128)random.Next(1_500), Fee = (UInt128)random.Next(3) };
            signed = PaymentMessage.Sign(signed with { Sender = _world.NameOf(sender), Nonce = _world.Account(sender).Nonce, Sponsor = sponsor is null ? default : _world.NameOf(sponsor) }, key, PaymentWorld.ChainId);
            if (sponsor is not null)
            {
                sponsor.Index = _world.Account(sponsor).NextKey + sponsorSkip;
                signed = PaymentMessage.Sponsor(signed, sponsor, PaymentWorld.ChainId);
            }
            TransitionOutcome outcome = _world.Hosts.Apply(signed);
            Payment read = signed with { Nonce = 0, Signed = default, Sponsored = default, IsBare = true, KeySkip = skip, SponsorSkip = sponsorSkip };
            Assert.False(bare.Hosts.IsAuthentic(read));
            Assert.Equal(TransitionStatus.BadSignature, bare.Hosts.Apply(read).Status);
            Assert.Equal(outcome, bare.Hosts.Apply(read, isAuthentic: true));
            Assert.Equal(_world.Hosts.Root(), bare.Hosts.Root());
            if (outcome.Status == TransitionStatus.Applied) applied++;
        }
        Assert.True(applied > 50, $"{applied} applied");
    }

    [Fact]
    public void BarePayments_AreBoundedAndUntrusted()
    {
        Payment read = Small with { Sender = _world.NameOf(_alice), IsBare = true };
        Assert.Equal(TransitionStatus.UsedKey, Bare(read with { KeySkip = NumberedLimits.KeyIndices }));
        Assert.Equal(TransitionStatus.UsedKey, Bare(read with { KeySkip = uint.MaxValue }));
        Assert.Equal(TransitionStatus.Applied, Bare(read with { KeySkip = NumberedLimits.KeyIndices - 1 }));
        Assert.Equal(TransitionStatus.UsedKey, Bare(read));
        Payment sponsored = read with { Sender = _world.NameOf(_bob), Sponsor = _world.NameOf(_carol) };
        Assert.Equal(TransitionStatus.WrongSponsor, Bare(sponsored with { SponsorSkip = uint.MaxValue }));
        Assert.Equal(TransitionStatus.WrongSponsor, Bare(sponsored with { Sponsor = _world.NameOf(_alice) }));
        Assert.Equal(TransitionStatus.Applied, Bare(sponsored with { SponsorSkip = 3 }));
        Assert.Equal(4u, _world.Account(_carol).NextKey);
        // Signatures make it no better, and a rollup by address knows no such thing.
        Assert.False(_world.Hosts.IsAuthentic(_world.Sign(_bob, sponsored with { Sponsor = default })));
        Assert.True(_world.Hosts.IsAuthentic(_world.Sign(_bob, Small)));
        var byAddress = new PaymentWorld();
        byAddress.Deposit(PaymentWorld.Person(1), 10);
        Assert.Equal(TransitionStatus.Malformed, byAddress.Hosts.Apply(new Payment { Sender = PaymentWorld.Person(1).Address, Recipient = PaymentWorld.Person(2).Address, Amount = 1, IsBare = true }, isAuthentic: true).Status);
    }

    /// <summary>Where batches post no signatures, forced payments still do: a key of one's own opens nobody else's account.</summary>
    [Theory]
    [InlineData(AccountProfile.ByAddress)]
    [InlineData(AccountProfile.Numbered)]
    public void AForcedPaymentWithAForeignKey_IsRefusedWhereNoSignaturesArePosted(AccountProfile profile)
    {
        var world = new PaymentWorld(profile);
        (HashSigner owner, HashSigner thief, HashSigner sponsor) = (world.Someone(1), world.Someone(2), world.Someone(3));
        foreach (HashSigner person in (HashSigner[])[owner, thief, sponsor]) world.Deposit(person, 100);
        Payments<KeccakTree> transition = world.Transition<KeccakTree>(world.Rules with { KeysAreShown = world.IsNumbered });
        Payment payment = new() { Recipient = world.NameOf(thief), Amount = 90 };
        Assert.Equal(TransitionStatus.WrongKey, Force(world.Sign(owner, payment, key: thief)));
        Assert.Equal(TransitionStatus.WrongSponsor, Force(PaymentMessage.Sponsor(world.Sign(thief, payment with { Fee = 1 }, sponsor), thief, PaymentWorld.ChainId)));
        Assert.Equal(TransitionStatus.BadSignature, Force(world.Sign(owner, payment) with { Signed = default }));
        Assert.Equal(TransitionStatus.Applied, Force(world.Sign(owner, payment)));
        Assert.Equal((10u, 190u), ((uint)world.Balance(owner), (uint)world.Balance(thief)));

        TransitionStatus Force(Payment forced)
        {
            bool[] authentic = [false];
            transition.Authenticate([forced], authentic);
            return transition.Apply(forced, authentic[0], world.Hosts.Context, world.State, new EffectLog()).Status;
        }
    }

    [Fact]
    public void FieldsOutOfBounds_AreMalformed()
    {
        UInt128 most = (UInt128.One << 120) - 1;
        AccountAddress foreign = new HashSigner(9).Address, last = AccountAddress.FromNumber((1 << 30) - 1);
        Assert.True(AccountAddress.TryRead([3, .. Enumerable.Repeat((byte)0x7F, 32)], out AccountAddress noKey));
        Payment payment = _world.Sign(_alice, Small);
        Payment[] malformed =
        [
            payment with { Amount = most + 1 }, payment with { Fee = most + 1 }, payment with { Nonce = 1UL << 60 }, payment with { Token = 1 << 15 }, payment with { FeeToken = 1 << 15 },
            payment with { Sender = _alice.Address }, payment with { Sender = foreign }, payment with { Sponsor = _bob.Address }, payment with { Sponsor = payment.Sender },
            payment with { Recipient = foreign }, payment with { Recipient = noKey }, payment with { Recipient = last }, payment with { Recipient = new AccountAddress(4, _bob.Address.Digest.Value) },
            payment with { Kind = PaymentKind.SetRecovery, Recipient = default, Amount = 0 }, payment with { Kind = PaymentKind.CancelRecovery, Recipient = payment.Sender, Amount = 0 },
            payment with { Kind = PaymentKind.StartRecovery, Amount = 0, Payload = _bob.PublicKey }, payment with { Kind = PaymentKind.ApproveRecovery, Amount = 0, Payload = _bob.PublicKey[1..] },
            payment with { Kind = PaymentKind.FinishRecovery, Amount = 0, Payload = _bob.PublicKey[1..] }, payment with { Kind = PaymentKind.RotateKey, Recipient = default, Amount = 0, Payload = new HashSigner(9).PublicKey },
        ];
        foreach (Payment wrong in malformed) Assert.Equal(TransitionStatus.Malformed, _world.Hosts.Apply(wrong, isAuthentic: true).Status);
        Assert.Equal(TransitionStatus.InsufficientBalance, _world.Do(_alice, Small with { Amount = most, Token = (1 << 15) - 1 }));
        Assert.Equal(TransitionStatus.CannotPayFee, _world.Do(_alice, Small with { Fee = most, FeeToken = (1 << 15) - 1 }));
        Assert.Equal(TransitionStatus.UnknownSender, _world.Hosts.Apply(payment with { Sender = last }, isAuthentic: true).Status);
        Assert.Equal(TransitionStatus.WrongNonce, _world.Hosts.Apply(payment with { Nonce = (1UL << 60) - 1 }, isAuthentic: true).Status);
        Assert.Equal(TransitionStatus.SentBack, _world.Deposit(_alice.Address, most - 2_999));
        Assert.Equal(TransitionStatus.Applied, _world.Deposit(_alice.Address, most - 3_000));
        Assert.Equal(most, _world.Supply(0));
        foreach (PaymentRules wrong in (PaymentRules[])
            [_world.Rules with { ChainId = 1 << 30 }, _world.Rules with { FeeRecipient = AccountAddress.FromNumber(1) }, _world.Rules with { FeeRecipient = _alice.Address }, _world.Rules with { KeysAreShown = false }, _world.Rules with { Layout = (AccountLayout)2 }])
            Assert.Throws<ArgumentException>(() => _world.Transition<KeccakTree>(wrong));
    }

    /// <summary>What a plan asks room for is room for every payment, so that no payment is over its cap.</summary>
    [Fact]
    public void NoPayment_UsesMoreThanATransfer()
    {
        for (PaymentKind kind = PaymentKind.Transfer; kind <= PaymentKind.RotateKey; kind++)
            Assert.True((PaymentRules.Intrinsic + PaymentWork.CostOf(kind, kind == PaymentKind.Message ? (ulong)PaymentRules.MaxPayload : kind == PaymentKind.RotateKey ? 33UL : 0)).FitsIn(PaymentRules.Dearest));
        Assert.Equal(new ResourceUse(16_500, 1_640), PaymentRules.Dearest);
        Assert.Equal(PaymentRules.Dearest, _world.Hosts.Apply(_world.Sign(_alice, Small)).Resources);
    }

    /// <summary>The last nonce there is signs nothing.</summary>
    [Fact]
    public void TheLastNonce_IsNeverUsed()
    {
        byte[] record = new byte[PaymentAccount.NumberedSize];
        (_world.Account(_alice) with { Nonce = (1UL << 60) - 1 }).Write(record, AccountLayout.Numbered);
        _world.State.Write(_world.NameOf(_alice).Digest, record);
        Assert.Equal(TransitionStatus.WrongNonce, _world.Do(_alice, Small));
        Assert.Equal(TransitionStatus.WrongNonce, Bare(Small with { Sender = _world.NameOf(_alice), IsBare = true }));
    }

    private static Payment Rotate(HashSigner to) => new() { Kind = PaymentKind.RotateKey, Payload = to.PublicKey };

    private TransitionStatus With(HashSigner sender, uint index, Payment payment, HashSigner? sponsor = null)
    {
        sender.Index = index;
        return _world.Do(sender, payment, sponsor);
    }

    private TransitionStatus Bare(Payment payment) => _world.Hosts.Apply(payment, isAuthentic: true).Status;
}
