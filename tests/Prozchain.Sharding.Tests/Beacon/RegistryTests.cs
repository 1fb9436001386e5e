using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>Stake comes in by deposits, waits for duty, leaves after the unbonding delay, and is never lost or made.</summary>
public class RegistryTests
{
    private static readonly RegistryRules s_rules = new() { MinStake = 100, MaxEffectiveStake = 2000, MinChurn = 2, UnbondingEpochs = 4, CorrelationEpochs = 4 };

    [Fact]
    public void Join_WithBothKeysShown_IsOnDutyThreeEpochsLater()
    {
        var world = World();
        world.Next(new BeaconBody { Deposits = [world.Join(200, 500)] });
        Assert.Equal(new StakeLedger(5500, 5500, 0, 0, 0), world.State.Ledger);
        world.ToEpoch(2);
        Assert.Equal(-1, world.State.Validators.IndexOf(BeaconWorld.Key(200).Span));
        Assert.True(world.State.NextValidators.IndexOf(BeaconWorld.Key(200).Span) >= 0);
        world.ToEpoch(3);
        Validator joined = world.State.Validators.Members[world.State.Validators.IndexOf(BeaconWorld.Key(200).Span)];
        Assert.Equal(500UL, joined.Stake);
        Assert.Equal(5500UL, world.State.Validators.TotalStake);
    }

    [Fact]
    public void Join_Ed25519Keys_SignVoteAndLeave()
    {
        Ed25519Signer[] signers = [.. Enumerable.Range(1, 5).Select(i => new Ed25519Signer(TestNetwork.Key(i).Span))];
        var world = new BeaconWorld(with: options => options with { Verifier = new Ed25519Verifier(), Validators = [.. signers[..4].Select(signer => new Validator(signer.PublicKey, 1000))] });
        world.Next(new BeaconBody
        {
            Deposits = [world.Vouch(Deposit.Join(signers[4], world.Options.ChainId, 0, 700, TestNetwork.AddressOf(1)))],
            Exits = [ExitOrder.Sign(signers[0], world.Options.ChainId, 0)],
        });
        Assert.True(world.State.TryGetValidator(signers[4].PublicKey, out ValidatorRecord? joined));
        Assert.Equal(700UL, joined.Stake);
        ValidatorSet set = world.State.Validators;
        Digest hash = world.Last!.Hash;
        CertificateShare[] votes = [.. signers[..4].Select(signer =>
        {
            var signature = new byte[65];
            signer.Sign(BeaconCertificate.MessageFor(hash).Span, signature);
            return new CertificateShare(set.IndexOf(signer.PublicKey.Span), signature);
        })];
        Assert.Equal(CertificateResult.Valid, BeaconCertificate.Assemble(set, hash, votes[..3]).Verify(set, hash, world.Options.Verifier));
        Assert.Equal(CertificateResult.TooFewSeats, BeaconCertificate.Assemble(set, hash, votes[..2]).Verify(set, hash, world.Options.Verifier));
        Assert.Equal(CertificateResult.BadSignature, BeaconCertificate.Assemble(set, hash, [votes[0], votes[1], votes[2] with { Share = votes[3].Share }]).Verify(set, hash, world.Options.Verifier));
        world.ToEpoch(3);
        Assert.Equal(3UL * 1000 + 700, world.State.Validators.TotalStake);
    }

    [Fact]
    public void Deposit_ThatCannotJoin_IsPaidBack()
    {
        var world = World();
        // No proof of the key, too little stake, a top-up of nobody, a randomness key that another validator has.
        Deposit[] bad = [world.Join(200, 500, signed: false), world.Join(201, 99), world.Vouch(Deposit.TopUp(2, BeaconWorld.Key(202), 50, TestNetwork.AddressOf(7)))];
        world.Next(new BeaconBody { Deposits = bad });
        Assert.Equal([500UL, 99UL, 50UL], world.Paid.Select(receipt => receipt.Amount));
        Assert.Equal([TestNetwork.AddressOf(200), TestNetwork.AddressOf(201), TestNetwork.AddressOf(7)], world.Paid.Select(receipt => receipt.To));
        Assert.Equal(new StakeLedger(5649, 5000, 0, 0, 649), world.State.Ledger);
        Assert.Equal(5, world.State.Records.Count());
    }

    [Fact]
    public void Deposit_TopUpAboveTheCap_CountsUpToIt()
    {
        var world = World();
        world.Next(new BeaconBody { Deposits = [world.Vouch(Deposit.TopUp(0, BeaconWorld.Key(100), 5000, TestNetwork.AddressOf(1)))] });
        world.ToEpoch(3);
        Assert.Equal(2000UL + 4 * 1000, world.State.Validators.TotalStake);
        Assert.Equal((UInt128)10_000, world.State.Ledger.Active);
    }

    [Fact]
    public void Deposit_WrongIndexOrUnknownToTheHost_IsNamed()
    {
        var world = World();
        Deposit first = world.Join(200, 500), second = world.Join(201, 500);
        AssertRefused(world, RegistryResult.WrongIndex, second);
        AssertRefused(world, RegistryResult.NotVouchedFor, Deposit.Join(TestNetwork.Wallet(203), world.Options.ChainId, 0, 500, TestNetwork.AddressOf(203)));
        world.Next(new BeaconBody { Deposits = [first, second] });
        AssertRefused(world, RegistryResult.WrongIndex, first);
    }

