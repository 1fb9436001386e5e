using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>What the ordering protocol does when things go as they should, and how soon.</summary>
public class OrderingProgressTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(10)]
    public void Run_SteadyNetwork_FinalizesThreeDelaysAfterProposal(int members)
    {
        var world = new OrderingWorld(new SeededRandom(1), members, viewsPerTerm: 32) { Delay = (25, 25) };
        world.AddAll();
        var finalAt = new Dictionary<(int, ulong), long>();
        world.StartAll();
        for (long now = 0; now <= 20_000; now++)
        {
            world.RunUntil(now);
            foreach (OrderingHost host in world.Hosts) finalAt.TryAdd((host.Member, host.Node!.FinalHeight), now);
        }
        Assert.True(world.LowestFinal >= world.Anchor.Height + 190, $"Expected about 200 blocks in 20 s, got {world.LowestFinal - world.Anchor.Height}.");
        foreach ((MicroBlock block, OrderingCertificate certificate) in world.Hosts[0].App.Final.SkipLast(2))
        {
            Assert.Equal(block.Hash, certificate.Subject);
            foreach (OrderingHost host in world.Hosts) Assert.Equal(block.Header.TimeMs + 75, finalAt[(host.Member, block.Header.Height)]);
            Assert.Equal(block.Header.Height % 5 == 0, !block.Header.StateRoot.IsZero);
        }
    }

    [Fact]
    public void Run_LongDelay_TimersAdaptAndTermsGoToTheirEnd()
    {
        var world = new OrderingWorld(new SeededRandom(2), 7, viewsPerTerm: 8) { Delay = (280, 300) };
        world.AddAll();
        world.StartAll();
        world.RunUntil(60_000);
        Assert.True(world.LowestFinal > world.Anchor.Height + 40, $"Expected the timers to outgrow the delay, got {world.LowestFinal - world.Anchor.Height} blocks.");
    }

    [Fact]
    public void Run_LongDelayLongTerms_NoLeaderGivesUpItsOwnTerm()
    {
        var world = new OrderingWorld(new SeededRandom(2), 7, viewsPerTerm: 32) { Delay = (280, 300) };
        world.AddAll();
        world.StartAll();
        world.RunUntil(20_000);
        int gaveUp = 0;
        world.Sent = message => gaveUp += message[1] == (byte)OrderingMessage.Vote && message[2] == (byte)OrderingVoteKind.Nullify ? 1 : 0;
        ulong before = world.LowestFinal;
        world.RunUntil(80_000);
        Assert.Equal(0, gaveUp);
        Assert.True(world.LowestFinal >= before + 95, $"Expected a block in about two delays, got {world.LowestFinal - before} in 60 s.");
    }

    [Fact]
    public void Run_OneMember_FinalizesAlone()
    {
        var world = new OrderingWorld(new SeededRandom(3), 1);
        world.AddAll();
        world.StartAll();
        world.RunUntil(2_000);
        Assert.Equal(world.Anchor.Height + 21, world.LowestFinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_RealSignatures_FinalizeAndCertificatesHold(bool edwards)
    {
        OrderingWorld world = edwards
            ? new(new SeededRandom(4), 7, seats: [3, 1, 1, 2, 1, 1, 1], signers: i => new Ed25519Signer(OrderingWorld.SeedOf(i)), verifier: new Ed25519Verifier())
            : new(new SeededRandom(4), 4, signers: i => new P256Signer(OrderingWorld.SeedOf(i)), verifier: new P256Verifier());
        world.AddAll();
        world.StartAll();
        world.RunUntil(2_000);
        Assert.True(world.LowestFinal >= world.Anchor.Height + 15);
        foreach ((MicroBlock _, OrderingCertificate certificate) in world.Hosts[1].App.Final)
        {
            Assert.Equal(CertificateResult.Valid, certificate.Verify(world.Instance, world.SchemeOf(-1)));
            byte[] proof = [.. certificate.Proof.Span];
            proof[^1] ^= 1;
            Assert.Equal(CertificateResult.BadSignature, new OrderingCertificate(certificate.Kind, certificate.View, certificate.Subject, proof).Verify(world.Instance, world.SchemeOf(-1)));
        }
    }

    [Fact]
    public void Run_CrashedLeaders_EachCostOneTimer()
    {
        var world = new OrderingWorld(new SeededRandom(5), 7, viewsPerTerm: 4) { Delay = (25, 25) };
        world.AddAll();
        world.StartAll();
        for (int i = 0; i < 2; i++)
            world.Hosts[world.Instance.LeaderOf((ulong)(1 + 4 * i))].IsByzantine = true;
        world.At(0, () => world.Hosts.Where(host => host.IsByzantine).ToList().ForEach(world.Stop));
        world.RunUntil(3_000);
        Assert.True(world.LowestFinal > world.Anchor.Height + 5, $"Expected the third leader to go on, got {world.LowestFinal - world.Anchor.Height} blocks.");
        world.RunUntil(30_000);
        Assert.True(world.LowestFinal > world.Anchor.Height + 150, $"Expected a timer or two for each round of leaders, got {world.LowestFinal - world.Anchor.Height} blocks.");
    }

    [Fact]
    public void Run_Follower_FollowsWithoutAKey()
    {
        var world = new OrderingWorld(new SeededRandom(6), 4);
        world.AddAll();
        world.StartAll();
        OrderingHost follower = world.Add(-1);
        world.At(5_000, () => world.Start(follower));
        world.RunUntil(10_000);
        Assert.InRange(follower.Node!.FinalHeight, world.Hosts[0].Node!.FinalHeight - 10, world.Hosts[0].Node!.FinalHeight);
    }

    [Fact]
    public void Run_TerminalBlock_NextEpochStartsOnIt()
    {
        var random = new SeededRandom(7);
        var world = new OrderingWorld(random, 7) { Loss = 0.05, StableMs = 3_000 };
        world.AddAll(host => host.TerminalAt = world.Anchor.Height + 40);
        world.StartAll();
        world.RunUntil(20_000);
        foreach (OrderingHost host in world.Hosts)
        {
            Assert.Equal(world.Anchor.Height + 40, host.Node!.Ending!.Value.Height);
            Assert.Equal(MicroBlockKind.Terminal, host.App.Final[^1].Block.Header.Kind);
            Assert.Equal(world.Hosts[0].Node!.Ending, host.Node.Ending);
            Assert.False(host.Node.Stalled(1_000_000));
        }
        var next = new OrderingWorld(random, 4, epoch: 2, anchor: world.Hosts[0].Node!.Ending);
        next.AddAll();
        next.RunUntil(world.NowMs);
        next.StartAll();
        next.RunUntil(world.NowMs + 3_000);
        Assert.True(next.LowestFinal > next.Anchor.Height + 20);
        Assert.Equal(world.Hosts[0].App.Final[^1].Block.Hash, next.Hosts[0].App.Final[0].Block.Header.Parent);
        Assert.Equal(TestOrderedApplication.ResultOf(next.Anchor.Hash, default).ReceiptsRoot, next.Hosts[0].App.Final[0].Block.Header.ReceiptsRoot);
    }
}
