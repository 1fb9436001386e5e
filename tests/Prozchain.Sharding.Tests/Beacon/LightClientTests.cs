using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Replication;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>The quorum of the whole pool, and a client that follows nothing but headers.</summary>
public class LightClientTests
{
    [Fact]
    public void Quorum_KnownAnswers()
    {
        Assert.Equal([1UL, 2UL, 3UL, 3UL, 5UL, 7UL], new ulong[] { 1, 2, 3, 4, 6, 9 }.Select(BeaconQuorum.Of));
        Assert.Equal([0UL, 0UL, 0UL, 1UL, 1UL, 2UL], new ulong[] { 1, 2, 3, 4, 6, 9 }.Select(BeaconQuorum.MaxFaulty));
        Assert.Equal(6_148_914_691_236_517_205UL, BeaconQuorum.Of(long.MaxValue));
        // Two quorums share more stake than can be dishonest.
        for (ulong total = 1; total < 1000; total++) Assert.True(2 * BeaconQuorum.Of(total) - total > BeaconQuorum.MaxFaulty(total));
    }

    [Fact]
    public void Certificate_CountsStakeNotHeads()
    {
        // 9 of 1000 and one of 20,000: the nine alone are no quorum, and neither is the one.
        var world = new BeaconWorld(10, with: options => options with { Validators = [.. options.Validators.Select((validator, i) => i == 0 ? validator with { Stake = 20_000 } : validator)] });
        world.Next();
        ValidatorSet set = world.State.Validators;
        BeaconBlock block = world.Last!;
        Assert.Equal((29_000UL, 19_334UL), (set.TotalStake, set.Quorum));
        Assert.Equal(CertificateResult.TooFewSeats, Check(wallet => wallet != 100));
        Assert.Equal(CertificateResult.Valid, Check(wallet => wallet == 100));
        Assert.Equal(CertificateResult.Valid, Check(_ => true));
        // Under a cap of 2000 it takes ten heads' worth.
        var capped = new BeaconWorld(10, with: options => options with { Validators = world.Options.Validators, Registry = new RegistryRules { MaxEffectiveStake = 2000 } });
        Assert.Equal((11_000UL, 7_334UL), (capped.State.Validators.TotalStake, capped.State.Validators.Quorum));

        BeaconCertificate good = world.Certify(block, set);
        Assert.Equal(CertificateResult.WrongHeader, good.Verify(set, default, new TestVerifier()));
        Assert.Equal(CertificateResult.WrongCommittee, good.Verify(new BeaconWorld(9).State.Validators, block.Hash, new TestVerifier()));
        Assert.Equal(CertificateResult.BadSignature, good.Verify(new ValidatorSet([.. set.Members.Reverse()]), block.Hash, new TestVerifier()));

        CertificateResult Check(Func<int, bool> votes) => world.Certify(block, set, votes).Verify(set, block.Hash, new TestVerifier());
    }

    [Fact]
    public void Follow_FullTurnover_EpochByEpoch()
    {
        var world = new BeaconWorld(4, with: options => options with { Registry = new RegistryRules { MinChurn = 2, UnbondingEpochs = 2, CorrelationEpochs = 2 } });
        Digest genesis = world.State.Validators.Digest;
        var client = new BeaconLightClient(world.Options.ChainId, 0, genesis, new TestVerifier());
        for (int i = 0; world.State.Epoch < 12; i++)
        {
            BeaconBody body = i switch
            {
                0 => new() { Deposits = [.. Enumerable.Range(200, 6).Select(wallet => world.Join(wallet, 1000))] },
                1 => new() { Exits = [.. Enumerable.Range(100, 4).Select(world.Exit)] },
                _ => new(),
            };
            ValidatorSet set = world.State.Validators, next = world.State.NextValidators;
            world.Next(body);
            if (world.Slot != 0) continue;
            // The last block of an epoch, certified by the validators that go; the client sees nothing else.
            BeaconCertificate certificate = world.Certify(world.Last!, set);
            Assert.Equal(LightClientResult.Accepted, client.HandOver(world.Last!.Header, certificate, set, next));
        }
        Assert.Equal(12UL, client.Epoch);
        Assert.Equal(world.Last!.Hash, client.Header!.Hash);
        Assert.All(world.State.Validators.Members, member => Assert.InRange(BeaconWorld.WalletOf(member.PublicKey.Span), 200, 205));
        Assert.NotEqual(genesis, world.State.Validators.Digest);
    }

