using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>What offences cost, by hand, and what evidence does not convict.</summary>
public class SlashingTests
{
    private static readonly RegistryRules s_rules = new() { MinChurn = 2, UnbondingEpochs = 6, CorrelationEpochs = 4 };

    [Fact]
    public void Conviction_SingleFault_CostsLittle()
    {
        var world = World();
        world.Next(new BeaconBody { Evidence = [world.Twice(100)] });
        // 3200 / 32 = 100.
        Assert.Equal(new Conviction(world.State.Outputs.Convictions[0].PublicKey, Offence.Equivocation, 0, 100), Assert.Single(world.State.Outputs.Convictions));
        Assert.Equal(new StakeLedger(32_000, 28_800, 3_100, 100, 0), world.State.Ledger);
        // Convicted in 0; at the start of 0 + 4 / 2 nine of 3,200 are left on duty: 3100 × min(3 × 3200, 28800) / 28800 = 1033.
        world.ToEpoch(2);
        Assert.Equal((UInt128)1_133, world.State.Ledger.Slashed);
        // Off duty from 3 on, free six epochs later: what is left goes out.
        world.ToEpoch(9);
        Assert.Equal(2_067UL, Assert.Single(world.Paid).Amount);
        Assert.Equal(new StakeLedger(32_000, 28_800, 0, 1_133, 2_067), world.State.Ledger);
    }

    [Fact]
    public void Conviction_JointAttack_CostsEverything()
    {
        var world = World();
        world.Next(new BeaconBody { Evidence = [.. Enumerable.Range(100, 2).Select(i => world.Twice(i))] });
        // In another epoch of the window: one attack all the same.
        world.ToEpoch(1);
        world.Next(new BeaconBody { Evidence = [.. Enumerable.Range(102, 2).Select(i => world.Twice(i))] });
        // 4 × 100 at once. At the start of 2, V_3 still has the latter two: T = 8 × 3200 = 25600, C = 12800, 3C > T: all of 3100 goes.
        Assert.Equal((UInt128)400, world.State.Ledger.Slashed);
        world.ToEpoch(2);
        Assert.Equal((UInt128)(400 + 2 * 3100), world.State.Ledger.Slashed);
        world.ToEpoch(3);
        Assert.Equal((UInt128)(4 * 3200), world.State.Ledger.Slashed);
        world.ToEpoch(12);
        Assert.Empty(world.Paid);
    }

    [Fact]
    public void Conviction_OutsideTheWindow_IsNotCorrelated()
    {
        var world = World();
        world.Next(new BeaconBody { Evidence = [world.Twice(100)] });
        world.ToEpoch(4);
        // 100 of the first, 1033 of its window.
        Assert.Equal((UInt128)1_133, world.State.Ledger.Slashed);
        world.Next(new BeaconBody { Evidence = [world.Twice(101)] });
        world.ToEpoch(6);
        // T = 8 × 3200, and only its own 3200 in the window: 3100 × 9600 / 25600 = 1162 (and 100 at once).
        Assert.Equal((UInt128)(1_133 + 100 + 1_162), world.State.Ledger.Slashed);
    }

    [Fact]
    public void Correlated_KnownAnswers()
    {
        Assert.Equal(0UL, Slashing.Correlated(s_rules, 3200, 0, 32_000));
        Assert.Equal(9UL, Slashing.Correlated(s_rules, 3200, 32, 32_000)); // 3200 × 96 / 32000 = 9.6
        Assert.Equal(3200UL, Slashing.Correlated(s_rules, 3200, 10_667, 32_000)); // 3 × 10667 = 32001 > 32000
        Assert.Equal(3199UL, Slashing.Correlated(s_rules, 3200, 10_666, 32_000)); // 3200 × 31998 / 32000 = 3199.8
        Assert.Equal((ulong)long.MaxValue, Slashing.Correlated(s_rules, long.MaxValue, long.MaxValue, long.MaxValue));
        Assert.Equal(12UL, Slashing.Withheld(s_rules, 3200, 1, 32)); // 3200 × 1 / (32 × 8) = 12.5
        Assert.Equal(400UL, Slashing.Withheld(s_rules, 3200, 32, 32));
    }

