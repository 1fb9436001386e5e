using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Laws;

public sealed class TransitionLaws
{
    private static readonly HashSigner[] s_wallets = [.. Enumerable.Range(0, 6).Select(i => new HashSigner(i))];

    [Fact]
    public void EveryHost_GivesTheSameOutcomeAndRoot_AndValueIsConserved() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var transition = new PaymentsTransition(World.ChainId, new HashVerifier());
            var state = new RollupState();
            var effects = new EffectLog();
            int funded = random.Next(0, s_wallets.Length + 1);
            for (int i = 0; i < funded; i++) state.Credit(s_wallets[i].Address, (ulong)random.Next(0, 1_000));
            UInt128 total = state.TotalBalance();
            for (int i = 0; i < 12; i++)
            {
                L2Transfer transfer = Any(random, state);
                var authentic = new bool[1];
                transition.Authenticate([transfer], authentic);
                Digest32 before = state.Root();

                var recording = new RecordingState<KeccakTree>(state.Store);
                TransitionOutcome recorded = transition.Apply(transfer, authentic[0], default, recording, effects);
                StateWitness witness = recording.Witness()!;
                Assert.Equal(before, state.Root());

                TransitionOutcome native = transition.Apply(transfer, authentic[0], default, state, effects);
                Assert.True(StatelessState<KeccakTree>.TryOpen(before, witness, out StatelessState<KeccakTree> part));
                TransitionOutcome stateless = transition.Apply(transfer, authentic[0], default, part, effects);

                Assert.Equal(native, recorded);
                Assert.Equal(native, stateless);
                Assert.Equal(state.Root(), part.Root());
                Assert.Equal(total, state.TotalBalance());
                bool valid = native.Status.IsValid();
                Assert.Equal(valid, before != state.Root());
            }
        }));

    [Fact]
    public void Root_DependsOnTheAccountsAlone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            HashSigner[] order = [.. s_wallets];
            RollupState one = new(), two = new();
            foreach (HashSigner wallet in order) one.Credit(wallet.Address, wallet.Address.Digest.Span[0]);
            random.Shuffle(order);
            foreach (HashSigner wallet in order) two.Credit(wallet.Address, 1);
            foreach (HashSigner wallet in order) two.Credit(wallet.Address, wallet.Address.Digest.Span[0]);
            Assert.Equal(one.Root(), two.Root());
            Assert.Equal(one.Root(), two.Copy().Root());
        }));

    // Right, too large, to a new account, to oneself, of another chain, forged, with a wrong nonce.
    private static L2Transfer Any(Random random, RollupState state)
    {
        HashSigner sender = s_wallets[random.Next(s_wallets.Length)];
        AccountAddress recipient = random.Next(5) switch { 0 => new HashSigner(random.Next(100, 1_000)).Address, 1 => sender.Address, _ => s_wallets[random.Next(s_wallets.Length)].Address };
        ulong nonce = state.GetAccount(sender.Address).Nonce + (random.Next(6) == 0 ? (ulong)random.Next(1, 4) : 0);
        ulong amount = random.Next(10) switch { 0 => 0, 1 => ulong.MaxValue, _ => (ulong)random.Next(0, 800) };
        ulong chain = random.Next(8) == 0 ? 1UL : World.ChainId;
        L2Transfer transfer = World.Transfer(sender, recipient, amount, nonce, chain);
        return random.Next(8) == 0 ? L2Transfer.FromParts(chain, sender.PublicKey.Span, recipient, amount, nonce, [1, .. new byte[64]]) : transfer;
    }
}
