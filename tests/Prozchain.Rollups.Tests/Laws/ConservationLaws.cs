using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Sequencing;

namespace Prozchain.Rollups.Tests.Laws;

public sealed class ConservationLaws
{
    [Fact]
    public void OverBatches_ValueIsConserved_AndDerivationEqualsTheSequencer() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(15), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var world = new World(wallets: random.Next(1, 12));
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                SequencedBatch batch = world.PostAsync(random.Next(1, 40), random.Next()).GetAwaiter().GetResult();
                Assert.Equal(world.Sequencer.StateRoot, batch.PostRoot);
            }
            RollupNode node = world.NewNode();
            node.SyncAsync().AsTask().GetAwaiter().GetResult();
            Assert.Equal(world.Sequencer.StateRoot, node.StateRoot);
            Assert.Equal(world.Genesis.TotalBalance, node.CopyState().TotalBalance());
        }));
}
