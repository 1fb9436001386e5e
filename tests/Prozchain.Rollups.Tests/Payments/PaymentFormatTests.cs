using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Transition;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>What of payments is agreed on for ever: messages, the state after a run, the fields of its keys; and witnesses of them from strangers.</summary>
public sealed class PaymentFormatTests
{
    private static readonly HashSigner[] s_people = [.. Enumerable.Range(0, 4).Select(PaymentWorld.Person)];

    [Fact]
    public void MessagesAndState_AreFrozen()
    {
        var world = new PaymentWorld();
        var all = new ArrayBufferWriter<byte>();
        foreach (HashSigner person in s_people) world.Deposit(person, 1_000, token: 1);
        foreach (HashSigner person in s_people) world.Deposit(person, 500);
        foreach (Payment payment in Story())
        {
            Payment signed = world.Sign(s_people[0], payment, sponsor: payment.Nonce == 0 && payment.Fee > 3 ? s_people[1] : null);
            PaymentMessage.Write(signed, PaymentWorld.ChainId, false, all.GetSpan(PaymentMessage.Size(signed)));
            all.Advance(PaymentMessage.Size(signed));
            TransitionOutcome outcome = world.Hosts.Apply(signed);
            Assert.Equal(TransitionStatus.Applied, outcome.Status);
            all.Write(BitConverter.GetBytes(outcome.Resources.ExecutionGas));
            all.Write(BitConverter.GetBytes(outcome.Resources.ProvingUnits));
            all.Write(world.State.Root().Span);
        }
        all.Write(world.Hosts.Effects.ExitRoot().Span);
        string actual = Convert.ToHexStringLower(SHA256.HashData(all.WrittenSpan));
        Assert.True(actual == "35d335ac521f4e9b6c85be9dee75d0cc758a88c48aafc0adf0323502f7fc8643", actual);
    }

    [Theory]
    [InlineData(AccountProfile.ByAddress)]
    [InlineData(AccountProfile.Numbered)]
    public void AWitnessFromAStranger_ProvesTheStateOrNothing(AccountProfile profile)
    {
        var world = new PaymentWorld(profile);
        HashSigner[] people = [.. Enumerable.Range(0, 4).Select(world.Someone)];
        foreach (HashSigner person in people) world.Deposit(person, 1_000);
        Payments<KeccakTree> transition = world.Transition<KeccakTree>();
        // Numbered, one who has no account yet.
        AccountAddress recipient = world.IsNumbered ? world.Someone(70).Address : people[2].Address;
        Payment payment = world.Sign(people[0], new Payment { Recipient = recipient, Amount = 5, Fee = 1 });
        var recording = new RecordingState<KeccakTree>(world.State);
        TransitionOutcome expected = transition.Apply(payment, true, world.Hosts.Context, recording, new EffectLog());
        byte[] honest = StateWitnessTests.Encode(recording.Witness()!);
        Digest32 root = world.State.Root();
        var effects = new EffectLog();
        int opened = 0;
        HostileBytes.Feed([honest], bytes =>
        {
            if (StateWitness.TryRead(bytes, out StateWitness witness) != WitnessReadResult.Ok) return;
            if (!StatelessState<KeccakTree>.TryOpen(root, witness, out StatelessState<KeccakTree> part)) return;
            opened++;
            TransitionOutcome outcome = transition.Apply(payment, true, world.Hosts.Context, part, effects);
            if (outcome.Status == TransitionStatus.MissingState) Assert.Equal(root, part.Root());
            else Assert.Equal(expected, outcome);
        }, count: 10_000);
        Assert.True(StateWitness.TryRead(honest, out StateWitness whole) == WitnessReadResult.Ok && StatelessState<KeccakTree>.TryOpen(root, whole, out _));
        Assert.InRange(opened, 0, 10_000);
    }

    private static IEnumerable<Payment> Story() =>
    [
        new Payment { Recipient = s_people[1].Address, Amount = 10, Fee = 1 },
        new Payment { Recipient = new HashSigner(77).Address, Amount = 7, Token = 1, Fee = 9, FeeToken = 1 },
        new Payment { Kind = PaymentKind.Withdraw, Token = 1, Amount = 3, L1Recipient = PaymentWorld.Outside },
        new Payment { Kind = PaymentKind.Message, L1Recipient = PaymentWorld.Outside, Payload = new byte[] { 1, 2, 3 } },
        new Payment { Kind = PaymentKind.SetRecovery, Payload = RecoveryPolicy.Encode(1, 60, s_people[0].Address, s_people[2].Address) },
        new Payment { Kind = PaymentKind.StartRecovery, Recipient = s_people[0].Address, Payload = s_people[3].PublicKey },
        new Payment { Kind = PaymentKind.CancelRecovery, Recipient = s_people[0].Address },
        new Payment { Kind = PaymentKind.RotateKey, Payload = s_people[3].PublicKey },
    ];
}
