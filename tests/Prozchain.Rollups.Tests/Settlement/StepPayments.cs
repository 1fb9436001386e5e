using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Payments of which any field may be anything now and then; mostly it is what it should be.</summary>
internal static class StepPayments
{
    private const int People = 6;

    public static Payment Any(Random random, StepRig rig)
    {
        int sender = random.Next(People), other = random.Next(People);
        PaymentKind kind = random.Next(3) == 0 ? PaymentKind.Transfer : (PaymentKind)random.Next(10);
        ReadOnlyMemory<byte> payload = kind switch
        {
            PaymentKind.Message => new byte[random.Next(200)],
            PaymentKind.RotateKey or PaymentKind.StartRecovery => rig.Person(random.Next(People)).PublicKey,
            PaymentKind.SetRecovery => random.Next(5) == 0 ? default : RecoveryPolicy.Encode(1 + random.Next(2), (uint)random.Next(60), rig.AddressOf(random.Next(3)), rig.AddressOf(3 + random.Next(3))),
            PaymentKind.ApproveRecovery or PaymentKind.FinishRecovery => rig.AddressOf(random.Next(People)).Digest.Span.ToArray(),
            _ => default,
        };
        bool moves = kind is PaymentKind.Transfer or PaymentKind.Withdraw;
        bool names = kind is PaymentKind.Transfer or PaymentKind.StartRecovery or PaymentKind.ApproveRecovery or PaymentKind.FinishRecovery;
        var payment = new Payment
        {
            Kind = kind, Token = moves ? (uint)random.Next(2) : 0, Amount = moves ? (UInt128)random.Next(150) : 0,
            Recipient = kind == PaymentKind.CancelRecovery ? rig.AddressOf(sender) : names ? rig.AddressOf(other) : default,
            FeeToken = (uint)random.Next(2), Fee = (UInt128)random.Next(4), Payload = payload,
            L1Recipient = kind is PaymentKind.Withdraw or PaymentKind.Message ? StepRig.Outside : default,
            Nonce = random.Next(15) == 0 ? 1UL : 0,
        };
        payment = random.Next(20) switch
        {
            0 => payment with { Payload = new byte[random.Next(40)] },
            1 => payment with { Recipient = default },
            2 => payment with { Amount = UInt128.MaxValue },
            3 => payment with { Fee = 100_000 },
            _ => payment,
        };
        // Whose key it is now: after a rotation or a recovery, one of the people's.
        int key = Enumerable.Range(0, People).FirstOrDefault(person => rig.AddressOf(person).Digest == rig.Account(sender).KeyDigest, -1);
        payment = rig.Sign(sender, payment, random.Next(4) == 0 ? other : -1, key);
        return random.Next(20) switch
        {
            0 => payment with { Signed = new Authorization(new byte[random.Next(70)], new byte[random.Next(70)]) },
            1 => payment with { Sender = default },
            _ => payment,
        };
    }
}
