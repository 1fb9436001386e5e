using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
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
    public void Verify_AnchoredHeaderAndAccount_FromTheSetDigestAlone()
    {
        ShardLayout layout = ShardLayout.Create(3);
        ShardChain[] chains = [.. Enumerable.Range(0, 3).Select(i => TestNetwork.Chain(layout, i))];
        var world = new BeaconWorld(4, with: options => options with { Layout = layout, Genesis = [.. chains.Select(chain => chain.Tip)] });
        ValidatorSet set = world.State.Validators;
        foreach (ShardChain chain in chains) Assert.True(chain.Apply(chain.Propose(1)).IsValid);
        world.Next(new BeaconBody { Anchors = [.. chains.Select(chain => Certify(world, chain.Tip))] });
        var client = new BeaconLightClient(world.Options.ChainId, 0, set.Digest, new TestVerifier());
        AnchorProof anchor = world.State.ProveAnchor(chains[1].Shard)!;
        Assert.False(client.Verify(anchor));
        Assert.Equal(LightClientResult.Accepted, client.Accept(world.Last!.Header, world.Certify(world.Last, set), set));
        int wallet = TestNetwork.WalletOn(layout, 1);
        Address address = TestNetwork.AddressOf(wallet);
        var account = new AccountProof(chains[1].Tip, layout.Shards[1].Depth, address, chains[1].GetAccount(address), chains[1].ProveAccount(address));
        Assert.True(client.Verify(anchor, account, layout));
        Assert.False(client.Verify(anchor, account with { Account = account.Account with { Balance = 7 } }, layout));
        Assert.False(client.Verify(world.State.ProveAnchor(chains[0].Shard)!, account, layout));
        // The proof of the next state does not lead to this header.
        world.Next(new BeaconBody { Anchors = [Certify(world, Step(chains[1]))] });
        Assert.False(client.Verify(world.State.ProveAnchor(chains[1].Shard)!));
    }

    private static ShardHeader Step(ShardChain chain)
    {
        Assert.True(chain.Apply(chain.Propose(2)).IsValid);
        return chain.Tip;
    }

    private static Anchor Certify(BeaconWorld world, ShardHeader header)
    {
        Committee committee = world.State.Committees.Of(header.Shard);
        return new Anchor(header, Certificate.Assemble(committee, header.Hash, [.. committee.Members.Select((member, i) => Vote.Cast(i, TestNetwork.Wallet(BeaconWorld.WalletOf(member.PublicKey.Span)), header.Hash))]));
    }
}
