using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>Randomness from reveals: what goes in, when it is fixed, and what withholding costs.</summary>
public class RevealTests
{
    private static readonly RevealRules s_vrf = new(new VrfReveals(new TestVrf()), Slots: 3, Grace: 1);

    [Fact]
    public void Seed_EveryReveal_Counts()
    {
        var all = World();
        all.ToEpoch(1);
        Digest seed = all.State.NextSeed;
        Assert.Equal(4, new[] { seed, Skip(0), Skip(1), Skip(2) }.Distinct().Count());

        static Digest Skip(int slot)
        {
            var world = World();
            SkipSlots(world, slot);
            return world.State.NextSeed;
        }
    }

    [Fact]
    public void Seed_OrderOfReveals_DoesNotCount()
    {
        var one = World();
        one.ToEpoch(1);
        var late = World();
        late.Apply([]);
        late.Apply([late.RevealOf(1), late.RevealOf(0)]);
        late.Apply([]);
        late.Apply([late.RevealOf(2)]);
        Assert.Equal(one.State.NextSeed, late.State.NextSeed);
        Assert.NotEqual(one.State.NextSeed, one.State.Seed);
    }

    [Fact]
    public void Reveal_OutsideItsWindowOrNotTheRevealers_IsRefused()
    {
        var world = World();
        AssertRefused(world, world.RevealOf(1));
        AssertRefused(world, new Reveal(3, world.RevealOf(0).Bytes));
        AssertRefused(world, new Reveal(0, world.RevealOf(1).Bytes));
        AssertRefused(world, new Reveal(0, new byte[64]));
        Reveal first = world.RevealOf(0);
        Assert.Equal(new BeaconVerdict(BeaconResult.BadReveal, 1), world.Try(new BeaconBody { Reveals = [first, first] }));
        world.Apply([]);
        Assert.True(world.Try(new BeaconBody { Reveals = [first] }).IsValid);
        world.Apply([]);
        AssertRefused(world, first);
        var without = new BeaconWorld();
        Assert.Equal(BeaconResult.BadReveal, without.Try(new BeaconBody { Reveals = [first] }).Result);
    }

    [Fact]
    public void Withheld_Slots_CostMoreTheMoreThereAre()
    {
        // Stake 24000 each: one withheld of three slots costs 24000 × 1 / (3 × 8) = 1000; of three withheld each costs 3000.
        var one = World(24_000);
        SkipSlots(one, 1);
        Assert.Equal((UInt128)1000, one.State.Ledger.Slashed);
        Assert.Equal(Offence.WithheldReveal, Assert.Single(one.State.Outputs.Convictions).Offence);
        var three = World(24_000);
        var revealers = Enumerable.Range(0, 3).Select(slot => BeaconWorld.WalletOf(three.State.Revealer(slot)!.PublicKey.Span)).ToList();
        SkipSlots(three, 0, 1, 2);
        // A revealer that was drawn twice pays the second time from what is left: 21000 × 3 / 24 = 2625.
        long expected = revealers.GroupBy(wallet => wallet).Sum(group => group.Count() switch { 1 => 3000L, 2 => 5625L, _ => 3000 + 2625 + 2296 });
        Assert.Equal((UInt128)expected, three.State.Ledger.Slashed);
        Assert.All(three.State.Records, record => Assert.False(record.IsConvicted));
    }

