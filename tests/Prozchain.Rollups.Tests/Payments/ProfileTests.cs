using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>The tree's hash and the signatures are the host's: the same payments under a hash that this package does not have.</summary>
public sealed class ProfileTests
{
    [Fact]
    public void AHostsHash_GivesAStateOfItsOwn_AndTheSameExits()
    {
        (Digest32 Root, Digest32 Exit) evm = Run<KeccakTree>(), proof = Run<Sha256Tree>();
        Assert.NotEqual(evm.Root, proof.Root);
        Assert.Equal(evm.Exit, proof.Exit);
    }

    private static (Digest32 Root, Digest32 Exit) Run<THash>() where THash : IStateHash
    {
        HashSigner alice = new(1), bob = new(2);
        var context = new BatchContext(PaymentWorld.ChainId, 0, 0, 0);
        var transition = new Payments<THash>(new PaymentRules(PaymentWorld.ChainId, bob.Address), new HashVerifier());
        var state = new StateStore<THash>();
        var effects = new EffectLog();
        effects.Begin(context);
        transition.ApplyInbound(new InboundMessage { Recipient = alice.Address, Amount = 100 }, context, state, effects);
        for (ulong i = 0; i < 5; i++)
        {
            Payment payment = PaymentMessage.Sign(new Payment { Kind = PaymentKind.Withdraw, Sender = alice.Address, Nonce = i, Amount = 30, Fee = 1, L1Recipient = PaymentWorld.Outside }, alice, PaymentWorld.ChainId);
            var recording = new RecordingState<THash>(state);
            TransitionOutcome recorded = transition.Apply(payment, true, context, recording, new EffectLog());
            Assert.True(StatelessState<THash>.TryOpen(state.Root(), recording.Witness()!, out StatelessState<THash> part));
            Assert.Equal(recorded, transition.Apply(payment, true, context, part, new EffectLog()));
            Assert.Equal(recorded, transition.Apply(payment, true, context, state, effects));
            Assert.Equal(i < 3 ? TransitionStatus.Applied : TransitionStatus.InsufficientBalance, recorded.Status);
            Assert.Equal(state.Root(), part.Root());
        }
        return (state.Root(), effects.ExitRoot());
    }
}