    [Fact]
    public void Accept_WhatIsNotCertifiedOrNotTheRightSet_IsNamed()
    {
        var world = new BeaconWorld(4);
        ValidatorSet set = world.State.Validators, strangers = new BeaconWorld(5).State.Validators;
        world.Next();
        BeaconBlock first = world.Last!;
        world.Next();
        BeaconHeader header = world.Last!.Header;
        BeaconCertificate certificate = world.Certify(world.Last, set);
        var client = new BeaconLightClient(world.Options.ChainId, 0, set.Digest, new TestVerifier());
        Assert.Equal(LightClientResult.WrongChain, new BeaconLightClient(8, 0, set.Digest, new TestVerifier()).Accept(header, certificate, set));
        Assert.Equal(LightClientResult.WrongEpoch, new BeaconLightClient(world.Options.ChainId, 1, set.Digest, new TestVerifier()).Accept(header, certificate, set));
        Assert.Equal(LightClientResult.WrongValidators, client.Accept(header, certificate, strangers));
        Assert.Equal(LightClientResult.WrongValidators, new BeaconLightClient(world.Options.ChainId, 0, strangers.Digest, new TestVerifier()).Accept(header, certificate, strangers));
        Assert.Equal(LightClientResult.BadCertificate, client.Accept(header, world.Certify(world.Last, set, wallet => wallet < 102), set));
        Assert.Equal(LightClientResult.BadCertificate, client.Accept(header, world.Certify(first, set), set));
        Assert.Equal(LightClientResult.Accepted, client.Accept(header, certificate, set));
        Assert.Equal(LightClientResult.NotNewer, client.Accept(first.Header, world.Certify(first, set), set));
        Assert.Equal(LightClientResult.WrongNextValidators, client.HandOver(header, certificate, set, strangers));
        Assert.Equal(0UL, client.Epoch);
        Assert.Equal(LightClientResult.Accepted, client.HandOver(header, certificate, set, set));
        Assert.Equal(1UL, client.Epoch);
    }

    [Fact]
    public void Verify_AnchoredStateAndAccount_FromTheSetDigestAlone()
    {
        ShardLayout layout = MachineWorld.Layout;
        using var machines = new MachineWorld().Shards[1];
        int rich = MachineWorld.Wallet(1), absent = MachineWorld.Wallet(1, 1), elsewhere = MachineWorld.Wallet(0);
        machines.Fund(1000, [rich, .. Enumerable.Range(2, 8).Select(i => MachineWorld.Wallet(1, i))]);
        machines.Step();
        Digest root = machines.State.StateRoot(machines.Cells.Root);
        var world = new BeaconWorld(4, with: options => options with { Layout = layout, Genesis = [.. layout.Shards.Select(shard => BeaconWorld.Start(shard.Id))] });
        ValidatorSet set = world.State.Validators;
        ShardInfo shard = layout.Shards[1];
        OrderingInstance run = world.State.OrderingOf(world.Options, shard.Id, 0)!;
        // The sealing header states the state after the block below; the proof goes on to the final one.
        MicroHeader seal = Sealing(BeaconWorld.Header(run, 2, TestNetwork.Key(4)), root), final = BeaconWorld.Header(run, 3, seal.Hash, MicroBlockKind.Closing);
        world.Next(new BeaconBody { Anchors = [world.Anchor(layout.Shards[0].Id), BeaconWorld.Prove(run, [seal, final])] });
        var client = new BeaconLightClient(world.Options.ChainId, 0, set.Digest, new TestVerifier());
        AnchorProof anchor = world.State.ProveAnchor(shard.Id)!;
        Assert.Equal((2UL, 2UL, root), (anchor.Entry.Height, anchor.Entry.StateHeight, anchor.Entry.StateRoot));
        Assert.False(client.Verify(anchor));
        Assert.Equal(LightClientResult.Accepted, client.Accept(world.Last!.Header, world.Certify(world.Last, set), set));
        AccountProof account = AccountProof.Of(machines.Cells, machines.State, TestNetwork.AddressOf(rich));
        Assert.Equal(1000UL, account.Account.Balance);
        Assert.True(client.Verify(anchor, account, layout));
        Assert.True(client.Verify(anchor, AccountProof.Of(machines.Cells, machines.State, TestNetwork.AddressOf(absent)), layout));
        Assert.False(client.Verify(anchor, account with { Account = account.Account with { Balance = 7 } }, layout));
        Assert.False(client.Verify(anchor, account with { Atomic = TestNetwork.Key(1) }, layout));
        Assert.False(client.Verify(anchor, account with { Channels = TestNetwork.Key(1) }, layout));
        Assert.False(client.Verify(anchor, account with { Cells = TestNetwork.Key(1) }, layout));
        Assert.False(client.Verify(world.State.ProveAnchor(layout.Shards[0].Id)!, account, layout));
        // Rich on its own shard, and absent, of course, from the other one's cells.
        AccountProof forged = AccountProof.Of(machines.Cells, machines.State, TestNetwork.AddressOf(rich)) with
        {
            Address = TestNetwork.AddressOf(elsewhere), Account = default, Proof = machines.Cells.Prove(TestNetwork.AddressOf(elsewhere).Digest),
        };
        Assert.False(client.Verify(anchor, forged, layout));
        Assert.False(account.Holds(root, ShardLayout.Create(4).Shards.Single(info => info.Contains(TestNetwork.AddressOf(rich).Digest))));
        // The proof of the next state does not lead to this header.
        world.Next(new BeaconBody { Anchors = [world.Anchor(shard.Id)] });
        Assert.False(client.Verify(world.State.ProveAnchor(shard.Id)!));
    }

    private static MicroHeader Sealing(MicroHeader header, Digest root) => new()
    {
        Kind = header.Kind, ChainId = header.ChainId, Shard = header.Shard, Epoch = header.Epoch, Instance = header.Instance, View = header.View, ParentView = header.ParentView, Height = header.Height,
        Parent = header.Parent, TimeMs = header.TimeMs, BodyRoot = header.BodyRoot, BodyLength = header.BodyLength, ReceiptsRoot = header.ReceiptsRoot, WriteDigest = header.WriteDigest, StateRoot = root,
    };
}