    [Fact]
    public void Draw_AfterTheRevealsBegan_CannotBeMovedByTheRegistry() => Replay.Run(
        random =>
        {
            // Two worlds with the same reveals; in one of them validators join, leave, add stake and are convicted in epoch 2.
            BeaconWorld quiet = World(), busy = World();
            quiet.ToEpoch(2);
            busy.ToEpoch(2);
            for (int block = 0; block < 4; block++)
            {
                quiet.Next();
                int wallet = random.Next(BeaconWorld.FirstWallet, BeaconWorld.FirstWallet + 5);
                BeaconBody body = random.Next(4) switch
                {
                    0 => new() { Deposits = [busy.Join(200 + block, (ulong)random.Next(1, 9000))] },
                    1 => new() { Deposits = [busy.Vouch(Deposit.TopUp(busy.Deposits.Count, BeaconWorld.Key(wallet), (ulong)random.Next(1, 9000), TestNetwork.AddressOf(1)))] },
                    2 => new() { Exits = [busy.Exit(wallet)] },
                    _ => new() { Evidence = [busy.Twice(BeaconWorld.WalletOf(busy.State.Revealer(0)!.PublicKey.Span))], Reveals = busy.Due() },
                };
                // The convicted may not reveal any more, which changes the seed, but only as withholding does; leave those out.
                if (body.Evidence.Count > 0 && busy.State.Revealer(0) is { } hit && Enumerable.Range(busy.Slot, Math.Max(0, 3 - busy.Slot)).Any(slot => busy.State.Revealer(slot)!.PublicKey.Span.SequenceEqual(hit.PublicKey.Span))) body = new();
                busy.Next(busy.Try(body with { Reveals = busy.Due() }).IsValid ? body : new());
            }
            Assert.Equal(quiet.State.NextSeed, busy.State.NextSeed);
            // Epoch 4: its set was fixed as epoch 2 began, its seed is made of epoch 2's reveals, its committees are drawn now.
            Assert.Equal(Seats(quiet.State.Committees), Seats(busy.State.Committees));
            Assert.Equal(Seats(quiet.State.NextCommittees), Seats(busy.State.NextCommittees));
            Assert.Equal(quiet.State.NextValidators.Digest, busy.State.NextValidators.Digest);
        },
        count: 30);

    [Fact]
    public void Draw_NextCommittees_StandForAWholeEpoch()
    {
        var world = World();
        for (ulong epoch = 1; epoch < 6; epoch++)
        {
            world.ToEpoch(epoch);
            CommitteeAssignment next = world.State.NextCommittees;
            Digest seed = world.State.NextSeed;
            world.ToEpoch(epoch + 1);
            Assert.Same(next, world.State.Committees);
            Assert.Equal(seed, world.State.Seed);
            CommitteeAssignment again = CommitteeAssignment.Draw(seed.Span, epoch + 1, world.State.Validators.Members, world.State.Layout, world.Options.UnsafeDevelopment!.Value);
            Assert.Equal(Seats(again), Seats(next));
        }
    }

    [Fact]
    public void CommitReveal_Layers_OpenOneByOne()
    {
        var scheme = new CommitReveal();
        Digest[] layers = CommitReveal.Chain(TestNetwork.Key(1).Span, 3);
        ReadOnlyMemory<byte> key = layers[3].Span.ToArray();
        var outputs = new HashSet<Digest>();
        for (int i = 2; i >= 0; i--)
        {
            Assert.False(scheme.TryOpen(key, default, layers[i + 1].Span, out _, out _));
            Assert.True(scheme.TryOpen(key, default, layers[i].Span, out Digest output, out key));
            Assert.True(outputs.Add(output));
            Assert.True(key.Span.SequenceEqual(layers[i].Span));
        }
        Assert.False(scheme.TryOpen(key, default, new byte[31], out _, out _));
        Assert.True(scheme.IsPossessed(layers[3].Span, default, default));
        Assert.False(scheme.IsPossessed(new byte[31], default, default));
    }

    [Fact]
    public void CommitReveal_InTheFold_MovesTheKeyAndTheSeed()
    {
        var chains = Enumerable.Range(100, 5).ToDictionary(wallet => wallet, wallet => CommitReveal.Chain(TestNetwork.Key(wallet).Span, 100));
        var world = new BeaconWorld(with: options => options with
        {
            Reveals = new RevealRules(new CommitReveal(), 3, 1),
            Validators = [.. options.Validators.Select(validator => validator with { RandomnessKey = chains[BeaconWorld.WalletOf(validator.PublicKey.Span)][^1].Span.ToArray() })],
        });
        var seeds = new HashSet<Digest>();
        var opened = new Dictionary<int, int>();
        while (world.State.Epoch < 5)
        {
            if (world.Slot == 3) world.Apply([]);
            else
            {
                int wallet = BeaconWorld.WalletOf(world.State.Revealer(world.Slot)!.PublicKey.Span);
                int layer = opened[wallet] = opened.GetValueOrDefault(wallet) + 1;
                world.Apply([new Reveal(world.Slot, chains[wallet][^(layer + 1)].Span.ToArray())]);
            }
            seeds.Add(world.State.NextSeed);
        }
        Assert.Equal(6, seeds.Count);
        Assert.Equal((UInt128)0, world.State.Ledger.Slashed);
    }