    [Fact]
    public void Exit_Order_EndsInAWithdrawalAfterUnbonding()
    {
        var world = World();
        world.Next(new BeaconBody { Exits = [world.Exit(100)] });
        AssertExit(world, RegistryResult.NotActive, world.Exit(100));
        AssertExit(world, RegistryResult.NotActive, world.Exit(300));
        AssertExit(world, RegistryResult.BadSignature, ExitOrder.Sign(TestNetwork.Wallet(101), 99, 0));
        ExitOrder early = world.Exit(101);
        // Asked in epoch 0, off duty from 3 on, free at 3 + 4.
        world.ToEpoch(2);
        AssertExit(world, RegistryResult.WrongEpoch, early);
        Assert.Equal(5, world.State.Validators.Members.Count);
        world.ToEpoch(3);
        Assert.Equal(4, world.State.Validators.Members.Count);
        Assert.Equal(new StakeLedger(5000, 4000, 1000, 0, 0), world.State.Ledger);
        world.ToEpoch(6);
        Assert.Empty(world.Paid);
        world.ToEpoch(7);
        Assert.Equal(new WithdrawalReceipt(0, TestNetwork.AddressOf(100), 1000), Assert.Single(world.Paid));
        Assert.Equal(new StakeLedger(5000, 4000, 0, 0, 1000), world.State.Ledger);
        Assert.False(world.State.TryGetValidator(BeaconWorld.Key(100), out _));
    }

    [Fact]
    public void Churn_JoinsAndExits_MoveTwoAnEpochInTheirOrder()
    {
        var world = World();
        world.Next(new BeaconBody { Deposits = [.. Enumerable.Range(200, 5).Select(i => world.Join(i, 500))] });
        int[] sizes = [.. Enumerable.Range(3, 4).Select(epoch => { world.ToEpoch((ulong)epoch); return world.State.Validators.Members.Count; })];
        Assert.Equal([7, 9, 10, 10], sizes);
        world.Next(new BeaconBody { Exits = [.. Enumerable.Range(200, 5).Select(world.Exit)] });
        sizes = [.. Enumerable.Range(8, 5).Select(epoch => { world.ToEpoch((ulong)epoch); return world.State.Validators.Members.Count; })];
        Assert.Equal([10, 8, 6, 5, 5], sizes);
    }

    [Fact]
    public void Exit_ThatWouldLeaveSeatsUnfilled_Waits()
    {
        var world = new BeaconWorld(2, stake: 12, with: options => options with { Registry = s_rules with { MinStake = 1 }, UnsafeDevelopment = new(6, 12) });
        world.Next(new BeaconBody { Exits = [world.Exit(100), world.Exit(101)] });
        world.ToEpoch(8);
        Assert.Single(world.State.Validators.Members);
        world.Next(new BeaconBody { Deposits = [world.Join(200, 12)] });
        world.ToEpoch(12);
        Assert.True(world.State.Validators.Members[0].PublicKey.Span.SequenceEqual(BeaconWorld.Key(200).Span));
    }

    [Fact]
    public void Ledger_RandomLife_BalancesAfterEveryBlock() => Replay.Run(
        random =>
        {
            var world = new BeaconWorld(8, with: options => options with
            {
                Registry = s_rules with { ReporterQuotient = 4 }, Reveals = new RevealRules(new VrfReveals(new TestVrf()), 2),
            });
            for (int block = 0; block < 80; block++)
            {
                BeaconBody body = new() { Reveals = random.Next(4) == 0 ? [] : world.Due() };
                int wallet = random.Next(100, 116);
                body = random.Next(5) switch
                {
                    0 => body with { Deposits = [world.Join(wallet, (ulong)random.Next(50, 900), random.Next(4) > 0)] },
                    1 => body with { Deposits = [world.Vouch(Deposit.TopUp(world.Deposits.Count, BeaconWorld.Key(wallet), (ulong)random.Next(1, 900), TestNetwork.AddressOf(1)))] },
                    2 => body with { Exits = [world.Exit(wallet)] },
                    3 when random.Next(6) == 0 => body with { Evidence = [world.Twice(wallet)] },
                    _ => body,
                };
                bool holds = world.Try(body).IsValid;
                Assert.True(holds || body.Deposits.Count == 0);
                world.Next(holds ? body : new BeaconBody());
            }
        },
        count: 20);

    private static BeaconWorld World() => new(with: options => options with { Registry = s_rules });

    private static void AssertRefused(BeaconWorld world, RegistryResult reason, Deposit deposit) =>
        Assert.Equal(new BeaconVerdict(BeaconResult.BadDeposit, 0, Registry: reason), world.Try(new BeaconBody { Deposits = [deposit] }));

    private static void AssertExit(BeaconWorld world, RegistryResult reason, ExitOrder order) =>
        Assert.Equal(new BeaconVerdict(BeaconResult.BadExit, 0, Registry: reason), world.Try(new BeaconBody { Exits = [order] }));
}
