using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>What an adversary with little stake, or a careless host, must not be able to do.</summary>
public class BeaconAttackTests
{
    [Fact]
    public void HandOver_Repeated_DoesNotRunAhead()
    {
        var world = new BeaconWorld(4);
        ValidatorSet set = world.State.Validators;
        world.Next();
        BeaconHeader header = world.Last!.Header;
        BeaconCertificate certificate = world.Certify(world.Last, set);
        var client = new BeaconLightClient(world.Options.ChainId, 0, set.Digest, new TestVerifier());
        Assert.Equal(LightClientResult.Accepted, client.HandOver(header, certificate, set, set));
        Assert.Equal(LightClientResult.WrongEpoch, client.HandOver(header, certificate, set, set));
        Assert.Equal(1UL, client.Epoch);
    }

    [Fact]
    public void Join_DustValidators_NeitherBlockTheSetNorLockStake()
    {
        var world = new BeaconWorld(5, with: options => options with { UnsafeDevelopment = new CommitteeParameters(100), Registry = new RegistryRules { MinChurn = 100, UnbondingEpochs = 2, CorrelationEpochs = 2 } });
        world.Next(new BeaconBody { Deposits = [.. Enumerable.Range(200, 100).Select(wallet => world.Join(wallet, 1))] });
        world.ToEpoch(3);
        Assert.Equal(105, world.State.Validators.Members.Count);
        world.Next(new BeaconBody { Exits = [world.Exit(100)] });
        world.ToEpoch(8);
        Assert.Equal(1000UL, Assert.Single(world.Paid).Amount);
    }

    [Fact]
    public void Join_MoreThanASetHolds_Wait()
    {
        var world = new BeaconWorld(5, with: options => options with { Registry = new RegistryRules { MaxValidators = 6 } });
        world.Next(new BeaconBody { Deposits = [.. Enumerable.Range(200, 4).Select(wallet => world.Join(wallet, 1000))] });
        world.ToEpoch(5);
        Assert.Equal(6, world.State.Validators.Members.Count);
        Assert.True(world.State.Validators.IndexOf(BeaconWorld.Key(200).Span) >= 0);
        world.Next(new BeaconBody { Exits = [world.Exit(100)] });
        world.ToEpoch(10);
        Assert.Equal(6, world.State.Validators.Members.Count);
        Assert.True(world.State.Validators.IndexOf(BeaconWorld.Key(201).Span) >= 0);
        Assert.Throws<ArgumentException>(() => new BeaconWorld(7, with: options => options with { Registry = new RegistryRules { MaxValidators = 6 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeaconWorld(5, with: options => options with { Registry = new RegistryRules { MaxValidators = BeaconLimits.MaxValidators + 1 } }));
    }

    [Fact]
    public void Convicted_WhoseSetHasToStay_VotesNeverCountAgain()
    {
        // Two validators that fill the seats only together, so that no set without the convicted one can be made.
        var world = new BeaconWorld(2, stake: 6, with: options => options with { StallBlocks = 1000, Registry = new RegistryRules { UnbondingEpochs = 2, CorrelationEpochs = 2, ConvictionQuotient = 100 } });
        world.Next(new BeaconBody { Evidence = [world.Twice(101)] });
        for (ulong epoch = 0; epoch < 12; epoch++)
        {
            world.ToEpoch(epoch);
            Assert.Equal(2, world.State.Validators.Members.Count);
            foreach (ShardInfo shard in world.State.Layout.Shards)
            {
                Committee committee = world.State.Committees.Of(shard.Id);
                int honest = committee.Members.Where(member => BeaconWorld.WalletOf(member.PublicKey.Span) == 100).Sum(member => member.Seats);
                BeaconVerdict verdict = world.Try(new BeaconBody { Anchors = [world.Anchor(shard.Id)] });
                Assert.Equal(honest >= committee.Quorum ? CertificateResult.Valid : CertificateResult.TooFewSeats, verdict.Certificate);
            }
        }
    }

    [Fact]
    public void Layout_SplitAndMergedForEver_ForgetsItsPast()
    {
        var world = new BeaconWorld(5, with: options => options with { Topology = new TopologyRules { Trigger = (_, _) => true, DrainBlocks = 1, CooldownEpochs = 0, RememberEpochs = 3 } });
        int most = 0;
        for (int change = 0; change < 16; change++)
        {
            ShardLayout layout = world.State.Layout;
            ReshapeAction action = change % 2 == 0 ? ReshapeAction.Split(layout.Shards[0].Id) : ReshapeAction.Merge(layout.Shards[0].Id, layout.Shards[1].Id);
            Committee target = world.State.TargetOf(action);
            var proposal = new TopologyProposal(action, default);
            world.Next(new BeaconBody { Proposals = [proposal] });
            world.Next(new BeaconBody { Ready = [.. target.Members.Select((member, i) => new Readiness(proposal.Id, i, world.Say(BeaconWorld.WalletOf(member.PublicKey.Span), proposal.Ready(world.State.Epoch))))] });
            world.ToEpoch(world.State.Epoch + 1);
            Assert.False(world.State.Layout.IsLive(action.Shard));
            // What was in force within the last epochs is remembered.
            Assert.True(world.State.Layout.TryGetInfo(action.Shard, out _));
            most = Math.Max(most, world.State.Layout.Lineage.Count());
        }
        Assert.InRange(most, 5, 12);
    }

    [Fact]
    public void Genesis_EntriesOfOtherShards_Throw()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new BeaconWorld(with: options => options with { Genesis = [.. options.Genesis, BeaconWorld.Start(new ShardId(99))] }));
        Assert.Contains("99", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new BeaconWorld(with: options => options with { Genesis = [.. options.Genesis, options.Genesis[0]] }));
        Assert.Throws<ArgumentException>(() => new BeaconWorld(with: options => options with { Genesis = [options.Genesis[0]] }));
        Assert.Throws<ArgumentException>(() => new BeaconWorld(with: options => options with { Genesis = [options.Genesis[0], options.Genesis[1] with { Epoch = 1 }] }));
    }

    [Fact]
    public void Make_WithoutAnAddress_Throws()
    {
        // No reader takes an address of scheme 0: a block with one could not be passed on.
        var world = new BeaconWorld();
        FaultEvidence evidence = world.Twice(100);
        Assert.Throws<ArgumentException>(() => FaultEvidence.Equivocation(BeaconWorld.Key(100), evidence.Statement, evidence.Accused[0].Signature, evidence.Conflicting, evidence.ConflictingSignature, default));
        Assert.Throws<ArgumentException>(() => FaultEvidence.InvalidTransition(evidence.Statement, evidence.Accused, default, default));
        Assert.Throws<ArgumentException>(() => FaultEvidence.Contradiction(BeaconWorld.Key(100), default, 0, default, default));
        Assert.Throws<ArgumentException>(() => Deposit.TopUp(0, BeaconWorld.Key(100), 1, default));
        Assert.Throws<ArgumentException>(() => Deposit.Join(TestNetwork.Wallet(200), world.Options.ChainId, 0, 1, default));
    }
}
