using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>Shards of several classes in one world, each class with its own transition, cells of the same keys, and committee floors.</summary>
public class ClassTests
{
    private const int Cells = 16;
    private const ulong Units = 40;

    private static readonly LayoutClassRules s_ai = new(LayoutClass.AI, 1, OrderingFloor: 4, AttestationFloor: 3);

    private static ShardTest<IShardTransition> Economy => new()
    {
        Options = new ShardWorldOptions<IShardTransition>
        {
            Transition = default(PurseTransition), Genesis = [.. Enumerable.Range(0, Cells).Select(i => new StateWrite(TestNetwork.Key(i), BitConverter.GetBytes(Units)))],
            Classes = [new ShardClass<IShardTransition>(s_ai, default(JobTransition)) { Shards = 2, Genesis = [new StateWrite(TestNetwork.Key(0), JobTransition.Bytes(5, 0))] }],
            Programs = new Dictionary<ushort, IAtomicProgram> { [BuyProgram.Number] = new BuyProgram() },
        },
        Arrange = shards =>
        {
            shards.Add(new EconomyLoad(), untilMs: 6_000);
            shards.Add(new EconomyAuditor(Cells * Units + 5));
        },
        AtEnd = shards => shards.Report() is { Applied: > 100, Receipts: > 50, Commits: > 5, Cuts: > 20 } && EconomyAuditor.Jobs(shards.State) > 10 ? null : $"Expected work done, got {shards.Report()}.",
    };

    /// <summary>Receipts both ways and atomic transactions between classes: what there is stays, under all kinds of faults.</summary>
    [Fact]
    public void Classes_ReceiptsAndAtomicTransactionsBetweenThem_ConserveValueUnderFaults()
    {
        CampaignReport report = SimulationCampaign.Run(Economy.Scenario, TestSettings.Seed, TestSettings.Scale(3, 200));
        Assert.True(report.FirstFailure is null, report.ToString());
    }

    /// <summary>Who attests a class re-executes with that class's transition.</summary>
    [Fact]
    public void Classes_Attested_ByTheirOwnTransition()
    {
        ShardTest<IShardTransition> test = Economy;
        using ShardWorld<IShardTransition> shards = (test with { Options = test.Options with { Attesters = 3, Channels = new ChannelOptions { MaxUnattested = 50 } } }).Build(3, FaultPlan.None);
        shards.World.RunTo(12_000);
        Assert.True(shards.Report() is { IsQuiet: true, Attested: > 10, Applied: > 100, Commits: > 5 }, shards.Report().ToString());
    }

    [Fact]
    public void Classes_SameKey_AreDifferentCells()
    {
        using ShardWorld<IShardTransition> shards = (Economy with { Arrange = shards => shards.Add(new EconomyAuditor(Cells * Units + 5)) }).Build(1, FaultPlan.None);
        shards.Submit(TestNetwork.Key(3), PurseTransition.Give(TestNetwork.Key(3), LayoutClass.AI, TestNetwork.Key(3), 1));
        shards.Submit(TestNetwork.Key(3), PurseTransition.Give(TestNetwork.Key(3), new LayoutClass(9), TestNetwork.Key(3), 2));
        shards.World.RunTo(3_000);
        Assert.True(shards.TryGet(TestNetwork.Key(3), out ReadOnlySpan<byte> purse));
        Assert.Equal(Units - 1, PurseTransition.Units(purse));
        Assert.True(shards.TryGet(LayoutClass.AI, TestNetwork.Key(3), out ReadOnlySpan<byte> cell));
        Assert.Equal((1UL, 0UL), JobTransition.Read(cell));
        Assert.Equal(2, shards.State.CellsOf(LayoutClass.AI).Count);
    }

