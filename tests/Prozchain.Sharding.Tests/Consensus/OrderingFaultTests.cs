using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>The ordering protocol under faults: never a fork, and progress once the network is reliable again.</summary>
public class OrderingFaultTests
{
    private static readonly int[] s_sizes = [7, 7, 7, 4, 10];

    private static void MustMove(OrderingWorld world, long fromMs, long byMs, ulong blocks = 10)
    {
        world.RunUntil(fromMs);
        ulong before = world.LowestFinal;
        world.RunUntil(byMs);
        Assert.True(world.LowestFinal >= before + blocks, $"Expected {blocks} blocks from {fromMs} to {byMs} ms, got {world.LowestFinal - before}; views {string.Join(' ', world.Honest.Select(host => host.Node?.View))}.");
    }

    [Fact]
    public void Run_LossDoublingCrashes_NoForkAndProgressAfter()
    {
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, s_sizes[random.Next(s_sizes.Length)], viewsPerTerm: random.Next(1, 12))
            {
                Loss = random.NextDouble() * 0.4, CrashEvery = random.Next(2) == 0 ? 0 : random.Next(100, 1000), StableMs = 4_000, Delay = (1, random.Next(10, 150)),
            };
            world.AddAll(host => (host.IsDurable, host.NotYetEvery) = (random.Next(2) == 0, random.Next(2) * 5));
            world.StartAll();
            MustMove(world, 7_000, 12_000);
        }, TestSettings.Scale(80, 800));
    }

    [Fact]
    public void Run_MembersOfSeveralSeatsSomeMute_FinalWithinAFewTermsOfStability()
    {
        const long StableMs = 5_000;
        int worst = 0;
        Replay.Run(random =>
        {
            int members = s_sizes[random.Next(s_sizes.Length)];
            int[] seats = [.. Enumerable.Range(0, members).Select(i => i == 0 ? 1 : random.Next(1, 5))];
            var world = new OrderingWorld(random, members, viewsPerTerm: random.Next(1, 12), seats: seats) { Loss = random.NextDouble() * 0.5, CrashEvery = 300, StableMs = StableMs, Delay = (1, random.Next(10, 100)) };
            int[] side = new int[members];
            world.Connected = (from, to) => side[from.Member] == side[to.Member];
            for (int i = 0; i < 5; i++)
                world.At(i * 1_000, () => { for (int k = 0; k < side.Length; k++) side[k] = random.Next(3); });
            world.At(StableMs, () => Array.Clear(side));
            world.AddAll(host => host.IsByzantine = host.Member < world.F);
            world.Corrupt = (_, _, _) => null;
            world.StartAll();
            world.RunUntil(StableMs + 400); // all are up again
            ulong term = world.Instance.TermOf(world.Honest.Max(host => host.Node!.View)), before = world.Honest.Max(host => host.Node!.Core.Tree.Tip.View), last = term;
            foreach (OrderingHost host in world.Honest)
            {
                while (host.Node!.Core.Tree.Tip.View <= before && world.NowMs < StableMs + 60_000) world.RunUntil(world.NowMs + 5);
                Assert.True(host.Node.Core.Tree.Tip.View > before, $"Expected a final block within a minute, got none at member {host.Member}.");
                last = Math.Max(last, world.Instance.TermOf(host.Node.Core.Tree.Tip.View));
            }
            // The term that stability finds running may be lost, and each that a mute member leads; and a few more until views and
            // timers have come together, most where a term is one view.
            int honestTerms = 0;
            for (ulong at = term + 1; at <= last; at++)
                if (world.Instance.LeaderOf(world.Instance.FirstViewOf(at)) >= world.F) honestTerms++;
            worst = Math.Max(worst, honestTerms);
            Assert.True(honestTerms <= 4, $"Expected a final block by the fourth term of an honest leader, got it in term {honestTerms}.");
        }, TestSettings.Scale(60, 600));
        Assert.True(worst > 0, "Expected a term to be lost in some run, got none.");
    }

    [Fact]
    public void Run_Partitions_NoForkAndProgressAfter()
    {
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, s_sizes[random.Next(s_sizes.Length)], viewsPerTerm: random.Next(1, 12)) { Loss = 0.05, StableMs = 6_000 };
            int[] side = new int[world.Members];
            world.Connected = (from, to) => side[from.Member] == side[to.Member];
            for (int i = 0; i < 6; i++)
                world.At(i * 1_000, () => { for (int k = 0; k < side.Length; k++) side[k] = random.Next(3); });
            world.At(6_000, () => Array.Clear(side));
            world.AddAll();
            world.StartAll();
            MustMove(world, 9_000, 13_000);
        }, TestSettings.Scale(60, 600));
    }

    [Fact]
    public void Run_Twins_NoForkAndTheyAreAccused()
    {
        int accused = 0;
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, s_sizes[random.Next(s_sizes.Length)], viewsPerTerm: random.Next(1, 8)) { Loss = 0.02, StableMs = 5_000 };
            for (int i = 0; i < world.Members; i++)
                for (int twin = 0; twin < (i < world.F ? 2 : 1); twin++)
                    world.Add(i, host => (host.IsByzantine, host.Salt) = (i < world.F, 100 * twin));
            int[] side = new int[world.Hosts.Count];
            world.Connected = (from, to) => side[world.Hosts.IndexOf(from)] == side[world.Hosts.IndexOf(to)] || random.Next(20) == 0;
            for (int i = 0; i < 10; i++)
                world.At(i * 500, () => { for (int k = 0; k < side.Length; k++) side[k] = random.Next(2); });
            world.At(5_000, () => Array.Clear(side));
            world.StartAll();
            MustMove(world, 9_000, 14_000);
            foreach (OrderingHost host in world.Honest)
                foreach (VoteEvidence evidence in host.App.Evidence)
                {
                    Assert.Equal(EvidenceResult.Valid, evidence.Verify(world.Instance, world.SchemeOf(-1)));
                    Assert.True(evidence.Member < world.F, $"Expected only twins to be accused, got member {evidence.Member}.");
                    accused++;
                }
        }, TestSettings.Scale(60, 600));
        Assert.True(accused > 20, $"Expected twins to be accused, got {accused} times.");
    }

    [Fact]
    public void Run_ForgersAndWithholders_NoForkProgressAndBlame()
    {
        int blamed = 0;
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, s_sizes[random.Next(s_sizes.Length)], viewsPerTerm: random.Next(2, 10));
            world.AddAll(host => host.IsByzantine = host.Member < world.F);
            int style = random.Next(4);
            world.Corrupt = (from, to, message) =>
            {
                if (style == 0) return null; // mute
                if (style == 1) return message[1] == (byte)OrderingMessage.Vote && random.Next(2) == 0 ? null : message; // withholds from some
                if (style == 2) return to.Member % 2 == 0 ? message : null;
                byte[] forged = [.. message];
                if (forged[1] is (byte)OrderingMessage.Vote or (byte)OrderingMessage.Certificate) forged[^1] ^= 1;
                return forged;
            };
            world.StartAll();
            MustMove(world, 2_000, 8_000);
            foreach (OrderingHost host in world.Honest)
                for (int member = 0; member < world.Members; member++)
                {
                    if (member >= world.F) Assert.Equal(0, host.Node!.ForgedVotes(member));
                    else blamed += host.Node!.ForgedVotes(member);
                }
        }, TestSettings.Scale(40, 400));
        Assert.True(blamed > 100, $"Expected forgers to be blamed, got {blamed} times.");
    }

    [Fact]
    public void Run_MoreThanAThirdMute_StallsIsSeenAndNoFork()
    {
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, 7, viewsPerTerm: random.Next(1, 8));
            int mute = random.Next(world.F + 1, 2 * world.F + 1);
            world.AddAll(host => host.IsByzantine = host.Member < mute);
            bool silent = false;
            world.Corrupt = (_, _, message) => silent ? null : message;
            world.StartAll();
            world.RunUntil(3_000);
            Assert.All(world.Honest, host => Assert.False(host.Node!.Stalled(world.NowMs)));
            silent = true;
            world.RunUntil(4_000);
            ulong before = world.LowestFinal;
            world.RunUntil(12_000);
            Assert.All(world.Honest, host => Assert.True(host.Node!.Stalled(world.NowMs)));
            Assert.True(world.LowestFinal <= before + 1);
            silent = false;
            MustMove(world, 17_000, 22_000);
        }, 10);
    }

    [Fact]
    public void Run_LateMember_CatchesUpFromTheAnchor()
    {
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, 7) { Loss = 0.1, StableMs = 20_000 };
            world.AddAll(host => host.BodyBytes = random.Next(2) == 0 ? 24 : 20_000);
            foreach (OrderingHost host in world.Hosts.Skip(1)) world.At(0, () => world.Start(host));
            world.Hosts[0].IsByzantine = true; // not counted before it starts
            world.At(30_000, () => { world.Hosts[0].IsByzantine = false; world.Start(world.Hosts[0]); });
            world.RunUntil(29_999);
            ulong before = world.LowestFinal;
            Assert.True(before > world.Anchor.Height + 100);
            world.RunUntil(34_000);
            Assert.True(world.Hosts[0].Node!.FinalHeight > before, $"Expected the late member above {before}, got {world.Hosts[0].Node!.FinalHeight}.");
        }, 10);
    }

    [Fact]
    public void Run_LateMemberAndPrunedPeers_SaysThatItNeedsAnAnchor()
    {
        var world = new OrderingWorld(new SeededRandom(9), 4);
        world.AddAll(host => host.KeepBlocks = 20);
        foreach (OrderingHost host in world.Hosts.Skip(1)) world.At(0, () => world.Start(host));
        world.Hosts[0].IsByzantine = true;
        world.RunUntil(10_000);
        world.Start(world.Hosts[0]);
        world.RunUntil(13_000);
        Assert.True(world.Hosts[0].Node!.NeedsAnchorAt > world.Anchor.Height + 50);
        Assert.Equal(world.Anchor.Height, world.Hosts[0].Node!.FinalHeight);
    }

    [Fact]
    public void Run_AllCrashAtOnce_ResumeFromTheirLogs()
    {
        Replay.Run(random =>
        {
            var world = new OrderingWorld(random, 7);
            world.AddAll(host => host.IsDurable = host.Member % 2 == 0);
            world.StartAll();
            for (int i = 1; i < 6; i++)
                world.At(i * 700 + random.Next(200), () =>
                {
                    foreach (OrderingHost host in world.Hosts)
                    {
                        world.Stop(host);
                        world.At(world.NowMs + random.Next(100), () => world.Start(host));
                    }
                });
            MustMove(world, 6_000, 9_000);
        }, 20);
    }
}
