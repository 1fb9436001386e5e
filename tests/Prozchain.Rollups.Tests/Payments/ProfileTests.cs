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

    /// <summary>The figures of ADR 0042: what a circuit would hash more, by Keccak, if balances had a second tree for the settlement layer.</summary>
    [Fact]
    public void AMirrorOfBalances_WouldTakeDozensOfHashesAPayment()
    {
        const int accounts = 1 << 16, payments = 1_000;
        var random = new Random(42);
        var mirror = new StateStore<CountingTree>();
        for (int i = 0; i < accounts; i++) mirror.Write(KeyOf(i), BitConverter.GetBytes(1_000L));
        mirror.Root();
        long before = CountingTree.Count;
        // A transfer changes two balances; the third, which the fee goes to, is everybody's.
        for (int i = 0; i < 2 * payments; i++) mirror.Write(KeyOf(random.Next(accounts)), BitConverter.GetBytes((long)i));
        mirror.Root();
        // The circuit hashes the way of what was there before as well as that of what is there after.
        double perPayment = 2.0 * (CountingTree.Count - before) / payments;
        Assert.InRange(perPayment, 30, 36);

        static Digest32 KeyOf(int account) => new(Hashing.Keccak(BitConverter.GetBytes(account)));
    }

    private readonly struct CountingTree : IStateHash
    {
        private static long s_count;

        public static long Count => Interlocked.Read(ref s_count);

        public static void HashMany(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests)
        {
            Interlocked.Add(ref s_count, digests.Length / 32);
            KeccakTree.HashMany(domain, messages, length, digests);
        }
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