    /// <summary>A class whose committees would be below its floor cannot be made, in any way to make one.</summary>
    [Fact]
    public void Floors_BelowThem_CannotBeConstructed()
    {
        ShardWorldOptions<IShardTransition> options = Economy.Options;
        Assert.Throws<ArgumentException>(() => new ShardWorld<IShardTransition>(1, options with { Validators = 3 }));
        Assert.Throws<ArgumentException>(() => new ShardWorld<IShardTransition>(1, options with { Attesters = 2 }));
        ShardLayout layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 2), (new LayoutClassRules(LayoutClass.AI, 1, 7, 9), 1)]);
        Validator[] validators = [.. Enumerable.Range(0, 9).Select(i => new Validator(TestNetwork.Wallet(i).PublicKey, 1000))];
        Assert.Throws<ArgumentException>(() => CommitteeAssignment.Draw(new byte[32], 0, validators, layout, new CommitteeParameters(6)));
        Assert.Throws<ArgumentException>(() => new BeaconWorld(9, with: beacon => beacon with { Layout = layout, Genesis = [.. layout.Shards.Select(shard => BeaconWorld.Start(shard.Id))] }));
        Assert.Throws<ArgumentException>(() => ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 1), (new LayoutClassRules(LayoutClass.AI, 1, 0), 1)]));
    }

    /// <summary>Committees of a class have the seats of its floor, and keep them over splits and merges within the class.</summary>
    [Fact]
    public void Floors_AboveTheSeats_RaiseThemForTheClassAlone()
    {
        ShardLayout layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 2), (new LayoutClassRules(LayoutClass.AI, 1, 7, 9), 1)]);
        Validator[] validators = [.. Enumerable.Range(0, 9).Select(i => new Validator(TestNetwork.Wallet(i).PublicKey, 1000))];
        var security = CommitteeSecurity.UnsafeDevelopment(4, 5);
        foreach ((CommitteeDuty duty, int few, int many) in ((CommitteeDuty, int, int)[])[(CommitteeDuty.Ordering, 4, 7), (CommitteeDuty.Attestation, 5, 9)])
        {
            CommitteeAssignment drawn = CommitteeAssignment.Draw(new byte[32], 0, duty, validators, layout, security, new TicketSampler());
            ShardLayout split = layout.Split(layout.ShardOf(LayoutClass.AI, default), 1);
            ShardInfo[] halves = [.. split.Shards.Where(shard => shard.Class == LayoutClass.AI)];
            ShardLayout merged = split.Merge(halves[0].Id, halves[1].Id, 2);
            foreach ((ShardLayout at, CommitteeAssignment committees) in ((ShardLayout, CommitteeAssignment)[])[(layout, drawn), (split, drawn.Reshaped(layout, split)), (merged, drawn.Reshaped(layout, split).Reshaped(split, merged))])
                Assert.All(at.Shards, shard => Assert.Equal(shard.Class == LayoutClass.AI ? many : few, committees.Of(shard.Id).Seats));
        }
    }

    private sealed class EconomyLoad : IShardLoad<IShardTransition>
    {
        private ulong _number;

        public void Tick(ShardWorld<IShardTransition> shards, SimulationRandom random)
        {
            Digest one = TestNetwork.Key(random.Next(Cells)), other = TestNetwork.Key(random.Next(Cells));
            switch (random.Next(8))
            {
                case < 4:
                    shards.Submit(one, PurseTransition.Give(one, random.Next(3) == 0 ? LayoutClass.General : LayoutClass.AI, other, _number++));
                    break;
                case 4:
                    shards.Submit(LayoutClass.AI, one, JobTransition.Run(one, _number++));
                    break;
                case 5:
                    shards.Submit(LayoutClass.AI, one, JobTransition.Refund(one, other, _number++));
                    break;
                case 6 when random.Next(3) == 0 && one != other:
                    shards.Submit(one, BuyProgram.Buy(shards.ChainId, one, LayoutClass.AI, other, 1 + (ulong)random.Next(3), shards.World.NowMs, 4_000));
                    break;
            }
        }
    }

    /// <summary>Units in purses, credits, jobs done and what is under way: always the same in all.</summary>
    private sealed class EconomyAuditor(ulong total) : IShardAuditor
    {
        public string? OnFinal(FinalBlock block, ShardCut state) => null;

        public string? AtCut(ShardCut state)
        {
            ulong sum = (ulong)state.InFlight.Sum(receipt => receipt.Payload.Length) + Jobs(state);
            foreach (ReadOnlyMemory<byte> cell in state.Cells.Values) sum += PurseTransition.Units(cell.Span);
            foreach (ReadOnlyMemory<byte> cell in state.CellsOf(LayoutClass.AI).Values) sum += JobTransition.Read(cell.Span).Credits;
            return sum == total ? null : $"Expected {total} in all, got {sum}.";
        }

        public static ulong Jobs(ShardCut state)
        {
            ulong jobs = 0;
            foreach (ReadOnlyMemory<byte> cell in state.CellsOf(LayoutClass.AI).Values) jobs += JobTransition.Read(cell.Span).Jobs;
            return jobs;
        }
    }
}