    [Fact]
    public void Reporter_Share_ComesOutOfThePenalty()
    {
        var world = World(rules: s_rules with { ReporterQuotient = 8 });
        world.Next(new BeaconBody { Evidence = [world.Twice(100)] });
        // 100 / 8 = 12 to the reporter, 88 for good.
        Assert.Equal(new WithdrawalReceipt(0, TestNetwork.AddressOf(0), 12), Assert.Single(world.Paid));
        Assert.Equal(new StakeLedger(32_000, 28_800, 3_100, 88, 12), world.State.Ledger);
    }

    [Fact]
    public void Evidence_Replayed_PunishesNobodyAgain()
    {
        var world = World();
        FaultEvidence evidence = world.Twice(100);
        AssertRefused(world, FaultResult.AlreadyConvicted, 1, evidence, evidence);
        world.Next(new BeaconBody { Evidence = [evidence] });
        AssertRefused(world, FaultResult.AlreadyConvicted, 0, evidence);
        AssertRefused(world, FaultResult.AlreadyConvicted, 0, world.Twice(100, view: 9));
        world.ToEpoch(9);
        // The record is gone with the last of the stake; so is the duty of epoch 0.
        AssertRefused(world, FaultResult.Expired, 0, evidence);
        AssertRefused(world, FaultResult.NotOnDuty, 0, world.Twice(100, epoch: 3));
    }

    [Fact]
    public void Evidence_OfAnotherTime_IsNamed()
    {
        var world = World();
        AssertRefused(world, FaultResult.FromTheFuture, 0, world.Twice(100, epoch: 1));
        AssertRefused(world, FaultResult.NotOnDuty, 0, world.Twice(300));
        world.Next(new BeaconBody { Deposits = [world.Join(300, 500)] });
        AssertRefused(world, FaultResult.NotOnDuty, 0, world.Twice(300));
        world.ToEpoch(6);
        Assert.True(world.Try(new BeaconBody { Evidence = [world.Twice(100, epoch: 0)] }).IsValid);
        world.ToEpoch(7);
        AssertRefused(world, FaultResult.Expired, 0, world.Twice(100, epoch: 0));
    }

    [Fact]
    public void Evidence_InUnbonding_StillCosts()
    {
        var world = World();
        world.Next(new BeaconBody { Exits = [world.Exit(100)] });
        world.ToEpoch(8);
        // Off duty since 3, free at 9: an offence of its last day of duty is shown one epoch before. Locked on until 8 + 4.
        world.Next(new BeaconBody { Evidence = [world.Twice(100, epoch: 2)] });
        world.ToEpoch(11);
        Assert.Empty(world.Paid);
        world.ToEpoch(12);
        // 3200 - 100 - 3100 × 9600 / 28800.
        Assert.Equal(3200UL - 100 - 1033, Assert.Single(world.Paid).Amount);
    }

    [Fact]
    public void Evidence_Forged_IsRefused()
    {
        var world = World();
        var one = new Statement(1, new(1), 0, 3, TestNetwork.Key(1));
        Statement other = one with { Digest = TestNetwork.Key(2) }, elsewhere = other with { View = 4 };
        ReadOnlyMemory<byte> good = world.Say(100, one), foreign = world.Say(101, other);
        AssertRefused(world, FaultResult.BadSignature, 0, FaultEvidence.Equivocation(BeaconWorld.Key(100), one, good, other, foreign, TestNetwork.AddressOf(0)));
        AssertRefused(world, FaultResult.BadSignature, 0, FaultEvidence.Equivocation(BeaconWorld.Key(100), one, foreign, other, world.Say(100, other), TestNetwork.AddressOf(0)));
        Assert.Throws<ArgumentException>(() => FaultEvidence.Equivocation(BeaconWorld.Key(100), one, good, one, good, default));
        Assert.Throws<ArgumentException>(() => FaultEvidence.Equivocation(BeaconWorld.Key(100), one, good, elsewhere, good, default));
        // A signature of the place before does not do for this one.
        AssertRefused(world, FaultResult.BadSignature, 0, FaultEvidence.Equivocation(BeaconWorld.Key(100), one, good, other, world.Say(100, elsewhere), TestNetwork.AddressOf(0)));
    }

