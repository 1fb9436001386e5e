using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Laws;

public sealed class PaymentsLaws
{
    [Theory]
    [InlineData(AccountProfile.ByAddress, 40)]
    [InlineData(AccountProfile.Numbered, 40)]
    [InlineData(AccountProfile.NumberedSha256, 15)]
    public void EveryHost_Agrees_TokensAreConserved_AndWhatFailsIsUndone(AccountProfile profile, int count) =>
        Law.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var world = new PaymentWorld(profile, random.Next(3) == 0 ? new BatchCaps(PaymentRules.Intrinsic + new ResourceUse(4_000, 380), ResourceUse.Unlimited) : BatchCaps.None);
            HashSigner[] people = [.. Enumerable.Range(0, 5).Select(world.Someone)];
            var outside = new UInt128[3];
            for (int i = 0; i < 25; i++)
            {
                int effects = world.Hosts.Effects.Count;
                Dictionary<Digest32, byte[]> before = world.Hosts.All();
                UInt128[] had = Balances(world, people);
                if (i < 3 || random.Next(8) == 0)
                {
                    InboundMessage message = new() { Token = (uint)random.Next(3), Amount = random.Next(12) == 0 ? UInt128.MaxValue : (UInt128)random.Next(200), Recipient = random.Next(9) == 0 ? default : Name(random, world, people[random.Next(5)]) };
                    TransitionStatus inbound = world.Hosts.Inbound(message).Status;
                    outside[message.Token] += message.Amount;
                    Assert.True(inbound is TransitionStatus.Applied or TransitionStatus.SentBack);
                }
                else
                {
                    Payment payment = Any(random, world, people);
                    TransitionOutcome outcome = world.Hosts.Apply(payment);
                    Assert.True(outcome.Resources.FitsIn(world.Rules.Caps.Transaction));
                    if (outcome.Status.IsValid() && outcome.Status != TransitionStatus.Applied) OnlyPaid(world, people, payment, before, had);
                }
                for (int at = effects; at < world.Hosts.Effects.Count; at++)
                    if (world.Hosts.Effects[at].Kind == EffectKind.Withdrawal) outside[world.Hosts.Effects[at].Token] -= world.Hosts.Effects[at].Amount;
                for (uint token = 0; token < 3; token++)
                {
                    UInt128 sum = 0;
                    foreach (HashSigner person in people.Append(world.Collector)) sum += world.Balance(person, token);
                    Assert.Equal(outside[token], sum);
                    Assert.Equal(outside[token], world.Supply(token));
                }
                if (random.Next(6) == 0) world.Hosts.Begin(world.Hosts.Context with { TimestampSeconds = world.Hosts.Context.TimestampSeconds + 40 });
            }
        }), "payments", count);

    // Nothing changed but the sender's nonce, the one-time keys of those who signed, and who has the fee.
    private static void OnlyPaid(PaymentWorld world, HashSigner[] people, Payment payment, Dictionary<Digest32, byte[]> before, UInt128[] had)
    {
        AccountAddress payer = payment.Sponsor.Scheme == 0 ? payment.Sender : payment.Sponsor, collector = world.Rules.FeeRecipient;
        Digest32[] records = world.IsNumbered ? [payment.Sender.Digest, payer.Digest, collector.Digest] : [PaymentKeys.Account(payment.Sender)];
        Digest32[] may = [.. records, world.BalanceKey(payer, payment.FeeToken), world.BalanceKey(collector, payment.FeeToken)];
        foreach ((Digest32 key, byte[] value) in world.Hosts.All())
            if (!may.Contains(key) && before.TryGetValue(key, out byte[]? old)) Assert.True(value.AsSpan().SequenceEqual(old) || payment.Fee > 0 && value.Length == 8);
        Assert.InRange(world.Hosts.Count - before.Count, 0, payment.Fee > 0 ? 3 : 0);
        for (int i = 0; i <= people.Length; i++)
        {
            HashSigner person = i < people.Length ? people[i] : world.Collector;
            AccountAddress name = world.NameOf(person);
            if (name == payer) had[3 * i + payment.FeeToken] -= payment.Fee;
            if (name == collector) had[3 * i + payment.FeeToken] += payment.Fee;
        }
        Assert.Equal(had, Balances(world, people));
    }

    private static UInt128[] Balances(PaymentWorld world, HashSigner[] people) =>
        [.. people.Append(world.Collector).SelectMany(person => Enumerable.Range(0, 3).Select(token => world.Balance(person, (uint)token)))];

    // Numbered, an account has two names.
    private static AccountAddress Name(Random random, PaymentWorld world, HashSigner person) => random.Next(3) == 0 ? person.Address : world.NameOf(person);

    // Any field may be anything now and then; mostly it is what it should be.
    private static Payment Any(Random random, PaymentWorld world, HashSigner[] people)
    {
        HashSigner sender = people[random.Next(5)], other = people[random.Next(5)];
        var kind = (PaymentKind)random.Next(world.IsNumbered ? 5 : 10);
        if (random.Next(3) == 0) kind = PaymentKind.Transfer;
        ReadOnlyMemory<byte> payload = kind switch
        {
            PaymentKind.Message => new byte[random.Next(1_100)],
            PaymentKind.RotateKey or PaymentKind.StartRecovery => people[random.Next(5)].PublicKey,
            PaymentKind.SetRecovery => random.Next(5) == 0 ? default : RecoveryPolicy.Encode(1 + random.Next(2), (uint)random.Next(60), [people[random.Next(3)].Address, people[3 + random.Next(2)].Address]),
            PaymentKind.ApproveRecovery or PaymentKind.FinishRecovery => people[random.Next(5)].Address.Digest.Span.ToArray(),
            _ => default,
        };
        bool moves = kind is PaymentKind.Transfer or PaymentKind.Withdraw;
        bool names = kind is PaymentKind.Transfer or PaymentKind.StartRecovery or PaymentKind.ApproveRecovery or PaymentKind.FinishRecovery;
        var payment = new Payment
        {
            Kind = kind, Token = moves ? (uint)random.Next(3) : 0, Amount = moves ? (UInt128)random.Next(150) : 0,
            Recipient = kind == PaymentKind.CancelRecovery ? sender.Address : names ? Name(random, world, other) : default,
            FeeToken = (uint)random.Next(2), Fee = (UInt128)random.Next(4), Payload = payload,
            L1Recipient = kind is PaymentKind.Withdraw or PaymentKind.Message ? PaymentWorld.Outside : default,
            Nonce = random.Next(15) == 0 ? 1UL : 0,
        };
        payment = random.Next(25) switch
        {
            0 => payment with { Payload = new byte[random.Next(40)] },
            1 => payment with { Recipient = default },
            2 => payment with { Amount = UInt128.MaxValue },
            3 => payment with { Fee = 100_000 },
            4 when world.IsNumbered && kind == PaymentKind.Transfer => payment with { Recipient = AccountAddress.FromNumber(77) },
            _ => payment,
        };
        // Whose key it is now: after a rotation or a recovery, one of the people's.
        HashSigner? key = Array.Find(people, person => person.Address.Digest == world.Account(sender).KeyDigest);
        payment = world.Sign(sender, payment, random.Next(4) == 0 ? other : null, key);
        return random.Next(20) switch
        {
            0 => payment with { Signed = new Authorization(new byte[random.Next(70)], new byte[random.Next(70)]) },
            1 => payment with { Sender = default },
            _ => payment,
        };
    }
}