    [Fact]
    public void Vrf_Ecvrf_JoinsRevealsAndIsCheckedByAll()
    {
        EcvrfProver[] provers = [.. Enumerable.Range(0, 6).Select(i => new EcvrfProver(TestNetwork.Key(i).Span))];
        var world = new BeaconWorld(with: options => options with
        {
            Reveals = new RevealRules(new VrfReveals(new EcvrfVerifier()), 3, 1),
            Validators = [.. options.Validators.Select((validator, i) => validator with { RandomnessKey = provers[i].PublicKey.ToArray() })],
        });
        byte[] key = provers[5].PublicKey.ToArray();
        Digest message = Deposit.RandomnessMessage(world.Options.ChainId, BeaconWorld.Key(200).Span, key);
        Deposit good = world.Vouch(Deposit.Join(TestNetwork.Wallet(200), world.Options.ChainId, 0, 500, TestNetwork.AddressOf(200), key, Prove(provers[5], message)));
        // Another's key, with another's proof over another validator.
        Deposit stolen = world.Vouch(Deposit.Join(TestNetwork.Wallet(201), world.Options.ChainId, 1, 400, TestNetwork.AddressOf(201), provers[4].PublicKey.ToArray(), Prove(provers[5], message)));
        Assert.True(world.Try(new BeaconBody { Deposits = [good, stolen], Reveals = [Reveal(0)] }).IsValid);
        world.Next(new BeaconBody { Deposits = [good, stolen], Reveals = [Reveal(0)] });
        Assert.Equal(400UL, Assert.Single(world.Paid).Amount);
        byte[] forged = Reveal(1).Bytes.ToArray();
        forged[40] ^= 1;
        AssertRefused(world, new Reveal(1, forged));
        world.Apply([Reveal(1)]);
        world.Apply([Reveal(2)]);
        world.Apply([]);
        Assert.Equal((UInt128)0, world.State.Ledger.Slashed);
        Assert.Equal(1UL, world.State.Epoch);

        Reveal Reveal(int slot)
        {
            Assert.True(world.State.TryGetValidator(world.State.Revealer(slot)!.PublicKey, out ValidatorRecord? record));
            EcvrfProver prover = provers.Single(prover => prover.PublicKey.Span.SequenceEqual(record.RandomnessKey.Span));
            return new Reveal(slot, Prove(prover, RevealRules.Message(world.Options.ChainId, world.State.Epoch, slot)));
        }
    }

    private static byte[] Prove(EcvrfProver prover, Digest message)
    {
        var proof = new byte[EcvrfProver.ProofSize];
        prover.Prove(message.Span, proof);
        return proof;
    }

    private static BeaconWorld World(ulong stake = 1000) => new(stake: stake, with: options => options with { Reveals = s_vrf });

    private static void SkipSlots(BeaconWorld world, params int[] slots)
    {
        for (int i = 0; i < 4; i++) world.Apply(i < 3 && !slots.Contains(i) ? [world.RevealOf(i)] : []);
    }

    private static void AssertRefused(BeaconWorld world, Reveal reveal) => Assert.Equal(new BeaconVerdict(BeaconResult.BadReveal, 0), world.Try(new BeaconBody { Reveals = [reveal] }));

    private static IEnumerable<string> Seats(CommitteeAssignment committees) => Enumerable.Range(1, 3).Select(id => new Sharding.Layout.ShardId((ulong)id))
        .Where(id => committees.TryGet(id, out _)).SelectMany(id => committees.Of(id).Members.Select(member => $"{id}:{Convert.ToHexString(member.PublicKey.Span)}:{member.Seats}"));
}
