using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Tests.Finality;

namespace Prozchain.Rollups.Tests.Laws;

public sealed class FinalityLaws : FinalityTest
{
    /// <summary>
    /// Over random schedules: statuses only move on, no child is final before its parent, one chain is final, hardware alone
    /// shortens nothing, and how often somebody looks makes no difference.
    /// </summary>
    [Theory]
    [InlineData((int)FinalityMode.Optimistic)]
    [InlineData((int)FinalityMode.Validity)]
    [InlineData((int)FinalityMode.Hybrid)]
    public void RandomSchedules_KeepTheInvariants(int mode)
    {
        int finals = 0, early = 0, rejected = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            FinalityParameters parameters = Parameters((FinalityMode)mode, random.Next(1, 3));
            FinalityLane often = Lane(parameters), seldom = Lane(parameters);
            var trees = new List<ClaimTree>();
            var before = new List<(FinalityStatus Status, ulong? FinalAt, bool IsRejected)>();
            ulong now = 0;
            for (int i = 0; i < 90; i++)
            {
                for (int looks = random.Next(4); looks > 0; looks--) often.Advance(now += (ulong)random.NextInt64((long)Day));
                int id = random.Next(2) == 0 ? Math.Max(0, trees.Count - 1) : random.Next(trees.Count + 1);
                int? parent = random.Next(3) > 0 ? often.LastFinal?.Id : id < trees.Count ? id : null;
                ClaimTree tree = Tree(random.Next(1, 4) + 10 * (parent ?? -1) + 20, random.Next(2) == 0 ? random.Next(8) : -1);
                int first = random.Next(4), last = random.Next(2) == 0 ? first : 3, system = random.Next(2);
                bool lies = random.Next(8) == 0;
                EvidenceKind kind = (EvidenceKind)random.Next(2);
                FinalityResult Do(FinalityLane lane) => (i % 8) switch
                {
                    <= 1 => lane.Propose(parent, tree.Claim, Steps, now),
                    2 => lane.Challenge(id, now),
                    3 => lane.Settle(id, !lies, now),
                    7 => lane.Refund(id, now),
                    _ when id == trees.Count => FinalityResult.NoClaim,
                    _ => Enumerable.Range(last == 3 ? 0 : first, last == 3 ? 4 : 1).Max(segment => Prove(lane, id, trees[id], segment, now, kind, system, lies ? World.Root(7_777 + segment) : null)),
                };
                FinalityResult result = Do(often);
                Assert.Equal(result, Do(seldom));
                if (often.IsHalted && random.Next(10) == 0)
                {
                    often.Resume(now);
                    seldom.Resume(now);
                    before = [.. before.Select(static each => each with { Status = FinalityStatus.Proposed })];
                }
                if (often.Claims.Count > trees.Count) trees.Add(tree);

                for (int each = 0; each < often.Claims.Count; each++)
                {
                    FinalityClaim claim = often.Claims[each];
                    if (each < before.Count)
                    {
                        Assert.True(claim.Status >= before[each].Status);
                        Assert.True(before[each].FinalAt is null || claim.FinalAt == before[each].FinalAt);
                        Assert.True(!before[each].IsRejected || claim.IsRejected);
                    }
                    if (claim.FinalAt is not { } finalAt) continue;
                    Assert.False(claim.IsRejected);
                    Assert.True(claim.Parent is null || claim.Parent.FinalAt <= finalAt);
                    Assert.Equal(1, often.Claims.Count(other => other.Parent == claim.Parent && other.FinalAt is not null));
                    if (each < before.Count && before[each].FinalAt is not null) continue;
                    // Early only if every segment has a validity proof, which a halt may have overtaken since.
                    if (finalAt < claim.ProposedAt + parameters.OptimisticPeriod || mode == (int)FinalityMode.Validity) Assert.True(mode != (int)FinalityMode.Optimistic && (claim.ProvenAt is null || claim.ProvenAt + parameters.ValidityDelay <= finalAt));
                }
                before = [.. often.Claims.Select(claim => (claim.Status, claim.FinalAt, claim.IsRejected))];
            }
            seldom.Advance(now);
            often.Advance(now);
            Assert.Equal((often.FinalRoot, often.LastFinalAt, often.IsHalted), (seldom.FinalRoot, seldom.LastFinalAt, seldom.IsHalted));
            Assert.Equal(often.Claims.Select(claim => (claim.Status, claim.FinalAt, claim.IsRejected)), seldom.Claims.Select(claim => (claim.Status, claim.FinalAt, claim.IsRejected)));
            finals += often.Claims.Count(claim => claim.FinalAt is not null);
            early += often.Claims.Count(claim => claim.FinalAt < claim.ProposedAt + parameters.OptimisticPeriod);
            rejected += often.Claims.Count(claim => claim.IsRejected);
        }));
        // The schedules reach what they are about.
        Assert.True(finals > 10 && rejected > 10 && early > 0 == (mode != (int)FinalityMode.Optimistic), $"{finals} final, {early} early, {rejected} rejected");
    }
}