    [Fact]
    public void Evidence_InvalidTransition_ConvictsAllWhoSigned()
    {
        var world = World(auditor: new Auditor());
        var statement = new Statement(2, new(1), 0, 5, TestNetwork.Key(1));
        Accusation[] accused = [.. Enumerable.Range(100, 3).Select(i => new Accusation(BeaconWorld.Key(i), world.Say(i, statement)))];
        AssertRefused(world, FaultResult.NotProven, 0, FaultEvidence.InvalidTransition(statement, accused, new byte[] { 6 }, TestNetwork.AddressOf(0)));
        FaultEvidence proven = FaultEvidence.InvalidTransition(statement, accused, new byte[] { 5 }, TestNetwork.AddressOf(0));
        AssertRefused(world, FaultResult.BadSignature, 0, FaultEvidence.InvalidTransition(statement, [accused[0], new Accusation(BeaconWorld.Key(105), accused[1].Signature)], new byte[] { 5 }, TestNetwork.AddressOf(0)));
        // One of them is convicted already, for something else: the others follow, and it pays once.
        world.Next(new BeaconBody { Evidence = [world.Twice(101), proven] });
        Assert.Equal(3, world.State.Outputs.Convictions.Count);
        Assert.Equal((UInt128)300, world.State.Ledger.Slashed);
        Assert.Throws<ArgumentException>(() => FaultEvidence.InvalidTransition(statement, [accused[0], accused[0]], default, default));
    }

    [Fact]
    public void Evidence_ContradictionOfAProtocol_IsTheAuditorsToJudge()
    {
        var world = World(auditor: new Auditor());
        AssertRefused(world, FaultResult.NotProven, 0, FaultEvidence.Contradiction(BeaconWorld.Key(100), new(1), 0, BeaconWorld.Key(101), TestNetwork.AddressOf(0)));
        FaultEvidence proven = FaultEvidence.Contradiction(BeaconWorld.Key(100), new(1), 0, BeaconWorld.Key(100), TestNetwork.AddressOf(0));
        AssertRefused(World(), FaultResult.NotProven, 0, proven);
        world.Next(new BeaconBody { Evidence = [proven] });
        Assert.Equal((Offence.Contradiction, 100UL), (world.State.Outputs.Convictions[0].Offence, world.State.Outputs.Convictions[0].Penalty));
        AssertRefused(world, FaultResult.AlreadyConvicted, 0, proven);
    }

    [Fact]
    public void Convicted_Votes_CountNowhereAtOnce()
    {
        var world = World();
        var shard = world.State.Layout.Shards[0].Id;
        var committee = world.State.Committees.Of(shard);
        // Voters with exactly a quorum, or just above; without one of them too few are left.
        var voters = new HashSet<int>();
        int seats = 0;
        foreach (var member in committee.Members.TakeWhile(_ => seats < committee.Quorum))
        {
            voters.Add(BeaconWorld.WalletOf(member.PublicKey.Span));
            seats += member.Seats;
        }
        int convicted = voters.First();
        Assert.True(world.Try(new BeaconBody { Anchors = [world.Anchor(shard, voters.Contains)] }).IsValid);
        world.Next(new BeaconBody { Evidence = [world.Twice(convicted)] });
        Assert.Equal(new BeaconVerdict(BeaconResult.BadCertificate, 0, CertificateResult.TooFewSeats), world.Try(new BeaconBody { Anchors = [world.Anchor(shard, voters.Contains)] }));
        Assert.True(world.Try(new BeaconBody { Anchors = [world.Anchor(shard)] }).IsValid);
        // And its key can take in nothing more; what is sent goes back.
        world.Next(new BeaconBody { Deposits = [world.Vouch(Deposit.TopUp(0, BeaconWorld.Key(convicted), 77, TestNetwork.AddressOf(3)))] });
        Assert.Equal(new WithdrawalReceipt(0, TestNetwork.AddressOf(3), 77), Assert.Single(world.Paid));
    }

    private static BeaconWorld World(RegistryRules? rules = null, IFaultAuditor? auditor = null) =>
        new(10, stake: 3200, with: options => options with { Registry = rules ?? s_rules, Auditor = auditor ?? options.Auditor });

    private static void AssertRefused(BeaconWorld world, FaultResult reason, int index, params FaultEvidence[] evidence) =>
        Assert.Equal(new BeaconVerdict(BeaconResult.BadEvidence, index, Evidence: reason), world.Try(new BeaconBody { Evidence = evidence }));

    // Execution gives the view; a witness of another number proves nothing.
    private sealed class Auditor : IFaultAuditor
    {
        public bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness) => witness.Length == 1 && witness[0] == view;

        public bool Contradicts(ReadOnlySpan<byte> publicKey, ulong shard, ulong epoch, ReadOnlySpan<byte> proof) => proof.SequenceEqual(publicKey) && shard == 1 && epoch == 0;
    }
}
