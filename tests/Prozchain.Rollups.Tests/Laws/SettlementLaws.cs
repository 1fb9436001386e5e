using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests.Laws;

public sealed class SettlementLaws
{
    private static readonly byte[] s_garbage = [1, 2, 3];

    /// <summary>
    /// Over random schedules of calls, right and wrong, by parties without any manners: units are conserved, statuses
    /// only move on, no child is final before its parent, and how often a replica looks at the time makes no difference.
    /// </summary>
    [Fact]
    public void RandomSchedules_KeepTheInvariants() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(80), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var world = new World(wallets: 1, new SettlementParameters { ChallengeWindow = 12, DisputeClock = 9, StepWindow = 6, AssertionBond = 40_001, ChallengeBond = 7 });
            SettlementContract often = new(world.Genesis, new HashVerifier()), seldom = new(world.Genesis, new HashVerifier());
            HashSigner[] actors = [world.Poster, world.Watcher, world.Stranger, world.Rescuer];
            var traces = new Dictionary<Digest32, BatchTrace>();
            var statuses = new Dictionary<long, AssertionStatus>();
            var events = new List<SettlementEvent>();
            long height = 0, final = 0;
            for (int i = 0; i < 120; i++)
            {
                for (int steps = random.Next(4) == 0 ? random.Next(20) : random.Next(3); steps > 0; steps--) often.AdvanceTo(++height, events);
                HashSigner author = actors[random.Next(actors.Length)];
                byte[] call = SettlementCall.Encode(author, world.Genesis.Digest, often.FindActor(author.Address)!.Value.NextSequence, Any(random, often, traces));
                Assert.Equal(often.Apply(height, call, events), seldom.Apply(height, call, []));

                Assert.Equal(world.Genesis.TotalDeposit, often.TotalUnits);
                Assert.True(often.FinalCount >= final && often.FinalCount <= often.AssertedCount && often.AssertedCount <= often.BatchCount);
                final = often.FinalCount;
                for (long id = 0; often.FindAssertion(id) is { } assertion; id++)
                {
                    AssertionStatus before = statuses.GetValueOrDefault(id, AssertionStatus.Proposed);
                    Assert.True(assertion.Status == before || before < AssertionStatus.Final && assertion.Status > before);
                    Assert.Equal(assertion.Status == AssertionStatus.Final, assertion.BatchIndex < final && often.AssertionOn(assertion.BatchIndex) == assertion);
                    statuses[id] = assertion.Status;
                }
            }
            Assert.Equal(often.StateDigest(), seldom.StateDigest());
            often.AdvanceTo(height + 1_000, events);
            Assert.Empty(often.OpenDisputes);
            Assert.Equal(often.AssertedCount, often.FinalCount);
            foreach (HashSigner actor in actors) Assert.Equal(0UL, often.FindActor(actor.Address)!.Value.Bonded);
        }));

    private static SettlementPayload Any(Random random, SettlementContract contract, Dictionary<Digest32, BatchTrace> traces)
    {
        Dispute? dispute = contract.OpenDisputes.Count == 0 ? null : contract.OpenDisputes[random.Next(contract.OpenDisputes.Count)];
        switch (random.Next(dispute is null ? 5 : 12))
        {
            case 0:
                return new PostBatchCall(contract.BatchCount, default, new Digest32(Hashing.Keccak(s_garbage)), 3, random.Next(6));
            case 1 or 2 when contract.AssertedCount < contract.BatchCount:
                long index = contract.AssertedCount;
                Digest32 root = index == 0 ? contract.Genesis.StateRoot : contract.AssertionOn(index - 1)!.PostRoot;
                var roots = new List<Digest32> { root };
                // The batch is garbage, so every change of the root is a lie.
                for (int left = contract.GetBatch(index).TransferCount; left > 0; left--) roots.Add(root = random.Next(4) == 0 ? World.Root(random.Next()) : root);
                var trace = new BatchTrace(roots.ToArray());
                traces[trace.Commitment] = trace;
                return World.AssertionOf(index, trace);
            case <= 4:
                return new ChallengeCall(random.Next(20));
            case <= 8 when dispute!.Phase == DisputePhase.Bisect:
                BatchTrace own = traces[dispute.Assertion.TraceCommitment];
                return new BisectCall(dispute.Id, dispute.Middle, own[dispute.Middle], own.Open(dispute.Middle));
            case <= 8 when dispute!.Phase == DisputePhase.Respond:
                return new RespondCall(dispute.Id, dispute.Middle, random.Next(2) == 0);
            default:
                return new ProveStepCall(dispute!.Id, new byte[] { 0, 0 }, s_garbage);
        }
    }
}
